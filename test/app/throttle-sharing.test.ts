import { describe, expect, test } from 'bun:test'
import { createRowStore } from '../../src/db/store.ts'
import { takeTask } from '../../src/db/tasks/runner-moves.ts'
import { leaveShares, listLearnt, renewShare } from '../../src/db/workflows/shares.ts'
import { createWriter } from '../../src/db/writer.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { type SharingMachine, sharingMachines } from '../support/sharing-machines.ts'

const refused: Outcome = { kind: 'throttled', error: 'Too many requests.', slow: true }
const lost: Outcome = { kind: 'lost', error: 'The server failed (HTTP 502).' }

/** Waits for what the machines tell each other. */
async function until(holds: () => boolean): Promise<number> {
  const since = performance.now()
  while (!holds()) {
    if (performance.now() - since > 10_000) throw new Error(`never: ${holds.toString()}`)
    await Bun.sleep(1)
  }
  return performance.now() - since
}

function sum(machines: SharingMachine[]): number {
  return machines.reduce((all, { underWay }) => all + underWay, 0)
}

/** Lines are renewed by themselves so seldom that what comes sooner was told. */
const TOLD = { renewMs: 60_000, leaseMs: 120_000 }

describe('calls at once', () => {
  test('of two machines with many lanes are never more than the workflow allows, and each has its half', async () => {
    const { machines } = await sharingMachines(2, { atOnce: 6 })
    let most = 0
    for (const machine of machines) machine.work(10, 10, () => void (most = Math.max(most, sum(machines))))
    await until(() => machines.every(({ calls }) => calls > 100))
    const before = machines.map(({ calls }) => calls)
    await until(() => machines.every(({ calls }, index) => calls > (before[index] ?? 0) + 100))
    expect(most).toBe(6)
    for (const machine of machines) await machine.end()
  })

  test('are all of one machine while it is alone; a second one has its first as soon as a call ends', async () => {
    const { machines } = await sharingMachines(2, { atOnce: 4 }, TOLD)
    const [a, b] = machines
    a?.work(10, 50)
    await until(() => a?.underWay === 4)
    b?.work(10, 50)
    await until(() => a?.underWay === 2 && b?.underWay === 2)
    await a?.end()
    await until(() => b?.underWay === 4)
    await b?.end()
  })

  test('that are fewer than the machines go round', async () => {
    const { machines } = await sharingMachines(3, { atOnce: 1 }, { turnMs: 50 })
    let most = 0
    for (const machine of machines) machine.work(5, 5, () => void (most = Math.max(most, sum(machines))))
    await until(() => machines.every(({ calls }) => calls > 20))
    expect(most).toBe(1)
    for (const machine of machines) await machine.end()
  })

  test('that a person changes are so on all machines at once', async () => {
    const { machines, setLimits, workflow } = await sharingMachines(2, { atOnce: 8 })
    for (const machine of machines) machine.work(10, 20)
    await until(() => sum(machines) === 8)
    await setLimits({ atOnce: 2 })
    machines[0]?.sharing.limitsChanged(workflow.id)
    await until(() => machines.every(({ throttle }) => throttle.limit === 2))
    let most = 0
    await until(() => sum(machines) <= 2)
    const before = machines[1]?.calls ?? 0
    await until(() => {
      most = Math.max(most, sum(machines))
      return (machines[1]?.calls ?? 0) > before + 20
    })
    expect(most).toBe(2)
    for (const machine of machines) await machine.end()
  })

  test('a machine that was told to begin nothing by its own clock begins nothing, though it has lanes', async () => {
    const { machines, db } = await sharingMachines(
      1,
      { atOnce: 4 },
      { leaseMs: 300, marginMs: 100, renewMs: 60 },
    )
    const [a] = machines
    a?.work(4, 5)
    await until(() => (a?.calls ?? 0) > 20)
    let calls = 0
    await db.transaction().execute(async (trx) => {
      // As if the database were out of reach: the line cannot be renewed.
      await trx.selectFrom('workflow_throttles').selectAll().forUpdate().execute()
      await until(() => a?.underWay === 0)
      calls = a?.calls ?? 0
      await Bun.sleep(100)
      expect(a?.calls).toBe(calls)
    })
    await until(() => (a?.calls ?? 0) > calls)
    await a?.end()
  })
})

describe('what one machine learns of the server', () => {
  test('holds for the others: fewer calls at once', async () => {
    const { machines } = await sharingMachines(2, { atOnce: 8 })
    const [a, b] = machines
    if (!a || !b) throw new Error('two machines')
    b.work(8, 10)
    await until(() => b.underWay === 8)
    const [kept, slot] = await Promise.all([a.slot(), a.slot()])
    slot.ended({ ...refused, by: 'app' }, 'a row')
    slot.release()
    await until(() => b.throttle.limit < 8)
    expect(b.throttle.slowdown).toEqual({ kind: 'throttled', atOnce: b.throttle.limit })
    expect(b.throttle.limit).toBe(a.throttle.limit)
    kept.release()
    await b.end()
  })

  test('holds for the others: that no call is to begin for a while', async () => {
    const { machines } = await sharingMachines(2, { atOnce: 8 }, TOLD)
    const [a, b] = machines
    if (!a || !b) throw new Error('two machines')
    const begun: number[] = []
    b.work(2, 5, () => void begun.push(performance.now()))
    await until(() => b.calls > 5)
    const slot = await a.slot()
    slot.ended({ ...refused, retryAfterMs: 700 }, 'a row')
    slot.release()
    const longest = () => Math.max(...begun.slice(1).map((at, index) => at - (begun[index] ?? at)))
    await until(() => longest() > 400) // so calls begin again, too
    await b.end()
  })

  test('opens the circuit for all: one machine asks, and once it has an answer all go on', async () => {
    const timing = { ...DEFAULT_TIMING, troubleBaseMs: 100, troubleMaxMs: 100 }
    const { machines, db } = await sharingMachines(2, { atOnce: 8 }, {}, timing)
    const [a, b] = machines
    if (!a || !b) throw new Error('two machines')
    let isBroken = true
    a.work(4, 5, () => (isBroken ? lost : undefined))
    while (![...(await listLearnt(db)).values()].some(({ trouble }) => trouble)) await Bun.sleep(1)
    b.work(4, 5, () => (isBroken ? lost : undefined))
    await until(() => b.throttle.slowdown?.kind === 'trouble')
    const [asked, before] = [a.calls, b.calls]
    await until(() => a.calls >= asked + 3)
    expect(b.calls).toBe(before)
    expect(b.throttle.slowdown).toMatchObject({
      askedEveryMs: 100,
      lastAnswer: 'The server failed (HTTP 502).',
    })
    isBroken = false
    await until(() => a.calls > asked + 20 && b.calls > before + 20)
    expect(b.throttle.slowdown).toBeUndefined()
    for (const machine of machines) await machine.end()
  })

  test('is known to a machine that does not call the workflow, too', async () => {
    const { machines, workflow } = await sharingMachines(2, { atOnce: 8 })
    const [a, b] = machines
    if (!a || !b) throw new Error('two machines')
    const slots = await Promise.all([a.slot(), a.slot()])
    for (const slot of slots) {
      slot.ended({ ...refused, by: 'app' }, 'a row')
      slot.release()
    }
    await until(() => b.sharing.learntOf(workflow.id)?.atOnce === 1)
  })
})

describe('what a machine held that is gone', () => {
  const timing = {
    renewMs: 2_000,
    leaseMs: 12_000,
    marginMs: 1_000,
    turnMs: 1_000,
    windowMs: 61_000,
    runEndsMs: 1_260_000,
    growEveryMs: 60_000,
  }

  test('comes back as its calls are known to have ended, and not before', async () => {
    const { db, workflow, submit } = await sharingMachines(1, { atOnce: 4 })
    const report = (machine: string, held: number) => ({
      machine,
      lanes: 10,
      inUse: held,
      rowTokens: 0,
      parts: { atOnce: { wanted: 10, held } },
      news: {},
    })
    const renew = (machine: string, held: number) =>
      renewShare(db, workflow.id, report(machine, held), timing)
    expect((await renew('dead', 0))?.most.atOnce).toBe(4)
    // Three calls of its task are open.
    const { id } = await submit(5)
    const task = await db.transaction().execute((trx) => takeTask(trx, id, 0))
    if (!task) throw new Error('a waiting task was not taken')
    const rows = createRowStore(db, createWriter(db))
    for (let row = 0; row < 3; row++) await rows.claim(task, 0, 0)
    const endCalls = async (count: number) => {
      const open = await db.selectFrom('runs').select('execution_id').where('status', '=', 'open').execute()
      for (const { execution_id } of open.slice(0, count))
        await db
          .updateTable('runs')
          .set({ status: 'succeeded' })
          .where('execution_id', '=', execution_id)
          .execute()
    }
    await leaveShares(db, 'dead')
    expect((await renew('alive', 0))?.most.atOnce).toBe(1)
    await endCalls(2)
    expect((await renew('alive', 1))?.most.atOnce).toBe(3)
    await endCalls(1)
    expect((await renew('alive', 3))?.most.atOnce).toBe(4)
  })

  test('comes back with its tasks, so that whoever takes them over can look its calls up', async () => {
    const { db, workflow, submit } = await sharingMachines(1, { atOnce: 2 })
    const { id } = await submit(5)
    const take = () => db.transaction().execute((trx) => takeTask(trx, id, 0))
    const task = await take()
    if (!task) throw new Error('a waiting task was not taken')
    const rows = createRowStore(db, createWriter(db))
    for (let row = 0; row < 2; row++) await rows.claim(task, 0, 0)
    const wants = { lanes: 10, inUse: 0, rowTokens: 0, parts: { atOnce: { wanted: 10, held: 0 } }, news: {} }
    const renew = (machine: string) => renewShare(db, workflow.id, { machine, ...wants }, timing)
    expect((await renew('dead'))?.most.atOnce).toBe(2)
    await leaveShares(db, 'dead')
    expect((await renew('alive'))?.most.atOnce).toBe(0)
    await take()
    expect((await renew('alive'))?.most.atOnce).toBe(2)
  })
})

test('without rows that end, a minute has no more calls than the workflow allows, over all machines', async () => {
  const timing = { ...DEFAULT_TIMING, windowMs: 1_000 }
  const { machines } = await sharingMachines(2, { atOnce: 8, perMinute: 40 }, { renewMs: 50 }, timing)
  const begun: number[] = []
  for (const machine of machines) machine.work(4, 1, () => void begun.push(performance.now()))
  await until(() => machines.every(({ calls }) => calls > 40))
  for (const machine of machines) await machine.end()
  const most = Math.max(
    ...begun.map((at) => begun.filter((other) => other >= at && other < at + 1_000).length),
  )
  expect(most).toBeLessThanOrEqual(40)
  expect(most).toBeGreaterThan(30)
})
