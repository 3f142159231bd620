import { describe, expect, test } from 'bun:test'
import { findCompared } from '../../src/app/comparison.ts'
import { aWizard, COPYWRITER, csv, TRANSLATOR, Visit } from './support/cast.ts'

const TABLE = csv('Name,Key features,Question\nKettle,hot,Why?\nLamp,bright,Who?\nTent,dry,How?\n')
const THIRTY = csv(
  `Name,Key features,Question\n${Array.from({ length: 30 }, (_, i) => `Kettle ${i},hot,Why ${i}?\n`).join('')}`,
)

/** Mei has chosen the copywriter, and to compare it with the translator. */
async function comparing(file = TABLE) {
  const cast = await aWizard()
  const visit = await new Visit(cast.wizard).send(file)
  if (!visit.labels.includes('Next')) await visit.choose('Workflow', COPYWRITER.name)
  await visit.press('Compare with…')
  await visit.choose('Compare with', TRANSLATOR.name)
  return { ...cast, visit }
}

describe('a second workflow is chosen', () => {
  test('beside the first, and the check says that it can run the rows', async () => {
    const { visit } = await comparing()
    expect(visit.text).toContain('Both run the same rows')
    await visit.press('Next')
    expect(visit.text).toContain('A: Product copywriter · B: Translate · B can run all 3 rows, too')
  })

  test('and what it lacks is said by name; then nothing can be started', async () => {
    const { visit } = await comparing(csv('Name,Key features\nKettle,hot\n'))
    await visit.press('Next')
    expect(visit.text).toContain('B: There is no column for “Question”')
    expect(visit.labels).not.toContain('Next')
  })

  test('and given up again', async () => {
    const { visit } = await comparing()
    await visit.choose('Compare with', 'Compare with none')
    await visit.press('Next')
    expect(visit.text).not.toContain('B:')
    expect(visit.labels).toContain('Next')
  })

  test('on few rows, all of which run in both', async () => {
    const { visit, db } = await comparing()
    for (const label of ['Next', 'Next', 'Next']) await visit.press(label)
    expect(visit.text).toContain('Each row is run, and paid, in both.')
    expect(visit.labels.slice(0, 2)).toEqual(['Compare on all 3', 'Compare on…'])
    await visit.press('Compare on all 3')
    const comparison = await findCompared(db, visit.taskId)
    expect(comparison).toMatchObject({
      a: { workflow: 'Product copywriter', task: { id: visit.taskId, counts: { total: 3 } } },
      b: { workflow: 'Translate', task: { counts: { total: 3 }, pauseAfter: null } },
    })
  })

  test('on twenty of many rows, the same in both', async () => {
    const { visit, db } = await comparing(THIRTY)
    for (const label of ['Next', 'Next', 'Next']) await visit.press(label)
    expect(visit.labels.slice(0, 3)).toEqual(['Compare on 20 rows', 'Compare on…', 'Compare on all 30'])
    await visit.press('Compare on 20 rows')
    const comparison = await findCompared(db, visit.taskId)
    expect(comparison).toMatchObject({ isSample: true, tally: { rows: 20 } })
  })
})
