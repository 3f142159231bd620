import { describe, expect, test } from 'bun:test'
import { insertDelivery, listWaitingDeliveries } from '../../src/db/chats/deliveries.ts'
import { insertTaskMessage } from '../../src/db/chats/task-messages.ts'
import { holdAtLimit } from '../../src/db/tasks/admission.ts'
import { setTaskLimit } from '../../src/db/tasks/task-limit.ts'
import type { TaskLimit } from '../../src/engine/limits.ts'
import type { Task } from '../../src/engine/task.ts'
import type { SendResult } from '../../src/bots/chat.ts'
import { aPerson, asker, PLACE } from '../wizard/support/cast.ts'
import { anOrder } from '../support/runner-store.ts'
import { aDesk } from './support/cast.ts'
import { aHand } from './support/hand.ts'
import { refuseWrites } from '../support/refuse-writes.ts'

const HOUR_MS = 3_600_000
const ANCHORED = { ...PLACE, channel: 'C1', thread: '1.1' }
const MEI = aPerson('Mei')
const DIRECT = { platform: 'slack' as const, team: 'T1', channel: 'D-Mei' }

/** A task of which all rows are done, with a message in a thread. */
async function aDone(end: 'complete' | 'halt' = 'complete') {
  const cast = await aDesk()
  const hand = aHand(cast.db, cast.clock)
  const workflow = cast.workflows[0]
  if (!workflow) throw new Error('no workflow')
  const { id } = await cast.engine.submit(
    anOrder(workflow, 20, { parameters: { name: 'products-q3' }, ownerKey: 'slack:T1:U-Mei' }),
  )
  await insertTaskMessage(cast.db, {
    taskId: id,
    owner: JSON.stringify(MEI),
    place: JSON.stringify(ANCHORED),
    locale: 'en',
    message: null,
  })
  const task = await hand.shelf.take(id)
  if (!task) throw new Error('not taken')
  cast.reporter.start()
  await cast.pass(4_000)
  expect(cast.chat.messages).toHaveLength(1)
  const finish = async (of: Task = task) => {
    await hand.settle(of, 99)
    await (end === 'complete' ? hand.shelf.complete(of) : hand.shelf.halt(of, 'The key is no longer valid.'))
  }
  const state = () =>
    cast.db
      .selectFrom('deliveries')
      .select(['state', 'rung', 'error'])
      .where('task_id', '=', id)
      .executeTakeFirst()
  return { ...cast, ...hand, task, finish, state }
}

describe('the result of a task goes', () => {
  test('into its thread, and is seen', async () => {
    const { finish, pass, chat, state } = await aDone()
    await finish()
    await pass(10_000)
    expect(chat.uploads.map(({ place }) => place)).toEqual([ANCHORED])
    expect(await state()).toMatchObject({ state: 'seen', rung: 0 })
  })

  test('into the channel if the thread is gone, with the name of the task', async () => {
    const { finish, pass, chat, state } = await aDone()
    chat.gone.add('C1:1.1')
    await finish()
    await pass(10_000)
    expect(chat.uploads).toMatchObject([
      { place: { channel: 'C1' }, text: expect.stringMatching(/^products-q3 is done: 20 done/) },
    ])
    expect(chat.uploads[0]?.place.thread).toBeUndefined()
    expect(await state()).toMatchObject({ state: 'seen', error: null })
  })

  test('to its owner directly if the channel is gone, too', async () => {
    const { finish, pass, chat, state } = await aDone()
    chat.gone.add('C1')
    await finish()
    await pass(10_000)
    expect(chat.uploads.map(({ place }) => place.channel)).toEqual(['D-U-Mei'])
    expect(await state()).toMatchObject({ state: 'seen', error: null })
  })

  test('nowhere if no place is left: it waits, is tried again by itself, and comes once when the place is back', async () => {
    const { finish, pass, chat, clock, state, db, task } = await aDone()
    chat.gone.add('C1')
    chat.noDirect = true
    await finish()
    await pass(10_000)
    expect(chat.uploads).toEqual([])
    expect(await state()).toMatchObject({ state: 'waiting', error: 'cannot_dm' })
    const waiting = [
      { taskId: task.id, taskName: 'products-q3', what: 'result' as const, error: 'cannot_dm' },
    ]
    expect(await listWaitingDeliveries(db, { taskId: task.id })).toEqual(waiting)
    expect(await listWaitingDeliveries(db, { ownerKey: 'slack:T1:U-Mei' })).toEqual(waiting)
    expect(await listWaitingDeliveries(db, { ownerKey: 'slack:T1:U-Jo' })).toEqual([])
    const before = chat.refused.length
    await pass(60_000)
    expect(chat.refused.length).toBe(before)

    chat.gone.clear()
    await clock.pass(HOUR_MS)
    await pass(5_000)
    expect(chat.uploads.map(({ place }) => place.channel)).toEqual(['C1'])
    expect(await listWaitingDeliveries(db, { taskId: task.id })).toEqual([])
  })

  test('to where its owner speaks, if they speak to Rowbot directly', async () => {
    const { finish, pass, chat, reporter } = await aDone()
    chat.gone.add('C1')
    chat.noDirect = true
    await finish()
    await pass(10_000)
    await reporter.spoke({ person: aPerson('Jo'), place: { ...DIRECT, channel: 'D-Jo' } })
    await pass(5_000)
    expect(chat.uploads).toEqual([])
    await reporter.spoke({ person: MEI, place: DIRECT })
    await pass(5_000)
    expect(chat.uploads.map(({ place }) => place)).toEqual([DIRECT])
  })

  test('nowhere else while the platform is down, however long', async () => {
    const { finish, pass, chat, clock } = await aDone()
    chat.answer = { kind: 'failed', error: 'HTTP 502', isDown: true }
    await finish()
    for (let i = 0; i < 6; i++) {
      await pass(2_000)
      await clock.pass(600_000)
    }
    chat.answer = undefined
    await clock.pass(300_000)
    await pass(5_000)
    expect(chat.uploads.map(({ place }) => place)).toEqual([ANCHORED])
  })

  test('in time when a try has failed while the machine’s clock was hours ahead, also after a restart', async () => {
    const { finish, pass, chat, clock, state } = await aDone()
    const upload = chat.upload.bind(chat)
    chat.upload = () => Promise.resolve({ kind: 'failed', error: 'HTTP 502', isDown: true })
    clock.jump(5 * HOUR_MS)
    await finish()
    await pass(10_000)
    expect(await state()).toMatchObject({ error: 'HTTP 502' })
    clock.jump(-5 * HOUR_MS)
    chat.upload = upload
    await pass(5_000)
    expect(chat.uploads.map(({ place }) => place)).toEqual([ANCHORED])
    expect(await state()).toMatchObject({ state: 'seen' })
  })

  test('once more to the end of the process if it is still being sent then: that does not wait for minutes', async () => {
    const { finish, pass, chat, clock, reporter, rebuild } = await aDone()
    const upload = chat.upload.bind(chat)
    const slow = Promise.withResolvers<SendResult>()
    chat.upload = () => slow.promise
    await finish()
    await clock.pass(10_000)
    const stopping = reporter.stop()
    await clock.pass(8_000)
    await stopping

    chat.upload = upload
    const next = rebuild().reporter
    next.start()
    await pass(5_000)
    expect(chat.uploads.map(({ place }) => place)).toEqual([ANCHORED])
    slow.resolve({ kind: 'failed', error: 'too late' })
    await next.stop()
  })

  test('to the next place after some tries, if the platform refuses it for no reason that is known', async () => {
    const { finish, pass, chat, clock } = await aDone()
    const upload = chat.upload.bind(chat)
    chat.upload = async (place, ...rest): Promise<SendResult> =>
      place.thread === undefined ? upload(place, ...rest) : { kind: 'failed', error: 'new_error' }
    await finish()
    for (let i = 0; i < 12; i++) {
      await pass(2_000)
      await clock.pass(300_000)
    }
    expect(chat.uploads.map(({ place }) => place.channel)).toEqual(['C1'])
  })

  test('out although the message of the task cannot be edited', async () => {
    const { finish, pass, chat } = await aDone()
    chat.edit = () => Promise.resolve({ kind: 'failed', error: 'edit_refused' })
    await finish()
    await pass(20_000)
    expect(chat.uploads.map(({ place }) => place)).toEqual([ANCHORED])
  })
})

test('that a fault has stopped a task is told the same way', async () => {
  const { finish, pass, chat, state } = await aDone('halt')
  chat.gone.add('C1')
  await finish()
  await pass(10_000)
  expect(chat.messages.at(-1)?.place.channel).toBe('D-U-Mei')
  expect(chat.text(chat.messages.length - 1)).toContain('products-q3 has stopped and needs you. @Mei')
  expect(await state()).toMatchObject({ state: 'seen' })
})

describe('that a limit has paused a task', () => {
  async function aPaused() {
    const cast = await aDone()
    const { db, clock, settle, task, pass } = cast
    await settle(task, 2)
    const setLimit = (limit: TaskLimit) =>
      db.transaction().execute((trx) => setTaskLimit(trx, task.id, limit))
    await setLimit({ nano: 1n, currency: 'USD' })
    const hold = (of: Task = task) => db.transaction().execute((trx) => holdAtLimit(trx, of, clock.now()))
    expect(await hold()).toBe('paused')
    await pass(10_000)
    /** The owner is called here. */
    const calls = () =>
      cast.chat.messages.flatMap(({ place }, i) => {
        const text = cast.chat.text(i)
        return text.includes('has paused and needs you') ? [{ place, text }] : []
      })
    return { ...cast, hold, setLimit, calls }
  }

  test('is told its owner once, with what is spent', async () => {
    const { calls, pass } = await aPaused()
    await pass(60_000)
    expect(calls()).toHaveLength(1)
    expect(calls()[0]).toMatchObject({ place: ANCHORED })
    expect(calls()[0]?.text).toContain('Mei')
    expect(calls()[0]?.text).toContain('At its limit: ')
  })

  test('is told again when it pauses again', async () => {
    const { calls, pass, setLimit, engine, task, shelf, hold } = await aPaused()
    await setLimit({ nano: 10n ** 9n, currency: 'USD' })
    await engine.resume(task.id, 'mei')
    const again = await shelf.take(task.id)
    if (!again) throw new Error('not taken')
    await setLimit({ nano: 1n, currency: 'USD' })
    await pass(5_000)
    expect(await hold(again)).toBe('paused')
    await pass(10_000)
    expect(calls()).toHaveLength(2)
  })

  test('is not told any more once it goes on', async () => {
    const { chat, calls, pass, setLimit, engine, task, shelf, hold } = await aPaused()
    await setLimit({ nano: 10n ** 9n, currency: 'USD' })
    await engine.resume(task.id, 'mei')
    const again = await shelf.take(task.id)
    if (!again) throw new Error('not taken')
    const post = chat.post.bind(chat)
    chat.post = () => Promise.resolve({ kind: 'failed', error: 'HTTP 502', isDown: true })
    await setLimit({ nano: 1n, currency: 'USD' })
    expect(await hold(again)).toBe('paused')
    await pass(10_000)
    await setLimit({ nano: 10n ** 9n, currency: 'USD' })
    await engine.resume(task.id, 'mei')
    chat.post = post
    await pass(60_000)
    expect(calls()).toHaveLength(1)
  })
})

test('what was being sent when the process ended is sent again, and says that it may be there', async () => {
  const { finish, pass, chat, clock, db, reporter, rebuild } = await aDone()
  await reporter.stop()
  await finish()
  const never = new Promise<SendResult>(() => {})
  const upload = chat.upload.bind(chat)
  const begun: string[] = []
  chat.upload = (_, { name }) => {
    begun.push(name)
    return never
  }
  rebuild().reporter.start()
  while (begun.length === 0) await clock.pass(1_000)
  // It is killed in the middle of it.
  expect((await db.selectFrom('deliveries').select('state').executeTakeFirst())?.state).toBe('sending')
  chat.upload = upload
  const second = rebuild().reporter
  second.start()
  await pass(20_000)
  expect(chat.uploads).toMatchObject([{ once: { again: true } }])
})

test('an end that is over, because the task runs again, is not told any more', async () => {
  const { finish, pass, chat, engine, task, state } = await aDone('halt')
  const post = chat.post.bind(chat)
  chat.post = () => Promise.resolve({ kind: 'failed', error: 'HTTP 502', isDown: true })
  await finish()
  await pass(10_000)
  expect(await state()).toMatchObject({ state: 'sending' })
  await engine.resume(task.id, 'Mei')
  chat.post = post
  await pass(60_000)
  expect(chat.messages.some((_, i) => chat.text(i).includes('needs you'))).toBe(false)
  expect(await state()).toMatchObject({ state: 'seen' })
})

/** As if the first row had given a picture that is fetched by now. */
async function giveAFile({ db, gave, task }: Awaited<ReturnType<typeof aDone>>): Promise<void> {
  const row = await db
    .selectFrom('task_executions')
    .select(['id', 'row_number'])
    .where('task_id', '=', task.id)
    .executeTakeFirstOrThrow()
  await db
    .insertInto('output_files')
    .values({
      execution_id: row.id,
      position: 1,
      task_id: task.id,
      row_number: row.row_number,
      output: 'chart',
      name: 'chart.png',
      mime_type: 'image/png',
      size: 10,
      url: 'https://dify.example/files/1',
      status: 'fetched',
      error: null,
      sha256: '0'.repeat(64),
      at: 1,
    })
    .execute()
  gave.files = 1
}

describe('the files that rows gave come', () => {
  test('as one ZIP after the result, and once', async () => {
    const done = await aDone()
    const { finish, pass, chat } = done
    await giveAFile(done)
    await finish()
    await pass(30_000)
    expect(chat.uploads.map(({ name }) => name)).toEqual([
      'products-q3.results.xlsx',
      'products-q3.results.files.zip',
    ])
    expect(chat.uploads[1]?.text).toBe(
      'products-q3 · The file that a row gave; its name begins with the row’s number',
    )
    expect(new Set(chat.uploads.map(({ once }) => once.key)).size).toBe(2)
  })

  test('not before the result, whose place is tried first', async () => {
    const done = await aDone()
    const { finish, pass, chat, clock } = done
    await giveAFile(done)
    chat.answer = { kind: 'limited', retryAfterMs: 60_000 }
    await finish()
    await pass(10_000)
    chat.answer = undefined
    chat.gone.add('C1')
    await clock.pass(60_000)
    await pass(30_000)
    expect(chat.uploads.map(({ name, place }) => `${place.channel} ${name.split('.').at(-1)}`)).toEqual([
      'D-U-Mei xlsx',
      'D-U-Mei zip',
    ])
  })

  test('on the page where they are too large for the chat', async () => {
    const done = await aDone()
    const { finish, pass, chat } = done
    await giveAFile(done)
    const upload = chat.upload.bind(chat)
    chat.upload = async (place, file, ...rest): Promise<SendResult> =>
      file.name.endsWith('.zip') ? { kind: 'tooLarge', error: '413' } : upload(place, file, ...rest)
    await finish()
    await pass(10_000)
    expect(chat.text(1)).toBe(
      'The files that the rows gave are too large for this chat; they are on the page.',
    )
  })
})

describe('what waits', () => {
  /** A task whose result, and the file that a row gave, wait because no place was left. */
  async function aWaiting() {
    const done = await aDone()
    const { finish, pass, chat } = done
    await giveAFile(done)
    chat.gone.add('C1')
    chat.noDirect = true
    await finish()
    await pass(20_000)
    const states = async () =>
      (await done.db.selectFrom('deliveries').select('state').orderBy('what').execute()).map(
        ({ state }) => state,
      )
    expect(await states()).toEqual(['waiting', 'waiting'])
    const ask = (name: string, channel: string) =>
      done.desk.command(
        asker(name, { place: { ...DIRECT, channel } }),
        'results',
        done.task.id,
        async () => {},
      )
    return { ...done, states, ask }
  }

  test('comes once to its owner who asks for it, and its files with it', async () => {
    for (const channel of ['D-Mei', 'C2']) {
      const { chat, pass, ask, states } = await aWaiting()
      await ask('Mei', channel)
      await pass(10_000)
      expect(chat.uploads.map(({ name, place }) => `${place.channel} ${name.split('.').at(-1)}`)).toEqual([
        `${channel} xlsx`,
        `${channel} zip`,
      ])
      expect(await states()).toEqual(['seen', 'seen'])
    }
  })

  test('still waits for its owner when an admin has looked at the result', async () => {
    const { chat, pass, ask, states } = await aWaiting()
    await ask('boss', 'D-boss')
    await pass(10_000)
    expect(chat.uploads).toHaveLength(1)
    expect(await states()).toEqual(['waiting', 'waiting'])
  })

  test('names its task where its owner speaks in another thread', async () => {
    const { chat, pass, reporter } = await aWaiting()
    await reporter.spoke({ person: MEI, place: { ...DIRECT, thread: '9.9' } })
    await pass(10_000)
    expect(chat.uploads[0]?.text).toStartWith('products-q3 is done: ')
  })

  test('comes in order when it is tried again by itself', async () => {
    const { chat, clock, pass, reporter, rebuild } = await aWaiting()
    await reporter.stop()
    chat.gone.clear()
    const upload = chat.upload.bind(chat)
    chat.upload = async (place, file, ...rest) => {
      if (file.name.endsWith('.xlsx')) await Bun.sleep(50) // long enough for the ZIP to overtake it
      return upload(place, file, ...rest)
    }
    await clock.pass(2 * HOUR_MS)
    const restarted = rebuild().reporter
    restarted.start()
    while (chat.uploads.length < 2) await pass(2_000)
    await restarted.stop()
    expect(chat.uploads.map(({ name }) => name.split('.').at(-1))).toEqual(['xlsx', 'zip'])
  })

  test('for a chat that is switched off keeps nothing of the others from being sent', async () => {
    const { finish, pass, chat, db, engine, workflows, task } = await aDone()
    const workflow = workflows[0]
    if (!workflow) throw new Error('no workflow')
    for (let n = 0; n < 5; n++) {
      const { id } = await engine.submit(anOrder(workflow, 1))
      await insertTaskMessage(db, {
        taskId: id,
        owner: JSON.stringify({ ...MEI, platform: 'discord' }),
        place: JSON.stringify({ platform: 'discord', team: 'G1', channel: 'C9' }),
        locale: 'en',
        message: null,
      })
      await insertDelivery(db, { task_id: id, what: 'result', task_end: 1, state: 'due' }, 1)
    }
    await finish()
    await pass(10_000)
    expect(chat.uploads.map(({ name }) => name)).toEqual([`${task.name}.results.xlsx`])
  })
})

test('a database that fails while something is sent ends nothing, and it is known that it may have been sent', async () => {
  const { finish, pass, chat, db, state, faults, reporter } = await aDone()
  await refuseWrites(db, 'update of seen_at', 'deliveries')
  await refuseWrites(db, 'update of tries', 'deliveries')
  await finish()
  await pass(8_000)
  expect(faults.length).toBeGreaterThan(0)
  expect(chat.uploads[0]?.once.again).toBe(false)
  expect(chat.uploads.slice(1).every(({ once }) => once.again)).toBe(true)
  expect(await state()).toMatchObject({ state: 'sending' })
  await reporter.stop()
})

test('a task whose message cannot be made keeps no result of another from being sent', async () => {
  const { finish, pass, chat, db, engine, workflows, faults } = await aDone()
  const workflow = workflows[0]
  if (!workflow) throw new Error('no workflow')
  const { id } = await engine.submit(anOrder(workflow, 1))
  await insertTaskMessage(db, { taskId: id, owner: '{', place: '{', locale: 'en', message: null })
  await finish()
  await pass(10_000)
  expect(chat.uploads).toHaveLength(1)
  expect(faults.length).toBeGreaterThan(0)
  expect(faults.length).toBeLessThan(4)
})
