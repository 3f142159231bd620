import { expect, test } from 'bun:test'
import type { App } from '../../src/engine/workflow.ts'
import { gather } from '../../src/files/gather.ts'
import type { SentFile } from '../../src/files/sent-file.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import type { UploadFile } from '../../src/workbook/types.ts'
import { aWizard, COPYWRITER, csv, TRANSLATOR, Visit } from './support/cast.ts'

const INVOICES: App = {
  name: 'Invoice reader',
  description: '',
  mode: 'workflow',
  fileLimits: {},
  variables: [
    { name: 'invoice', label: 'Invoice', type: 'file', required: true, fileTypes: ['document', 'image'] },
    {
      name: 'currency',
      label: 'Currency',
      type: 'select',
      required: true,
      options: ['EUR', 'USD'],
    },
  ],
}
const FEATURES = csv('Key features\nhot\nbright\n')

/** At the columns of a sheet that has none for the name. */
async function atColumns() {
  const cast = await aWizard([COPYWRITER])
  const visit = await new Visit(cast.wizard).send(FEATURES)
  await visit.press('Next')
  expect(visit.text).toContain('give one value for all rows')
  await visit.press('Columns…')
  return { ...cast, visit }
}

async function inputsOf(cast: Awaited<ReturnType<typeof aWizard>>, taskId: string): Promise<unknown[]> {
  const rows = await cast.db
    .selectFrom('task_executions')
    .select('inputs')
    .where('task_id', '=', taskId)
    .orderBy('row_number')
    .execute()
  return rows.map(({ inputs }) => JSON.parse(inputs) as unknown)
}

test('an input without a column can have one value for all rows, which is said in every step and sent with every row', async () => {
  const cast = await atColumns()
  const { visit } = cast
  expect(visit.labels).not.toContain('One value for all rows…')
  await visit.choose('Input', 'Name')
  await visit.press('One value for all rows…')
  expect(visit.form.fields).toMatchObject([{ type: 'text', id: 'value', label: 'Name', maxLength: 80 }])
  await visit.answerForm({ value: 'Kettle' })
  expect(visit.text).toContain('Name ← Kettle (all rows)')
  await visit.press('Done')
  expect(visit.text).toContain('Name ← Kettle (all rows)')
  expect(visit.text).toContain('All 2 rows can run')
  await visit.press('Next')
  await visit.press('Next')
  expect(visit.text).toContain('Name ← Kettle (all rows)')
  await visit.press('Start')
  expect(await inputsOf(cast, visit.taskId)).toEqual([
    { name: 'Kettle', features: 'hot' },
    { name: 'Kettle', features: 'bright' },
  ])
})

test('a value that does not fit its input stops the sheet, and says which input', async () => {
  const { visit } = await atColumns()
  await visit.choose('Input', 'Name')
  await visit.press('One value for all rows…')
  await visit.answerForm({ value: 'Kettle' })
  await visit.choose('Input', 'Tone')
  await visit.press('One value for all rows…')
  expect(visit.form.fields[0]).toMatchObject({ hint: expect.stringContaining('formal, casual, playful') })
  await visit.answerForm({ value: 'rude' })
  await visit.press('Done')
  expect(visit.text).toContain('“rude” is not one of formal, casual, playful')
  expect(visit.labels).not.toContain('Next')
  await visit.press('Columns…')
  await visit.choose('Input', 'Tone')
  await visit.press('One value for all rows…')
  expect(visit.form.fields[0]).toMatchObject({ value: 'rude' })
  await visit.answerForm({ value: ' ' })
  await visit.press('Done')
  expect(visit.labels).toContain('Next')
})

test('a column takes the place of the value, Back takes the value back, and another workflow knows none', async () => {
  const { visit } = await atColumns()
  await visit.choose('Input', 'Name')
  await visit.press('One value for all rows…')
  await visit.answerForm({ value: 'Kettle' })
  await visit.press('Back')
  expect(visit.text).not.toContain('Kettle')
  await visit.press('Columns…')
  await visit.press('One value for all rows…')
  await visit.answerForm({ value: 'Kettle' })
  await visit.choose('Column', 'Key features')
  expect(visit.text).not.toContain('Kettle')
  expect(visit.text).toContain('Name ← Key features')
})

test('a corrected file keeps the value', async () => {
  const { visit } = await atColumns()
  await visit.choose('Input', 'Name')
  await visit.press('One value for all rows…')
  await visit.answerForm({ value: 'Kettle' })
  await visit.press('Done')
  await visit.press('Send another file')
  await visit.answerForm({}, csv('Key features\nloud\n'))
  expect(visit.text).toContain('Name ← Kettle (all rows)')
})

/** Starts a task of a sheet with a column for an input that is named otherwise. */
async function started(
  { wizard }: Awaited<ReturnType<typeof aWizard>>,
  file: UploadFile,
  choose: (visit: Visit) => Promise<unknown>,
  input = 'Tone',
): Promise<string> {
  const visit = await new Visit(wizard).send(file)
  await visit.press('Next')
  await visit.press('Columns…')
  await visit.choose('Input', input)
  await choose(visit)
  await visit.press('Done')
  await visit.press('Next')
  await visit.press('Next')
  await visit.press('Start')
  return visit.taskId
}

const casual = async (visit: Visit) => {
  await visit.press('One value for all rows…')
  await visit.answerForm({ value: 'casual' })
}

test('a value for all rows does not make the next file leave its column out', async () => {
  const cast = await aWizard([COPYWRITER])
  const file = csv('Name,Key features,Tone\nKettle,hot,formal\n')
  const taskId = await started(cast, file, casual)
  expect(await inputsOf(cast, taskId)).toEqual([{ name: 'Kettle', features: 'hot', tone: 'casual' }])
  const next = await new Visit(cast.wizard).send(file)
  await next.press('Next')
  expect(next.text).toContain('Tone ← Tone')
})

test('a column that was chosen before is still remembered after a task with a value in its place', async () => {
  const cast = await aWizard([COPYWRITER])
  const file = csv('Name,Key features,Voice\nKettle,hot,formal\n')
  await started(cast, file, (visit) => visit.choose('Column', 'Voice'))
  await started(cast, file, casual)
  const next = await new Visit(cast.wizard).send(file)
  await next.press('Next')
  expect(next.text).toContain('Tone ← Voice')
})

test('files without a sheet become rows of the workflow that takes files, with one value for the other input', async () => {
  const cast = await aWizard([COPYWRITER, INVOICES, TRANSLATOR])
  const file = (name: string, text: string): SentFile => ({
    name,
    open: async () =>
      (async function* () {
        yield Buffer.from(text)
      })(),
  })
  const sent = [file('a.pdf', '%PDF-1.7 a'), file('b.pdf', '%PDF-1.7 b'), file('c.txt', 'Total 3')]
  const words = { file: 'File', type: 'Type', size: 'Size' }
  const upload = await gather(sent, { store: cast.options.files, limits: DEFAULT_LIMITS, words })
  const visit = await new Visit(cast.wizard).send(upload)
  expect(visit.prompt.title).toBe('1 of 4 · Which workflow?')
  expect(visit.text).toContain('3 files, a row each')
  expect(visit.text).toContain('Invoice reader')
  await visit.press('Next')
  expect(visit.text).toContain('“Currency” is required')
  expect(visit.labels).not.toContain('Reading…')
  await visit.press('Columns…')
  await visit.choose('Input', 'Currency')
  await visit.press('One value for all rows…')
  await visit.answerForm({ value: 'EUR' })
  await visit.press('Done')
  await visit.press('Next')
  await visit.press('Next')
  await visit.press('Start')
  expect(await inputsOf(cast, visit.taskId)).toMatchObject([
    {
      invoice: { transfer_method: 'local_file', name: 'a.pdf', size: 10, type: 'document' },
      currency: 'EUR',
    },
    { invoice: { name: 'b.pdf' } },
    { invoice: { name: 'c.txt' } },
  ])
})

test('what a column of a sheet has fed does not feed the table of files alone', async () => {
  const cast = await aWizard([INVOICES])
  const sheet = csv('Invoice,Type\nhttps://example.com/a.pdf,EUR\n')
  await started(cast, sheet, (visit) => visit.choose('Column', 'Type'), 'Currency')
  const next = await new Visit(cast.wizard).send(csv('Invoice,Type,Note\nhttps://example.com/b.pdf,USD,x\n'))
  await next.press('Next')
  expect(next.text).toContain('Currency ← Type')

  const open = async () =>
    (async function* () {
      yield Buffer.from('%PDF-1.7 a')
    })()
  const words = { file: 'File', type: 'Type', size: 'Size' }
  const store = cast.options.files
  const upload = await gather([{ name: 'a.pdf', open }], { store, limits: DEFAULT_LIMITS, words })
  const visit = await new Visit(cast.wizard).send(upload)
  await visit.press('Next')
  expect(visit.text).not.toContain('Currency ← Type')
  expect(visit.text).toContain('“Currency” is required')

  await next.press('Send another file')
  await next.answerForm({}, upload)
  expect(next.text).toContain('Invoice ← File')
  expect(next.text).not.toContain('Currency ← Type')
})

test('files alone say so where no workflow takes any', async () => {
  const cast = await aWizard([COPYWRITER, TRANSLATOR])
  const words = { file: 'File', type: 'Type', size: 'Size' }
  const open = async () =>
    (async function* () {
      yield Buffer.from('x')
    })()
  const upload = await gather([{ name: 'a.txt', open }], {
    store: cast.options.files,
    limits: DEFAULT_LIMITS,
    words,
  })
  const visit = await new Visit(cast.wizard).send(upload)
  expect(visit.text).toContain('None of the workflows that you may run takes files')
})

test('an input whose value is taken back is fed by its heading again', async () => {
  const { wizard } = await aWizard([COPYWRITER])
  const visit = await new Visit(wizard).send(csv('Name,Key features\nKettle,hot\n'))
  const give = async (value: string) => {
    await visit.press('Columns…')
    await visit.choose('Input', 'Name')
    await visit.press('One value for all rows…')
    await visit.answerForm({ value })
    await visit.press('Done')
  }
  await visit.press('Next')
  await give('Lamp')
  expect(visit.text).toContain('Name ← Lamp (all rows)')
  await give('')
  expect(visit.text).toContain('Name ← Name')
})
