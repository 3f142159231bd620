import { expect, test } from 'bun:test'
import { SharedBudgets } from '../../src/bots/shared-budgets.ts'
import { deleteOldEdits } from '../../src/db/chats/shared-edits.ts'
import type { Db } from '../../src/db/schema.ts'
import { later, until } from '../support/bot.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { openShelf } from '../support/runner-store.ts'

const T1 = { platform: 'slack', team: 'T1' } as const
const T2 = { platform: 'slack', team: 'T2' } as const

function aMachine(db: Db, leads: boolean) {
  const clock = new FakeClock()
  const faults: unknown[] = []
  const shared = new SharedBudgets({
    db,
    clock,
    isLeading: () => leads,
    onFault: (fault) => faults.push(fault),
  })
  shared.start()
  later(() => shared.stop())
  return { clock, budgets: shared.budgets, faults }
}

type Machine = ReturnType<typeof aMachine>

/** Lets the machines tell each other until it is so. */
function heard(machines: Machine[], what: () => boolean): Promise<boolean> {
  return until(async () => {
    for (const { clock } of machines) await clock.pass(1_000)
    return what()
  }, Boolean)
}

test('what one machine edits for clicks is missing from what the leader may edit, in that workspace alone', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const leader = aMachine(db, true)
  const other = aMachine(db, false)
  for (let n = 0; n < 33; n++) other.budgets.of(T1).take()
  await heard([leader, other], () => !leader.budgets.of(T1).has(false))
  expect(leader.budgets.of(T1).has(true)).toBe(true)
  expect(leader.budgets.of(T2).has(false)).toBe(true)
  expect(other.budgets.of(T2).has(true)).toBe(true)
  expect([...leader.faults, ...other.faults]).toEqual([])
})

test('a pause that Slack asks one machine for holds on the leader, and is over when it is over', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const leader = aMachine(db, true)
  const other = aMachine(db, false)
  other.budgets.of(T1).hold(30_000)
  await heard([leader, other], () => !leader.budgets.of(T1).has(true))
  await db.updateTable('chat_edits').set({ hold_until: 0, at: 0 }).execute()
  await leader.clock.pass(60_000)
  await heard([leader], () => leader.budgets.of(T1).has(true))
  await deleteOldEdits(db)
  expect(await db.selectFrom('chat_edits').selectAll().execute()).toEqual([])
})
