import { expect, test } from 'bun:test'
import { Wizard } from '../../src/wizard/wizard.ts'
import { asker, aWizard, SAMPLE } from './support/cast.ts'

test('a file that a dead machine was reading is told of by another one; one that is being read is not', async () => {
  const { options, db, clock } = await aWizard()
  const [mine, other] = [
    new Wizard({ ...options, readForMs: 15_000 }),
    new Wizard({ ...options, readForMs: 15_000 }),
  ]
  const dead = await mine.begin(asker('Jo'), { name: 'dead.xlsx', source: 'one' })
  const alive = await mine.begin(asker('Mei'), { name: 'alive.xlsx', source: 'two' })
  if (!dead || !alive) throw new Error('not begun')
  expect(await other.interrupted('slack')).toEqual([]) // it has just begun

  await db.updateTable('drafts').set({ read_until: 0 }).execute() // 15 s later
  const stop = mine.keepReading(alive.draftId, () => {})
  await clock.pass(5_000)
  const ended = await other.interrupted('slack')
  expect(ended.map(({ draft }) => draft.fileName)).toEqual(['dead.xlsx'])
  expect(await mine.interrupted('slack')).toEqual([])

  stop()
  expect(await mine.fill(dead.draftId, SAMPLE)).toMatchObject({ kind: 'nothing' })
  expect(await mine.fill(alive.draftId, SAMPLE)).toMatchObject({ kind: 'show' })
})
