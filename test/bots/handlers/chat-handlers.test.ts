import { describe, expect, test } from 'bun:test'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import type { Form } from '../../../src/messages/prompt.ts'
import { until } from '../../support/bot.ts'
import { asker, csv, SAMPLE, buttonOf } from '../../wizard/support/cast.ts'
import { aDesk } from '../support/cast.ts'
import { aLostFile, aSentFile } from '../support/sent.ts'
import { aHand } from '../support/hand.ts'

describe('from a file to its result', () => {
  test('in one message, and the file in the thread', async () => {
    const { receive, press, reporter, pass, chat, db, clock } = await aDesk()
    await receive()
    expect(chat.text()).toContain('1 of 4 · Which workflow?')
    await press('Next')
    await press('Next')
    await press('Next')
    await press('Start')
    reporter.start()
    await pass(4_000)
    expect(chat.text()).toContain('test_batch_data · Product copywriter · waiting')

    const hand = aHand(db, clock)
    const [waiting] = await listTasks(db)
    const task = await hand.shelf.take(waiting?.id ?? '')
    if (!task) throw new Error('not taken')
    await hand.settle(task, 5)
    await hand.shelf.complete(task)
    await pass(8_000)
    expect(chat.text()).toContain('5 done')
    expect(chat.messages).toHaveLength(1)
    expect(chat.uploads).toMatchObject([
      { text: expect.stringContaining('@Mei'), place: { channel: 'C1', thread: '1.1' } },
    ])
  })

  test('says at once that it reads, before the file is fetched', async () => {
    const { desk: handlers, mei, chat } = await aDesk()
    let seen = ''
    const file = aSentFile(SAMPLE)
    const open = () => {
      seen = chat.text()
      return file.open()
    }
    await handlers.receive(mei, { files: [{ ...file, open }], source: 's' })
    expect(seen).toBe('test_batch_data.xlsx\nReading the file…')
  })

  test('several events of one sending make one message', async () => {
    const { desk: handlers, mei, chat } = await aDesk()
    const sending = { files: [aSentFile(SAMPLE)], source: 'C1:1.1:F1' }
    await Promise.all([handlers.receive(mei, sending), handlers.receive(mei, sending)])
    await handlers.receive(mei, sending)
    expect(chat.messages).toHaveLength(1)
  })
})

describe('a file that', () => {
  test('cannot be fetched is told in the message, with what to do', async () => {
    const { desk: handlers, mei, chat } = await aDesk()
    const lost = aLostFile('a.xlsx', new UserError('I may not see that file.', 'Invite me to its channel.'))
    await handlers.receive(mei, { files: [lost], source: 's' })
    expect(chat.text()).toBe('a.xlsx\nI may not see that file. Invite me to its channel.')
  })

  test('fails for a reason that is nobody’s doing is told with the id that the log has', async () => {
    const { desk: handlers, mei, chat, faults } = await aDesk()
    await handlers.receive(mei, {
      files: [aLostFile('a.xlsx', new Error('bug'))],
      source: 's',
    })
    expect(chat.text()).toContain('F1')
    expect(faults).toHaveLength(1)
  })

  test('is sent where the bot may not write is answered to the person', async () => {
    const { receive, chat } = await aDesk()
    chat.post = () => Promise.resolve({ kind: 'gone', error: 'not_in_channel' })
    await receive()
    expect(chat.told).toEqual([
      {
        to: 'Mei',
        text: 'I cannot write in that channel. Invite me there, or send the file to me directly.',
      },
    ])
  })
})

describe('while the platform is down', () => {
  test('a click is not lost: the message shows its step once it is back', async () => {
    const { receive, press, chat, pass } = await aDesk()
    await receive()
    chat.answer = { kind: 'failed', error: '503' }
    await press('Next')
    await pass(20_000)
    expect(chat.text()).toContain('1 of 4')
    chat.answer = undefined
    await pass(61_000)
    expect(chat.text()).toContain('2 of 4')
    expect(chat.messages).toHaveLength(1)
  })

  test('a first message that could not be posted is posted later, with the step', async () => {
    const { receive, chat, pass } = await aDesk()
    chat.answer = { kind: 'failed', error: '503' }
    await receive()
    expect(chat.messages).toEqual([])
    chat.answer = undefined
    await pass(5_000)
    expect(chat.text()).toContain('1 of 4')
    expect(chat.messages).toHaveLength(1)
  })
})

describe('a restart', () => {
  test('while a file is fetched is told, and drafts go on', async () => {
    const { desk: handlers, mei, chat, rebuild, press } = await aDesk()
    void handlers.receive(mei, {
      files: [{ name: 'a.xlsx', open: () => new Promise(() => {}) }],
      source: 's',
    })
    await until(
      () => chat.text(),
      (text) => text.includes('Reading the file'),
    )
    await handlers.receive(mei, { files: [aSentFile(SAMPLE)], source: 't' })
    const next = rebuild().desk
    await next.start()
    expect(chat.text(0)).toContain('I was restarted while fetching the file.')
    await press('Next', 1)
    expect(chat.text(1)).toContain('2 of 4')
    next.stop()
  })
})

test('a draft that was left for a day is closed in its message', async () => {
  const { receive, desk: handlers, chat, clock } = await aDesk()
  await handlers.start()
  await receive()
  await clock.pass(24 * 3_600_000)
  const aMinuteLater = () => clock.pass(60_000).then(() => chat.text())
  await until(aMinuteLater, (text) => text.includes('closed after a day'))
})

test('two quick clicks of one draft are shown in their order', async () => {
  const { receive, press, choose, chat } = await aDesk()
  await receive()
  await press('Next')
  await press('Next')
  // The platform takes its time over the first edit.
  const edit = chat.edit.bind(chat)
  let first = true
  chat.edit = async (message, prompt) => {
    const wait = first ? 60 : 0
    first = false
    await Bun.sleep(wait)
    return edit(message, prompt)
  }
  await Promise.all([choose('Rows at once', '9'), choose('Retries', '0'), press('Next')])
  expect(chat.text()).toContain('9 at once · No retries')
})

describe('a form', () => {
  test('opens, comes back with errors by field, and then changes the message', async () => {
    const { receive, press, desk: handlers, mei, chat } = await aDesk()
    await receive()
    await press('Next')
    await press('Next')
    const opened: Form[] = []
    const [, exact] = chat.messages[0]?.prompt.buttons ?? []
    await handlers.click(mei, exact?.id ?? '', [], (form) => Promise.resolve(void opened.push(form)))
    const form = opened[0]
    const values = { name: 'Autumn', concurrency: '99', retries: '1', timeoutSeconds: '60' }
    expect((await handlers.submit(mei, form?.id ?? '', values)).errors).toEqual({
      concurrency: 'A whole number from 1 to 10, please.',
    })
    const { errors, done } = await handlers.submit(mei, form?.id ?? '', { ...values, concurrency: '4' })
    await done
    expect(errors).toBeUndefined()
    expect(chat.text()).toContain('Autumn')
  })

  test('with a file begins a batch where a command was typed', async () => {
    const { desk: handlers, mei, chat } = await aDesk()
    const opened: Form[] = []
    await handlers.command(mei, 'new', '', (form) => Promise.resolve(void opened.push(form)))
    expect(opened[0]?.fields).toMatchObject([{ type: 'file' }])
    expect((await handlers.submit(mei, 'new', {})).errors).toEqual({ file: 'Choose a file.' })
    const file = csv('Question\nwhy\n', 'faq.csv')
    const { done } = await handlers.submit(mei, 'new', {}, { files: [aSentFile(file)], source: 's' })
    await done
    expect(chat.text()).toContain('Translate')
  })
})

describe('the buttons of a task', () => {
  async function aTask() {
    const cast = await aDesk()
    await cast.receive()
    for (const label of ['Next', 'Next', 'Next', 'Start']) await cast.press(label)
    cast.reporter.start()
    await cast.pass(4_000)
    const [task] = await listTasks(cast.db)
    return { ...cast, id: task?.id ?? '' }
  }

  test('pause, resume and stop it, and the message says so', async () => {
    const { press, pass, chat, find, id } = await aTask()
    await press('Pause')
    await pass(4_000)
    expect(chat.text()).toContain('paused')
    await press('Resume')
    expect(await find(id)).toMatchObject({ status: 'pending' })
    await pass(4_000)
    await press('Stop')
    await pass(8_000)
    expect(chat.text()).toContain('stopped\n0 done · 5 not run')
    expect(chat.told).toEqual([])
    expect(chat.uploads).toEqual([])
  })

  test('a second click on Retry, after the rows have failed again, runs none and says why', async () => {
    const { db, clock, pass, press, chat, desk: handlers, mei, id, find } = await aTask()
    const hand = aHand(db, clock)
    const fails = async () => {
      const task = await hand.shelf.take(id)
      if (!task) throw new Error('not taken')
      await hand.settle(task, 5, 'Refused.')
      await hand.shelf.complete(task)
      await pass(8_000)
    }
    await fails()
    const [message] = chat.messages
    if (!message) throw new Error('there is no message')
    const seen = buttonOf(message.prompt, 'Retry failed (5)').id
    const click = () => handlers.click(mei, seen, [], () => Promise.resolve())
    await click()
    await fails()
    expect((await find(id)).counts.failed).toBe(5)
    await click()
    expect((await find(id)).status).toBe('completed')
    expect(chat.told.at(-1)?.text).toContain('A row has changed since you looked.')
    // The message as it is now can be clicked, and so can one of before there were such ends.
    await press('Retry failed (5)')
    expect((await find(id)).status).toBe('pending')
    await fails()
    await handlers.click(mei, `task:${id}:retry`, [], () => Promise.resolve())
    expect((await find(id)).status).toBe('pending')
  })

  test('of a task whose outputs were deleted say so, and when', async () => {
    const { db, clock, pass, press, chat, desk: handlers, mei, id } = await aTask()
    const hand = aHand(db, clock)
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    await hand.settle(task, 5, 'Refused.')
    await hand.shelf.complete(task)
    await pass(8_000)
    await db.updateTable('batch_tasks').set({ outputs_deleted_at: 0 }).execute()
    await press('Retry failed (5)')
    expect(chat.told.at(-1)?.text).toMatch(/were deleted on 1970-01-01 because they were old/)
    await handlers.command(mei, 'resume', id, () => Promise.resolve())
    expect(chat.told.at(-1)?.text).toMatch(/were deleted on 1970-01-01 because they were old/)
  })

  test('are the owner’s and the admins’: others are told whose it is', async () => {
    const { press, find, id, chat, pass } = await aTask()
    await press('Stop', 0, asker('Jo', { locale: 'zh-CN' }))
    expect(chat.told).toEqual([
      { to: 'Jo', text: '这是 Mei 的批量任务。您可以发送文件并 @我，新建自己的任务。' },
    ])
    expect(await find(id)).toMatchObject({ status: 'pending' })
    await press('Stop', 0, asker('boss'))
    expect(await find(id)).toMatchObject({ status: 'cancelled' })
    await pass(4_000)
  })

  test('are in the audit once each, by who clicked and where; what was refused is not', async () => {
    const { press, db, id, pass, desk: handlers, chat } = await aTask()
    await press('Pause')
    await press('Stop', 0, asker('Jo'))
    await pass(4_000)
    await handlers.command(asker('boss'), 'resume', id, () => Promise.resolve())
    await handlers.command(asker('boss'), 'resume', id, () => Promise.resolve())
    expect(chat.told.at(-1)?.text).toContain('There is nothing to resume')
    const { entries } = await listAudit(db)
    expect(entries.toReversed()).toMatchObject([
      { action: 'task.create', target: id, who: 'Mei', role: 'member', face: 'slack', details: { rows: 5 } },
      {
        action: 'task.pause',
        target: id,
        who: 'Mei',
        role: 'member',
        face: 'slack',
        details: { person: 'slack:T1:U-Mei' },
      },
      { action: 'task.resume', target: id, who: 'boss', role: 'admin', face: 'slack' },
    ])
    expect(entries).toHaveLength(3)
  })

  test('clicked when their time is over say why not', async () => {
    const { press, chat, engine, id } = await aTask()
    await engine.stop(id, 'Mei')
    await press('Pause')
    expect(chat.told).toEqual([
      { to: 'Mei', text: 'There is nothing to pause: test_batch_data · Product copywriter is stopped.' },
    ])
  })

  test('bring the results so far as a file, and say whose workbook it is', async () => {
    const { db, clock, pass, press, chat, id, written } = await aTask()
    const hand = aHand(db, clock)
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    await hand.settle(task, 2)
    await pass(4_000)
    await press('Results so far')
    expect(chat.uploads).toMatchObject([
      {
        text: 'test_batch_data · Product copywriter: results so far, 2 of 5 · your workbook, 9 columns added',
      },
    ])
    written.now = { kind: 'plain', why: { code: 'kind', message: 'it is not an .xlsx or .xlsm workbook' } }
    await press('Results so far')
    expect(chat.uploads.at(-1)?.text).toEndWith(
      'a new workbook: columns can only be added to .xlsx and .xlsm files',
    )
    chat.answer = undefined
    chat.upload = () => Promise.resolve({ kind: 'failed', error: '503' })
    await press('Results so far')
    expect(chat.told.at(-1)?.text).toContain('could not be sent')
  })

  test('bring the results in a direct message where the place takes no files, such as a channel without the bot', async () => {
    const { db, clock, pass, desk: handlers, mei, chat, id } = await aTask()
    const hand = aHand(db, clock)
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    await hand.settle(task, 2)
    await pass(4_000)
    chat.gone.add('C2')
    const elsewhere = { ...mei, place: { platform: 'slack' as const, team: 'T1', channel: 'C2' } }
    await handlers.command(elsewhere, 'results', id, () => Promise.resolve())
    expect(chat.uploads).toMatchObject([{ place: { channel: 'D-U-Mei' } }])
    expect(chat.told.map(({ text }) => text)).toEqual([
      'I have sent you test_batch_data · Product copywriter.results.xlsx in a direct message.',
    ])
    chat.noDirect = true
    await handlers.command(elsewhere, 'results', id, () => Promise.resolve())
    expect(chat.told.at(-1)?.text).toContain('could not be sent')
  })

  test('an admin who asks for somebody’s result elsewhere gets it alone, or not at all; where the task is, in its place', async () => {
    const { db, clock, pass, desk: handlers, chat, id } = await aTask()
    const hand = aHand(db, clock)
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    await hand.settle(task, 2)
    await pass(4_000)
    const boss = asker('boss')
    const ask = (channel: string) => {
      const place = { platform: 'slack' as const, team: 'T1', channel }
      return handlers.command({ ...boss, place }, 'results', id, () => Promise.resolve())
    }
    await ask('C2')
    await ask('C1')
    expect(chat.uploads.map(({ place }) => place.channel)).toEqual(['D-U-boss', 'C1'])
    chat.noDirect = true
    await ask('C2')
    expect(chat.uploads).toHaveLength(2)
    expect(chat.told.at(-1)?.text).toContain('could not be sent')
  })
})

describe('/batch', () => {
  test('help lists every verb in the person’s language, and an unknown one points at it', async () => {
    const { desk: handlers, mei, chat } = await aDesk()
    const open = () => Promise.resolve()
    await handlers.command(mei, 'help', '', open)
    expect(chat.told[0]?.text).toContain('/batch retry <task> run its failed rows again')
    await handlers.command(asker('Mei', { locale: 'zh-CN' }), 'help', '', open)
    expect(chat.told[1]?.text).toContain('/batch retry <任务> 重新运行失败的行')
    await handlers.command(mei, 'frobnicate', '', open)
    expect(chat.told[2]?.text).toStartWith('I do not know “frobnicate”. Send me a workbook')
  })

  test('list shows a person their own tasks, and an admin all', async () => {
    const { desk: handlers, mei, receive, press, chat } = await aDesk()
    const open = () => Promise.resolve()
    await handlers.command(mei, 'list', '', open)
    expect(chat.told[0]?.text).toContain('No tasks yet.')
    await receive()
    for (const label of ['Next', 'Next', 'Next', 'Start']) await press(label)
    await handlers.command(asker('Jo'), 'list', '', open)
    expect(chat.told[1]?.text).toContain('No tasks yet.')
    await handlers.command(mei, 'LIST', '', open)
    await handlers.command(asker('boss'), 'list', '', open)
    for (const said of chat.told.slice(2))
      expect(said.text).toContain('test_batch_data · Product copywriter · waiting · 0 of 5')
  })

  test('acts on a task by its id, and says what it did or why not', async () => {
    const { desk: handlers, mei, receive, press, chat, db, find } = await aDesk()
    const open = () => Promise.resolve()
    await receive()
    for (const label of ['Next', 'Next', 'Next', 'Start']) await press(label)
    const [task] = await listTasks(db)
    const id = task?.id ?? ''
    const says = async (verb: string, argument: string, who = mei) => {
      await handlers.command(who, verb, argument, open)
      return chat.told.at(-1)?.text
    }
    expect(await says('pause', ` ${id.toUpperCase()} `)).toContain('is paused')
    expect(await says('resume', id)).toContain('continues')
    expect(await says('stop', id, asker('Jo'))).toContain('This batch is Mei’s')
    expect(await says('stop', id)).toContain('is stopped')
    expect(await find(id)).toMatchObject({ status: 'cancelled' })
    expect(await says('retry', id)).toBe('No row of test_batch_data · Product copywriter has failed.')
    expect(await says('status', id)).toContain('stopped\n0 done · 5 not run')
    expect(await says('status', 'zzzz')).toBe('There is no task zzzz.')
    expect(await says('stop', '')).toContain('Which task?')
  })

  test('template brings a workbook, by the beginning of the workflow’s name', async () => {
    const { desk: handlers, mei, chat } = await aDesk()
    const open = () => Promise.resolve()
    await handlers.command(mei, 'template', 'prod', open)
    expect(chat.uploads).toMatchObject([{ name: 'Product copywriter.template.xlsx' }])
    await handlers.command(mei, 'template', '', open)
    expect(chat.told.at(-1)?.text).toBe('Which workflow? There are “Product copywriter”, “Translate”.')
    await handlers.command(mei, 'template', 'nope', open)
    expect(chat.told.at(-1)?.text).toBe('There is no workflow “nope” that you may use here.')
  })
})
