import { describe, expect, test } from 'bun:test'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { deleteEndedDrafts } from '../../src/db/drafts/drafts.ts'
import { asker, aWizard, Visit } from './support/cast.ts'

async function aTried() {
  const cast = await aWizard()
  const visit = await new Visit(cast.wizard).toConfirm()
  await visit.press('Back')
  await visit.choose('Retries', 'No retries')
  await visit.press('Next')
  await visit.press('Try 1 row first')
  return { ...cast, taskId: visit.taskId }
}

describe('a task once more, with other settings', () => {
  test('begins at the parameters with the same file and choices, and becomes a task of its own', async () => {
    const { wizard, db, taskId } = await aTried()
    const visit = new Visit(wizard).take(await wizard.again(asker('Mei'), taskId))
    expect(visit.prompt.title).toContain('3 of 4')
    expect(visit.text).toContain('It runs all rows anew, those that were tried, too.')
    await visit.choose('Rows at once', '5')
    await visit.press('Next')
    await visit.press('Start')
    const [before, after] = [await findTask(db, taskId), await findTask(db, visit.taskId)]
    expect(after).toMatchObject({ retries: 0, concurrency: 5, pauseAfter: null, counts: { total: 5 } })
    expect(after?.uploadId).toBe(before?.uploadId ?? '')
    expect(before).toMatchObject({ pauseAfter: 2 })
  })

  test('is one draft, however often it is asked for while that is open', async () => {
    const { wizard, taskId } = await aTried()
    const visit = new Visit(wizard).take(await wizard.again(asker('Mei'), taskId))
    const twice = new Visit(wizard).take(await wizard.again(asker('Mei'), taskId))
    const first = visit.draftId
    expect(twice.draftId).toBe(first)
    await visit.press('Cancel')
    const later = new Visit(wizard).take(await wizard.again(asker('Mei'), taskId))
    expect(later.draftId).not.toBe(first)
    expect(later.prompt.title).toContain('3 of 4') // the task has the file, so a cancelled draft has not deleted it
  })

  test('is refused to who may not act on it, and said where its choices are gone', async () => {
    const { wizard, db, taskId } = await aTried()
    expect(new Visit(wizard).take(await wizard.again(asker('Jo'), taskId)).told).toContain('Mei’s')
    await deleteEndedDrafts(db, Number.MAX_SAFE_INTEGER)
    expect(new Visit(wizard).take(await wizard.again(asker('Mei'), taskId)).told).toContain(
      'Send the file again',
    )
  })
})
