import { describe, expect, test } from 'bun:test'
import { VERSION } from '../../src/engine/this-program.ts'
import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { MAX_TRIES } from '../../src/notify/back-off.ts'
import { aNotified, aReceiver, SECRET } from './support.ts'
import { refuseWrites } from '../support/refuse-writes.ts'
import { ON_POSTGRES } from '../support/test-database.ts'

const HOUR_MS = 3_600_000

async function aHooked(...statuses: number[]) {
  const receiver = await aReceiver(...statuses)
  const env = { ROWBOT_WEBHOOK_URL: receiver.url, ROWBOT_WEBHOOK_SECRET: SECRET }
  return { receiver, ...(await aNotified(env)) }
}

describe('a webhook', () => {
  test('is sent once a task has ended, with the task, an id and a signature', async () => {
    const { receiver, send, complete, task, rows, log, counted } = await aHooked()
    await send()
    expect(receiver.received).toEqual([])
    await complete()
    await send()
    await send()
    const [sent, ...more] = receiver.received
    expect(more).toEqual([])
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      event: 'task.completed',
      task: { task_id: task.id, status: 'completed' },
    })
    const header = (name: string) => String(sent?.headers[name])
    expect(header('user-agent')).toBe(`Rowbot/${VERSION}`)
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
    const signed = `${header('webhook-id')}.${header('webhook-timestamp')}.${sent?.body ?? ''}`
    const expected = createHmac('sha256', key).update(signed).digest('base64')
    expect(header('webhook-signature')).toBe(`v1,${expected}`)
    expect(await rows()).toMatchObject([{ state: 'sent', tries: 1, error: null }])
    expect(await log()).toEqual([`task.notified webhook ${receiver.host.replace(/^/, 'http://')}`])
    expect(counted).toEqual(['webhook sent'])
  })

  test('is tried again after a 5xx with the same id and body, over three days, then given up', async () => {
    const { receiver, send, complete, clock, rows, log } = await aHooked(...Array<number>(20).fill(503))
    await complete()
    const begun = clock.now()
    await send()
    expect(await rows()).toMatchObject([
      { state: 'due', tries: 1, error: 'the receiver answered 503', try_at: begun + 5_000 },
    ])
    await send()
    expect(receiver.received).toHaveLength(1)
    for (let tries = 1; tries < MAX_TRIES; tries++) {
      const [due] = await rows()
      await clock.pass((due?.try_at ?? 0) - clock.now())
      await send()
    }
    expect(receiver.received).toHaveLength(MAX_TRIES)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await rows()).toMatchObject([{ state: 'failed', tries: MAX_TRIES }])
    expect((clock.now() - begun) / HOUR_MS).toBeGreaterThan(72)
    expect((await log()).map((line) => line.split(' ')[0])).toEqual([
      'task.notify-again',
      'task.not-notified',
    ])
  })

  test('ends with 410, and is not sent to where a redirect leads', async () => {
    const gone = await aHooked(410)
    await gone.complete()
    await gone.send()
    expect(await gone.rows()).toMatchObject([{ state: 'failed', error: expect.stringContaining('410') }])

    const moved = await aHooked(307)
    moved.receiver.headers['location'] = gone.receiver.url
    await moved.complete()
    await moved.send()
    expect(gone.receiver.received).toHaveLength(1)
    expect(await moved.rows()).toMatchObject([
      { state: 'due', error: 'the receiver answered 307; redirects are not followed' },
    ])
  })

  test('waits as long as the receiver asks, but no longer than a day', async () => {
    const { receiver, send, complete, clock, rows } = await aHooked(429, 503)
    receiver.headers['retry-after'] = '3600'
    await complete()
    await send()
    expect(await rows()).toMatchObject([{ try_at: clock.now() + HOUR_MS }])
    receiver.headers['retry-after'] = '999999999'
    await clock.pass(HOUR_MS)
    await send()
    expect(await rows()).toMatchObject([{ try_at: clock.now() + 24 * HOUR_MS }])
  })

  test('says nothing secret of its address', async () => {
    const { receiver, send, complete, rows, log } = await aHooked(500)
    await complete()
    await send()
    const [row] = await rows()
    expect(`${row?.error} ${(await log()).join(' ')}`).not.toContain('hidden')
    expect(receiver.received).toHaveLength(1)
  })

  test('is signed with both secrets while one replaces the other', async () => {
    const receiver = await aReceiver()
    const two = `${SECRET},another secret of enough bytes`
    const { complete, send } = await aNotified({
      ROWBOT_WEBHOOK_URL: receiver.url,
      ROWBOT_WEBHOOK_SECRET: two,
    })
    await complete()
    await send()
    expect(receiver.received[0]?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/)
  })
})

describe('a process that dies', () => {
  test('before the end is handed over, or after, loses nothing', async () => {
    const { receiver, db, send, complete, rows } = await aHooked()
    await complete()
    // Dies while it hands the end over: the database takes nothing then.
    const takeInserts = await refuseWrites(db, 'insert', 'notifications')
    await send().catch(() => {})
    expect(await rows()).toEqual([])
    await takeInserts()
    // Dies before the first try: its content is not stored.
    const takeUpdates = await refuseWrites(db, 'update', 'notifications')
    await send()
    expect(receiver.received).toEqual([])
    expect(await rows()).toMatchObject([{ state: 'due', tries: 0 }])
    await takeUpdates()
    await send()
    expect(receiver.received).toHaveLength(1)
    expect(await rows()).toMatchObject([{ state: 'sent' }])
  })

  test('after the webhook has arrived sends it once more: with the same id and the same body', async () => {
    const { receiver, db, send, complete, rows, clock } = await aHooked()
    await complete()
    const takeAgain = await refuseWrites(db, 'update of state', 'notifications')
    await send()
    expect(await rows()).toMatchObject([{ state: 'due', tries: 0 }])
    await takeAgain()
    await clock.pass(5_000)
    await send()
    const [first, second, ...more] = receiver.received
    expect(more).toEqual([])
    expect(second?.body).toBe(first?.body ?? '')
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'] ?? '')
    expect(await rows()).toMatchObject([{ state: 'sent' }])
  })
})

describe('an end', () => {
  test('that is over before anybody was notified is not sent: the next one is', async () => {
    const { receiver, send, complete, engine, task, rows, hand, clock } = await aHooked(503)
    const failing = { ...task }
    await hand.settle(failing, 1, 'refused')
    await complete()
    await send()
    await clock.pass(1_000)
    await engine.retry(task.id, 'mei')
    await clock.pass(5_000)
    await send()
    expect(await rows()).toMatchObject([{ state: 'outdated' }])
    const again = await hand.shelf.take(task.id)
    if (!again) throw new Error('not taken')
    await hand.settle(again, 1)
    await hand.shelf.complete(again)
    await send()
    expect((await rows()).map(({ state }) => state).toSorted()).toEqual(['outdated', 'sent'])
    expect(receiver.received).toHaveLength(2)
  })

  test('of before anything was set up notifies nobody later', async () => {
    const nobody = await aNotified({})
    await nobody.complete()
    await nobody.send()
    expect(await nobody.rows()).toEqual([])
    expect(
      await nobody.db.selectFrom('batch_tasks').select(['notified_end', 'finished_at']).executeTakeFirst(),
    ).toMatchObject({ notified_end: expect.any(Number) })
  })

  test('by a person, and by a fault, is sent, too', async () => {
    const stopped = await aHooked()
    await stopped.engine.stop(stopped.task.id, 'mei')
    await stopped.send()
    expect(stopped.receiver.received[0]?.body).toContain('"task.cancelled"')
    const halted = await aHooked()
    await halted.hand.shelf.halt(halted.task, 'The key is no longer valid.')
    await halted.send()
    expect(halted.receiver.received[0]?.body).toContain('"task.failed"')
  })

  test.skipIf(ON_POSTGRES)('is found by an index, however many tasks have ended', async () => {
    const { db } = await aNotified({})
    const plan = await sql<{ detail: string }>`explain query plan
      select id from batch_tasks where finished_at is not null and (notified_end is null or notified_end <> finished_at)
      order by finished_at`.execute(db)
    expect(plan.rows.map(({ detail }) => detail).join(' ')).toContain('batch_tasks_notify')
  })
})

describe('a task’s own choice', () => {
  test('counts before the settings, and only where the settings allow it', async () => {
    const [usual, other] = [await aReceiver(), await aReceiver()]
    const env = { ROWBOT_WEBHOOK_URL: usual.url, ROWBOT_WEBHOOK_SECRET: SECRET }
    const none = await aNotified(env, { webhook: null })
    await none.complete()
    await none.send()
    const forbidden = await aNotified(env, { webhook: other.url })
    await forbidden.complete()
    await forbidden.send()
    expect(other.received).toEqual([])
    expect(await forbidden.rows()).toMatchObject([
      { state: 'failed', error: expect.stringContaining('ROWBOT_WEBHOOK_HOSTS') },
    ])
    const allowed = await aNotified({ ...env, ROWBOT_WEBHOOK_HOSTS: other.host }, { webhook: other.url })
    await allowed.complete()
    await allowed.send()
    expect(other.received).toHaveLength(1)
    expect(usual.received).toEqual([])
  })
})

test('a receiver that cannot be reached is tried again, and the fault names no address', async () => {
  const { send, complete, rows } = await aNotified({
    ROWBOT_WEBHOOK_URL: 'http://127.0.0.1:9/hidden',
    ROWBOT_WEBHOOK_SECRET: SECRET,
  })
  await complete()
  await send()
  const [row] = await rows()
  expect(row).toMatchObject({
    state: 'due',
    tries: 1,
    error: expect.stringMatching(/^no connection \(\w+\)$/),
  })
})

test('what is sent while the process leaves stays due, and no try is counted', async () => {
  const { receiver, complete, notifier, rows, faults } = await aHooked()
  await complete()
  const leaving = notifier()
  await leaving.stop()
  await leaving.sendDue()
  expect(receiver.received).toEqual([])
  expect((await rows()).every(({ state, tries }) => state === 'due' && tries === 0)).toBe(true)
  expect(faults).toEqual([])
})
