import { describe, expect, test } from 'bun:test'
import type { Slowdown } from '../../src/engine/slowdown.ts'
import { insertTaskMessage } from '../../src/db/chats/task-messages.ts'
import type { Task } from '../../src/engine/task.ts'
import { aPerson, PLACE } from '../wizard/support/cast.ts'
import { faultsOfPrompt } from '../wizard/support/within-limits.ts'
import { anOrder } from '../support/runner-store.ts'
import { aDesk } from './support/cast.ts'
import { aHand } from './support/hand.ts'

/** A task with a message to come, taken by a runner that does what the test says. */
async function aRun(rows = 20, more: Parameters<typeof aDesk>[0] = {}) {
  const cast = await aDesk(more)
  const hand = aHand(cast.db, cast.clock)
  const begin = async (count = rows, order: object = {}): Promise<Task> => {
    const workflow = cast.workflows[0]
    if (!workflow) throw new Error('no workflow')
    const { id } = await cast.engine.submit(
      anOrder(workflow, count, { parameters: { name: 'products-q3' }, ownerKey: 'slack:T1:U-Mei', ...order }),
    )
    const owner = JSON.stringify(aPerson('Mei'))
    await insertTaskMessage(cast.db, {
      taskId: id,
      owner,
      place: JSON.stringify(PLACE),
      locale: 'en',
      message: null,
    })
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    return task
  }
  return { ...cast, ...hand, begin }
}

describe('a task that runs', () => {
  test('has one message, which shows how far it is, and in the end what became of it', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat, clock } = await aRun(20)
    const task = await begin()
    reporter.start()
    await pass(4_000)
    expect(chat.text()).toBe('products-q3 · running\n░░░░░░░░░░░░░░░░░░░░  0 of 20')
    await settle(task, 5)
    await pass(10_000)
    await settle(task, 5)
    await pass(4_000)
    expect(chat.text()).toBe(
      'products-q3 · running\n▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░  10 of 20 · 10 done · 43 a minute · about 14 s left',
    )
    expect(chat.messages[0]?.prompt.buttons.map(({ label }) => label)).toEqual([
      'Pause',
      'Stop',
      'Results so far',
    ])

    await settle(task, 2, 'The model refused the input.')
    await settle(task, 1, 'Timed out after 5 min.')
    await settle(task, 99)
    await clock.pass(770_000)
    await runnerStore.complete(task)
    await pass(8_000)
    expect(chat.text()).toMatch(
      /^products-q3 · completed in 13 min \d+ s\n17 done · 3 failed · 13,600 tokens · \$0\.034\n2 × The model refused the input \(rows 12, 13\)\n1 × Timed out after 5 min \(row 14\)$/,
    )
    expect(chat.messages[0]?.prompt.notice).toBe('products-q3 is done: 17 done, 3 failed')
    expect(chat.messages[0]?.prompt.buttons.map(({ label }) => label)).toEqual([
      'Retry failed (3)',
      'Results again',
      'Open the page',
    ])
    expect(chat.messages).toHaveLength(1)
    expect(chat.uploads).toMatchObject([
      {
        name: 'products-q3.results.xlsx',
        text: 'products-q3 is done: 17 done · 3 failed · 13,600 tokens · $0.034 · your workbook, 9 columns added @Mei',
      },
    ])
  })

  test('is edited at most every 3 s, and never twice at once', async () => {
    const { begin, settle, reporter, pass, chat } = await aRun(200)
    const task = await begin()
    reporter.start()
    for (let second = 0; second < 60; second++) {
      await settle(task, 3)
      reporter.wake()
      await pass(1_000)
    }
    const edits = chat.messages[0]?.edits ?? []
    const gaps = edits.slice(1).map((at, i) => at - (edits[i] ?? 0))
    expect(edits.length).toBeGreaterThan(15)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3_000)
    expect(chat.overlaps).toBe(0)
  })

  test('is not edited while nothing changes', async () => {
    const { begin, settle, reporter, pass, chat } = await aRun()
    const task = await begin()
    await settle(task, 4)
    reporter.start()
    await pass(120_000)
    expect(chat.messages[0]?.edits).toEqual([])
  })

  test('says when Dify asked for fewer at once', async () => {
    let lowered: Slowdown | undefined = { kind: 'throttled', atOnce: 2 }
    const { begin, reporter, pass, chat } = await aRun(9, { slowdown: () => lowered })
    await begin()
    reporter.start()
    await pass(2_000)
    expect(chat.text()).toContain('Slowed to 2 at once: Dify is answering “too many requests”.')
    lowered = undefined
    await pass(4_000)
    expect(chat.text()).not.toContain('Slowed')
  })
})

describe('thirty tasks of one workspace', () => {
  test('together stay below 40 edits in any minute, all move, and every end is written', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat } = await aRun()
    const tasks = []
    for (let i = 0; i < 30; i++) tasks.push(await begin(120))
    reporter.start()
    for (let second = 0; second < 180; second++) {
      for (const task of tasks) await settle(task, 1)
      await pass(1_000)
    }
    const edits = chat.messages.flatMap((message) => message.edits).toSorted((a, b) => a - b)
    for (const from of edits)
      expect(edits.filter((at) => at >= from && at < from + 60_000).length).toBeLessThan(40)
    for (const { edits } of chat.messages) expect(edits.length).toBeGreaterThanOrEqual(2)

    for (const task of tasks) {
      await settle(task, 200)
      await runnerStore.complete(task)
    }
    await pass(240_000)
    expect(chat.messages.filter(({ prompt }) => prompt.title.includes('completed'))).toHaveLength(30)
    expect(chat.uploads).toHaveLength(30)
    expect(chat.overlaps).toBe(0)
  })
})

describe('a platform that is down', () => {
  test('for an hour loses no end: the thread catches up once, and the result comes once', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat, clock } = await aRun()
    const task = await begin()
    reporter.start()
    await pass(4_000)
    chat.answer = { kind: 'failed', error: '503', isDown: true }
    await settle(task, 99)
    await runnerStore.complete(task)
    await pass(60_000)
    await clock.pass(3_540_000)
    expect(chat.refused.length).toBeLessThan(40)
    chat.answer = undefined
    await pass(320_000)
    expect(chat.messages).toHaveLength(1)
    expect(chat.messages[0]?.edits).toHaveLength(1)
    expect(chat.text()).toContain('completed')
    expect(chat.uploads).toHaveLength(1)
  })

  test('and asks for a pause is left alone for so long, by every message of the workspace', async () => {
    const { begin, settle, reporter, pass, chat, clock } = await aRun()
    const tasks = [await begin(), await begin()]
    reporter.start()
    await pass(4_000)
    const [first, second] = tasks
    if (!first || !second) throw new Error('no tasks')
    chat.answer = { kind: 'limited', retryAfterMs: 30_000 }
    await settle(first, 1)
    await pass(2_000)
    expect(chat.refused).toHaveLength(1)
    chat.answer = undefined
    const paused = clock.now()
    await settle(second, 1)
    await pass(40_000)
    for (const { edits } of chat.messages) expect(edits[0]).toBeGreaterThanOrEqual(paused + 26_000)
  })
})

describe('a restart', () => {
  test('goes on in the same message', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat, rebuild } = await aRun()
    const task = await begin()
    reporter.start()
    await pass(2_000)
    await settle(task, 5)
    await pass(4_000)
    await reporter.stop()
    await settle(task, 99)
    await runnerStore.complete(task)
    const next = rebuild().reporter
    next.start()
    await pass(10_000)
    await next.stop()
    expect(chat.messages).toHaveLength(1)
    expect(chat.text()).toContain('20 done')
    expect(chat.uploads).toHaveLength(1)

    const third = rebuild().reporter
    third.start()
    await pass(10_000)
    await third.stop()
    expect(chat.uploads).toHaveLength(1)
    expect(chat.messages[0]?.edits).toHaveLength(2)
  })

  test('knows the rate that the task had before', async () => {
    const { begin, settle, reporter, pass, chat, rebuild, clock } = await aRun()
    const task = await begin()
    await clock.pass(10_000)
    await settle(task, 5)
    await reporter.stop()
    const next = rebuild().reporter
    next.start()
    await pass(2_000)
    await next.stop()
    expect(chat.text()).toContain('5 of 20 · 5 done · 30 a minute · about 30 s left')
  })

  test('in the middle of the upload sends it again, and says that it may be there already', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat, db } = await aRun()
    const task = await begin()
    await settle(task, 99)
    const done = await runnerStore.complete(task)
    await db
      .updateTable('task_messages')
      .set({ telling_end: done?.finishedAt ?? 0 })
      .execute()
    reporter.start()
    await pass(10_000)
    expect(chat.uploads).toMatchObject([{ once: { again: true } }])
  })
})

test('a message that was deleted is posted anew, once', async () => {
  const { begin, settle, reporter, pass, chat } = await aRun()
  const task = await begin()
  reporter.start()
  await pass(2_000)
  const [first] = chat.messages
  if (first) first.isDeleted = true
  await settle(task, 3)
  await pass(20_000)
  expect(chat.messages).toHaveLength(2)
  expect(chat.text(1)).toContain('3 of 20')
})

test('progress goes on in the channel if its thread is gone, and nowhere if the channel is', async () => {
  const { begin, reporter, pass, chat } = await aRun()
  await begin()
  chat.answer = { kind: 'gone', error: 'channel_not_found' }
  reporter.start()
  await pass(60_000)
  expect(chat.refused).toHaveLength(2)
})

describe('the end', () => {
  test('by a fault says what to fix, and calls the owner in a message of its own', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat } = await aRun()
    const task = await begin()
    await settle(task, 7)
    await runnerStore.halt(task, 'Dify says the API key is no longer valid. Put in a new one, then resume.')
    reporter.start()
    await pass(8_000)
    expect(chat.text()).toBe(
      'products-q3 · stopped by a fault\nStopped after 7 of 20 rows: Dify says the API key is no longer valid. Put in a new one, then resume.\n7 results are kept.',
    )
    expect(chat.text(1)).toBe('products-q3 has stopped and needs you. @Mei')
    expect(chat.messages[0]?.prompt.buttons.map(({ label }) => label)).toEqual([
      'Resume',
      'Results',
      'Open the page',
    ])
    expect(chat.uploads).toEqual([])
  })

  test('after a retry is told again, with a new result', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat, engine, db } = await aRun()
    const task = await begin()
    await settle(task, 1, 'Refused.')
    await settle(task, 99)
    await runnerStore.complete(task)
    reporter.start()
    await pass(8_000)
    await engine.retry(task.id, 'Mei')
    const again = await runnerStore.take(task.id)
    await pass(4_000)
    expect(chat.text()).toContain('running')
    await settle(again ?? task, 1)
    await runnerStore.complete(again ?? task)
    await pass(8_000)
    expect(chat.text()).toContain('20 done')
    expect(chat.uploads.map(({ text }) => text.split(' · ')[0])).toEqual([
      'products-q3 is done: 19 done',
      expect.stringContaining('20 done'),
    ])
    expect(new Set(chat.uploads.map(({ once }) => once.key)).size).toBe(2)
    expect(await db.selectFrom('task_messages').select('task_id').execute()).toHaveLength(1)
  })

  test('with a result that is too large points at the page', async () => {
    const { begin, settle, shelf: runnerStore, reporter, pass, chat } = await aRun()
    const task = await begin()
    reporter.start()
    chat.upload = () => Promise.resolve({ kind: 'tooLarge', error: '413' })
    await settle(task, 99)
    await runnerStore.complete(task)
    await pass(10_000)
    expect(chat.text(1)).toBe('The result is too large for this chat; it is on the page. @Mei')
  })
})

test('a paused task says which calls may have been paid and nobody can tell of', async () => {
  const { begin, settle, reporter, pass, chat, engine, db } = await aRun()
  const task = await begin(20)
  reporter.start()
  await settle(task, 5)
  await db.updateTable('runs').set({ status: 'unknown', learnt: 'never' }).where('attempt', '=', 1).execute()
  await engine.pause(task.id, 'Mei')
  await pass(8_000)
  expect(chat.text()).toContain('5 calls may have been paid already: Dify cannot say what became of them.')
  await engine.stop(task.id, 'Mei')
  await pass(8_000)
  expect(chat.text()).toContain('plus up to 5 calls not known')
})

test('a task that is being tried shows what its first row gave and what the others will take', async () => {
  const { begin, settle, reporter, pass, chat, engine } = await aRun()
  const task = await begin(20, { tryFirst: 1 })
  reporter.start()
  await pass(4_000)
  expect(chat.text()).toContain('trying 1 row')
  expect(await settle(task, 5)).toBe(1)
  await pass(8_000)
  expect(chat.text()).toBe(
    [
      'products-q3 · tried 1 row',
      'Row 2 went through:',
      'text: A kettle.',
      '6 s · 800 tokens · $0.002',
      'The other 19: about 38 s, 15,200 tokens and $0.038, going by this row.',
      'What has run is not run again, unless you choose other settings.',
    ].join('\n'),
  )
  expect(chat.messages[0]?.prompt.buttons.map(({ label }) => label)).toEqual([
    'Go on with the other 19',
    'Other settings…',
    'Stop here',
    'Results',
    'Open the page',
  ])
  expect(
    faultsOfPrompt(chat.messages[0]?.prompt ?? { title: '', lines: [], selects: [], buttons: [] }),
  ).toEqual([])
  await engine.resume(task.id, 'Mei')
  await pass(4_000)
  expect(chat.text()).toContain('waiting')
})

test('a task that has tried several rows shows them as a table, and what the others will take', async () => {
  const { begin, settle, reporter, pass, chat } = await aRun()
  const task = await begin(20, { tryFirst: 5 })
  reporter.start()
  await pass(4_000)
  expect(chat.text()).toContain('trying 5 rows')
  await settle(task, 1, 'The model refused the input.')
  expect(await settle(task, 9)).toBe(4)
  await pass(8_000)
  expect(chat.text()).toBe(
    [
      'products-q3 · tried 5 rows',
      '4 done · 1 failed · 3,200 tokens · $0.008',
      '1 × The model refused the input (row 2)',
      'The other 15: about 30 s, 12,000 tokens and $0.03, going by these 5 rows.',
      'What has run is not run again, unless you choose other settings.',
    ].join('\n'),
  )
  const { prompt } = chat.messages[0] ?? {}
  expect(prompt?.table?.rows).toHaveLength(5)
  expect(prompt?.table?.rows.map(([, output]) => output?.slice(0, 8))).toEqual([
    '✖ The mo',
    ...Array<string>(4).fill('A kettle'),
  ])
  expect(faultsOfPrompt(prompt ?? { title: '', lines: [], selects: [], buttons: [] })).toEqual([])
})
