import { expect, test } from 'bun:test'
import { SharedTurns } from '../../src/app/shared-turns.ts'
import { REAL_CLOCK } from '../../src/engine/clock.ts'
import { openShelf } from '../support/runner-store.ts'

test('what has the same key is done one after the other, whichever machine it has reached', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const machines = Array.from({ length: 3 }, () => new SharedTurns(db, REAL_CLOCK))
  let atOnce = 0
  let most = 0
  const work = async () => {
    atOnce += 1
    most = Math.max(most, atOnce)
    await db.selectFrom('leases').selectAll().execute()
    atOnce -= 1
  }
  await Promise.all([...machines, ...machines].map((turns) => turns.run('a draft', work)))
  expect(most).toBe(1)
  expect(await db.selectFrom('leases').selectAll().execute()).toEqual([])
})

test('what has another key does not wait, and what fails keeps nobody waiting', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const [one, other] = [new SharedTurns(db, REAL_CLOCK), new SharedTurns(db, REAL_CLOCK)]
  const held = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const first = one.run('a draft', () => {
    begun.resolve()
    return held.promise
  })
  await begun.promise
  expect(await other.run('another draft', async () => 'done')).toBe('done')
  held.reject(new Error('a fault'))
  await expect(first).rejects.toThrow('a fault')
  expect(await other.run('a draft', async () => 'done')).toBe('done')
})

test('a machine that died keeps others waiting until its lease runs out', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const never = { ...REAL_CLOCK, after: () => () => {} } // it renews nothing
  void new SharedTurns(db, never).run('a draft', () => new Promise(() => {}))
  const other = new SharedTurns(db, REAL_CLOCK)
  await other.run('another draft', async () => {}) // the first one has its lease by now
  const waiting = other.run('a draft', async () => 'done')
  expect(await Promise.race([waiting, Bun.sleep(50)])).toBeUndefined()
  await db.updateTable('leases').set({ until: 0 }).execute()
  expect(await waiting).toBe('done')
})
