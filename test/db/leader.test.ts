import { expect, test } from 'bun:test'
import { Leadership, LeaderSwitch } from '../../src/db/leader.ts'
import { isLeased, LeaseLost } from '../../src/db/leases.ts'
import type { Db } from '../../src/db/schema.ts'
import { connectPostgres } from '../../src/db/postgres.ts'
import { REAL_CLOCK } from '../../src/engine/clock.ts'
import { later, until } from '../support/bot.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { openShelf } from '../support/runner-store.ts'
import { aTcpProxy } from '../support/tcp-proxy.ts'
import { borrowDatabase } from '../support/test-database.ts'

const LEASE_MS = 8_000

/** A machine that would like to lead. Its own time passes only when the test says so; the database’s is the real one. */
function aMachine(db: Db, leases = db) {
  const clock = new FakeClock()
  const heard: string[] = []
  const faults: unknown[] = []
  const leader = new LeaderSwitch('bot')
  const leadership = new Leadership({
    name: 'bot',
    leases,
    db,
    clock,
    leaseMs: LEASE_MS,
    elected: (its) => {
      leader.current = its
      heard.push('elected')
    },
    lost: () => {
      leader.current = undefined
      heard.push('lost')
    },
    onFault: (fault) => faults.push(fault),
  })
  leadership.start()
  later(() => leadership.stop())
  /** @param ms that pass on its clock between two looks; none while it only waits for the database */
  const hears = (what: string, ms = 100) =>
    until(
      async () => {
        if (ms > 0) await clock.pass(ms)
        return heard.at(-1)
      },
      (last) => last === what,
    )
  return { clock, heard, faults, leader, leadership, hears }
}

test('one machine leads; when it stops, another one does at its next try', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const a = aMachine(db)
  await a.hears('elected', 0)
  const b = aMachine(db)
  await b.clock.pass(5_000)
  await a.clock.pass(5_000)
  expect([a.leader.isCurrent(), b.leader.isCurrent()]).toEqual([true, false])
  expect(b.heard).toEqual([])

  await a.leadership.stop()
  expect(a.heard).toEqual(['elected', 'lost'])
  await b.hears('elected')
  expect(await b.leader.write(async () => 'written')).toBe('written')
  expect(a.leader.write(async () => 'written')).rejects.toThrow(LeaseLost)
})

test('a leader that renews leads for as long as it likes', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  let renewals = 0
  const leases = db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (result.numAffectedRows !== undefined && result.rows.length === 0) renewals += 1
      return result
    },
  })
  const a = aMachine(db, leases)
  await a.hears('elected', 0)
  for (let n = renewals + 1; n < 20; n++) {
    await a.clock.pass(LEASE_MS / 4)
    await until(
      () => renewals,
      (so) => so >= n,
    )
  }
  expect(a.heard).toEqual(['elected'])
})

test('a leader that the database does not answer steps down by its own clock, before anybody can take over', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  let isAway = false
  const leases = db.withPlugin({
    transformQuery: ({ node }) => {
      if (isAway) throw new Error('no answer')
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const a = aMachine(db, leases)
  await a.hears('elected', 0)
  isAway = true
  await a.clock.pass(LEASE_MS / 2)
  expect(a.leader.isCurrent()).toBe(true)
  await a.clock.pass(LEASE_MS / 4)
  expect(a.heard).toEqual(['elected', 'lost'])
  expect(a.faults.length).toBeGreaterThan(1)
  expect(await isLeased(db, 'bot')).toBe(true) // the rest of the lease is for what two clocks differ by
})

test('a machine that was frozen finds that it leads no more, before it does anything else', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const a = aMachine(db)
  await a.hears('elected', 0)
  await db.updateTable('leases').set({ until: 0 }).execute() // it renews nothing while it is frozen
  const b = aMachine(db)
  await b.hears('elected')
  // A statement that was sent before, and reaches the database only now.
  expect(a.leader.write(async () => 'written')).rejects.toThrow(LeaseLost)

  a.clock.monotonicNow = () => new FakeClock().monotonicNow() + LEASE_MS // it is thawed, and no timer has run yet
  expect(a.leader.isCurrent()).toBe(false)
  expect(a.leader.write(async () => 'written')).rejects.toThrow(LeaseLost)
})

test('a leader behind a line that swallows everything steps down before another takes over, and stands by after', async () => {
  const { url, giveBack } = await borrowDatabase()
  later(giveBack)
  const proxy = aTcpProxy(Number(new URL(url).port))
  const through = new URL(url)
  through.port = String(proxy.port)
  const began = performance.now()
  const events: string[] = []
  const start = (name: string, at: string) => {
    const leases = connectPostgres(at, { connections: 1, waitMs: 100, answerMs: 300 })
    const leadership = new Leadership({
      name: 'bot',
      leases,
      db: leases,
      clock: REAL_CLOCK,
      leaseMs: 1_000,
      elected: () => events.push(`${name} leads`),
      lost: () => events.push(`${name} steps down`),
      onFault: () => {},
    })
    leadership.start()
    later(async () => {
      await leadership.stop()
      await leases.destroy()
    })
    return leadership
  }
  const a = start('a', through.href)
  await until(() => a.isLeader, Boolean)
  const b = start('b', url)
  proxy.swallow()
  await until(() => b.isLeader, Boolean)
  expect(events).toEqual(['a leads', 'a steps down', 'b leads'])
  proxy.heal()
  await until(
    () => performance.now() - began,
    (ms) => ms > 2_500,
  )
  expect(events).toHaveLength(3)
})
