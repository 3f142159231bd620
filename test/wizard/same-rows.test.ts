import { describe, expect, test } from 'bun:test'
import type { Db } from '../../src/db/schema.ts'
import { setRequiredOutputs } from '../../src/db/workflows/workflows.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { aPerson, asker, aWizard, csv, Visit } from './support/cast.ts'
import { nano } from '../support/nano.ts'

const MONDAY = csv('Name,Key features\nKettle,hot\nLamp,bright\nTent,dry\n')
const TODAY = csv('Name,Key features\nKettle,hot\nLamp,brighter\nTent,dry\nChair,soft\n')

/** As if the workflow had answered every row of a task, in 40 s and for 0.01 USD each. */
async function answerAll(db: Db, taskId: string, version: string | null = null): Promise<void> {
  const answer = { outputs: '{"text":"fine"}', seconds: 40, price_nano: nano(0.01), currency: 'USD' }
  const { numUpdatedRows } = await db
    .updateTable('task_executions')
    .set({ status: 'succeeded', ...answer, workflow_version: version })
    .where('task_id', '=', taskId)
    .executeTakeFirst()
  await db
    .updateTable('batch_tasks')
    .set({ status: 'completed', succeeded: Number(numUpdatedRows) })
    .where('id', '=', taskId)
    .execute()
}

/** Mei has run Monday’s file in the channel. */
async function afterMonday(version: string | null = null) {
  const cast = await aWizard()
  const first = await (await new Visit(cast.wizard).toConfirm(MONDAY)).press('Start')
  await answerAll(cast.db, first.taskId, version)
  const resend = async (visit = new Visit(cast.wizard)) => (await visit.send(TODAY)).press('Next')
  return { ...cast, firstId: first.taskId, resend }
}

describe('a file that was sent before', () => {
  test('is said to be, with how many rows are new and what they will cost', async () => {
    const { resend } = await afterMonday()
    const visit = await resend()
    expect(visit.text).toMatch(/Seen on \w+, \w+ \d+: 2 rows unchanged, 1 changed, 1 new\./)
    expect(visit.labels.slice(0, 2)).toEqual(['Run 2 (about $0.02, 40 s)', 'Run all 4'])
    expect(visit.labels).not.toContain('Next')
  })

  test('is known by its headings, though its columns were moved', async () => {
    const { wizard } = await afterMonday()
    const moved = csv('Key features,Name\nhot,Kettle\nbrighter,Lamp\ndry,Tent\nsoft,Chair\n')
    const visit = await (await new Visit(wizard).send(moved)).press('Next')
    expect(visit.text).toMatch(/: 2 rows unchanged, 1 changed, 1 new\./)
  })

  test('has its rows named by the columns that were chosen, though they were moved', async () => {
    const { wizard, db } = await afterMonday()
    await db.updateTable('batch_tasks').set({ key_chosen: 1, key_columns: '[0]' }).execute()
    const moved = csv('Key features,Name\nhot,Kettle\nbrighter,Lamp\ndry,Tent\nhot,Chair\n')
    const visit = await (await new Visit(wizard).send(moved)).press('Next')
    expect(visit.text).toMatch(/: 2 rows unchanged, 1 changed, 1 new\./)
    await visit.press('Run 2 (about $0.02, 40 s)')
    await visit.press('Next')
    await visit.press('Start')
    const task = await db
      .selectFrom('batch_tasks')
      .select(['headings', 'key_columns'])
      .where('id', '=', visit.taskId)
      .executeTakeFirstOrThrow()
    expect(task).toEqual({ headings: '["Key features","Name"]', key_columns: '[1]' })
  })

  test('has its rows named by all columns where none does alone, though they were moved', async () => {
    const { wizard, db } = await aWizard()
    const first = csv('Name,Key features\nKettle,hot\nKettle,loud\nLamp,hot\n')
    const { taskId } = await (await new Visit(wizard).toConfirm(first)).press('Start')
    await answerAll(db, taskId)
    await db.updateTable('task_executions').set({ status: 'failed' }).where('row_number', '=', 4).execute()
    const moved = csv('Key features,Name\nhot,Kettle\nloud,Kettle\nhot,Lamp\nsoft,Tent\n')
    const visit = await (await new Visit(wizard).send(moved)).press('Next')
    expect(visit.text).toMatch(/: 2 rows unchanged, 1 changed, 1 new\./)
  })

  test('with one heading more is another sheet', async () => {
    const { wizard } = await afterMonday()
    const more = csv('Name,Key features,Note\nKettle,hot,new\n')
    expect((await (await new Visit(wizard).send(more)).press('Next')).text).not.toContain('Seen on')
  })

  test('costs what its calls cost: of new rows that send the same, one', async () => {
    const { wizard } = await afterMonday()
    const file = csv('Name,Key features\nKettle,hot\nChair,soft\nChair,soft\nLamp,bright\nChair,soft\n')
    const visit = await (await new Visit(wizard).send(file)).press('Next')
    expect(visit.labels[0]).toBe('Run 3 (about $0.01, 40 s)')
    await visit.press('Run 3 (about $0.01, 40 s)')
    await visit.press('Next')
    expect(visit.labels).not.toContain('Try 1 row first') // there is one call
  })

  test('has the other rows’ answers in its task, if only what is new is to run', async () => {
    const { db, resend, firstId } = await afterMonday()
    const visit = await resend()
    await visit.press('Run 2 (about $0.02, 40 s)')
    await visit.press('Next')
    expect(visit.text).toContain('2 rows have their results from')
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({
      carried: 2,
      counts: { total: 4, succeeded: 2, left: 2 },
    })
    const rows = await db
      .selectFrom('task_executions')
      .select(['row_number', 'origin_task', 'origin_row'])
      .where('task_id', '=', visit.taskId)
      .where('status', '=', 'succeeded')
      .orderBy('row_number')
      .execute()
    expect(rows).toEqual([
      { row_number: 2, origin_task: firstId, origin_row: 2 },
      { row_number: 4, origin_task: firstId, origin_row: 4 },
    ])
  })

  test('runs as a whole, if that is wanted', async () => {
    const { db, resend } = await afterMonday()
    const visit = await resend()
    await visit.press('Run all 4')
    await visit.press('Next')
    expect(visit.text).not.toContain('their results from')
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({ carried: 0, counts: { left: 4 } })
  })

  test('is all new once the workflow was published anew, and that is said', async () => {
    const { db, resend } = await afterMonday('v1')
    await db.updateTable('workflows').set({ version: 'v2', version_at: 1 }).execute()
    const visit = await resend()
    expect(visit.text).toContain('the workflow has been published anew since: all rows are new.')
    await visit.press('Next')
    await visit.press('Next')
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({ carried: 0 })
  })

  test('counts no answer without an output that must be there by now, and does not call that an older version', async () => {
    const { db, workflows, resend } = await afterMonday()
    const [workflow] = workflows
    await setRequiredOutputs(db, workflow?.id ?? '', ['text'])
    await db
      .updateTable('task_executions')
      .set({ outputs: '{"text":" "}' })
      .where('row_number', '=', 2)
      .execute()
    expect((await resend()).text).toContain('1 row unchanged')
    await setRequiredOutputs(db, workflow?.id ?? '', ['score'])
    const none = await resend()
    expect(none.text).not.toContain('published anew')
    expect(none.labels[0]).toBe('Next')
  })

  test('is nothing to another person elsewhere', async () => {
    const { wizard, resend } = await afterMonday()
    const place = { platform: 'slack', team: 'T1', channel: 'C9' } as const
    const visit = await resend(new Visit(wizard, asker('Jo', { place, person: aPerson('Jo') })))
    expect(visit.text).not.toContain('Seen on')
    expect(visit.labels[0]).toBe('Next')
  })

  test('can all be taken from then, without a call', async () => {
    const { db, wizard } = await afterMonday()
    const visit = await (await new Visit(wizard).send(MONDAY)).press('Next')
    await visit.press('Take those results, run none')
    await visit.press('Next')
    expect(visit.labels).not.toContain('Try 1 row first')
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({ carried: 3, counts: { left: 0 } })
  })

  test('is said to a program too, which takes only what is new if it says so', async () => {
    const { db, wizard } = await aWizard()
    const who = asker('API', { place: { platform: 'web', team: '', channel: 'page' } })
    const send = async (onlyNew: boolean, file = MONDAY) => {
      const draft = await wizard.direct.upload(who, file, {})
      const request = { parameters: {}, skipFaulty: true, tryFirst: 0, onlyNew }
      const { taskId } = await wizard.direct.execute(who, draft.id, request)
      return { draft, taskId: taskId ?? '' }
    }
    const first = await send(true)
    expect(first.draft.state.inspection.earlier).toBeUndefined()
    await answerAll(db, first.taskId)
    const second = await send(true, TODAY)
    expect(second.draft.state.inspection.earlier).toMatchObject({ unchanged: 2, changed: 1, fresh: 1 })
    expect(await findTask(db, second.taskId)).toMatchObject({ carried: 2 })
  })
})

describe('what names a row', () => {
  const HEAD = 'Name,Key features,SKU,Country\n'
  // Each name is there once, so it is what is found; SKU and country together name a row, too.
  const monday = csv(`${HEAD}Kettle,hot,K1,DE\nKessel,heiss,K1,FR\nLamp,bright,L1,DE\n`)
  const today = csv(`${HEAD}Kettle 2,hot,K1,DE\nKessel,heiss,K1,FR\nLamp 2,bright,L1,DE\nTent,dry,K1,IT\n`)

  async function aMonday() {
    const cast = await aWizard()
    const first = await (await new Visit(cast.wizard).toConfirm(monday)).press('Start')
    await answerAll(cast.db, first.taskId)
    await cast.db.updateTable('batch_tasks').set({ created_at: 1 }).execute() // the next one is newer, whatever the clock
    const resend = async () => (await new Visit(cast.wizard).send(today)).press('Next')
    return { ...cast, resend }
  }

  test('is chosen by headings or letters, and next time it is as last time', async () => {
    const { db, resend } = await aMonday()
    const visit = await resend()
    expect(visit.text).toContain('1 row unchanged, 0 changed, 3 new.')
    await visit.press('Reading…')
    await visit.press('What names a row…')
    expect(await visit.answerForm({ key: 'SKU, Contry' })).toEqual({
      key: 'There is no column “Contry”. Did you mean “Country”?',
    })
    expect(await visit.answerForm({ key: 'country; c' })).toBeUndefined()
    expect(visit.text).toContain('rows named by country, c')
    await visit.press('Done')
    expect(visit.text).toContain('1 row unchanged, 2 changed, 1 new.')
    for (const label of ['Run all 4', 'Next', 'Start']) await visit.press(label)
    await answerAll(db, visit.taskId)

    const later = await resend()
    await later.press('Reading…')
    expect(later.text).toContain('rows named by SKU, Country')
    await later.press('What names a row…')
    expect(later.form.fields[0]).toMatchObject({ value: 'SKU, Country' })
    await later.answerForm({ key: '' })
    expect(later.text).not.toContain('rows named by')
  })

  test('that was chosen stays with a corrected file only if it has those columns', async () => {
    const { resend } = await aMonday()
    const visit = await resend()
    await visit.press('Reading…')
    await visit.press('What names a row…')
    await visit.answerForm({ key: 'SKU' })
    await visit.press('Done')
    await visit.press('Send another file')
    await visit.answerForm({}, csv('Name,Key features\nKettle,hot\n'))
    expect(visit.text).toContain('The row can run.')
  })
})

describe('rows that ask the same', () => {
  const equal = csv('Name,Key features\nKettle,hot\nKettle,hot\nLamp,bright\nKettle,hot\n')

  test('are counted in the check, and called once', async () => {
    const { db, wizard } = await aWizard()
    const visit = await (await new Visit(wizard).send(equal)).press('Next')
    expect(visit.text).toContain('2 rows ask the same as another: called once.')
    await visit.press('Next')
    await visit.press('Next')
    expect(visit.text).toContain('2 rows ask the same as another: called once.')
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({ equal: 2 })
  })

  test('are each called if a person wants it so', async () => {
    const { db, wizard } = await aWizard()
    const visit = await (await new Visit(wizard).send(equal)).press('Next')
    await visit.press('Next')
    await visit.press('Call equal rows each')
    expect(visit.text).toContain('2 rows ask the same as another; each is called.')
    expect(visit.labels).toContain('Call equal rows once')
    await visit.press('Next')
    expect(visit.text).toContain('each is called')
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({ equal: null })
  })
})
