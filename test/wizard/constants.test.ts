import { describe, expect, test } from 'bun:test'
import type { App } from '../../src/engine/workflow.ts'
import { gather } from '../../src/files/gather.ts'
import type { SentFile } from '../../src/files/sent-file.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import type { UploadFile } from '../../src/workbook/types.ts'
import type { Requester } from '../../src/messages/people.ts'
import { asker, aWizard, COPYWRITER, csv, TRANSLATOR, Visit } from './support/cast.ts'

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

/** The field for an input’s value, at the columns. */
async function fieldFor(visit: Visit, input: string) {
  await visit.choose('Input', input)
  await visit.press('One value for all rows…')
  return visit.form.fields[0]
}

test('a value is typed in a field of its input’s kind', async () => {
  const kinds: App = {
    ...COPYWRITER,
    variables: [
      ...COPYWRITER.variables,
      { name: 'urgent', label: 'Urgent', type: 'checkbox', required: false },
      { name: 'size', label: 'Size', type: 'number', required: false, default: 3 },
      { name: 'photo', label: 'Photo', type: 'file', required: false },
      {
        name: 'many',
        label: 'Many',
        type: 'select',
        required: false,
        options: Array.from({ length: 40 }, (_, i) => `option ${i}`),
      },
    ],
  }
  const { wizard } = await aWizard([kinds])
  const visit = await new Visit(wizard).send(csv('Name,Key features\nKettle,hot\n'))
  await visit.press('Next')
  await visit.press('Columns…')
  expect(await fieldFor(visit, 'Tone')).toMatchObject({
    type: 'select',
    options: [{ value: 'none' }, { label: 'formal' }, { label: 'casual' }, { label: 'playful' }],
    selected: 'none',
  })
  expect(await visit.answerForm({ value: '1' })).toBeUndefined()
  expect(visit.text).toContain('Tone ← casual (all rows)')
  expect(await fieldFor(visit, 'Tone')).toMatchObject({ selected: '1' })
  expect(await visit.answerForm({ value: 'none' })).toBeUndefined()
  expect(visit.text).not.toContain('casual')

  expect(await fieldFor(visit, 'Urgent')).toMatchObject({ type: 'select', selected: 'none' })
  await visit.answerForm({ value: '1' })
  expect(visit.text).toContain('Urgent ← false (all rows)')

  expect(visit.text).toContain('Size ← 3 (the workflow’s own default)')
  expect(await fieldFor(visit, 'Size')).toMatchObject({
    isNumber: true,
    hint: expect.stringContaining('Empty: 3'),
  })
  expect((await visit.answerForm({ value: 'big' }))?.['value']).toContain('“big” is not a number')
  await visit.answerForm({ value: '12' })
  expect(visit.text).toContain('Size ← 12 (all rows)')

  expect(await fieldFor(visit, 'Photo')).toMatchObject({
    type: 'text',
    hint: expect.stringContaining('link'),
  })
  expect(await fieldFor(visit, 'Key features')).toMatchObject({ type: 'text', isLong: true })
  expect(await fieldFor(visit, 'Many')).toMatchObject({ type: 'text' })
  expect((await visit.answerForm({ value: 'option x' }))?.['value']).toContain('is not one of option 0')
})

test('a value that does not fit its input is said in the form, which keeps it', async () => {
  const { visit } = await atColumns()
  await fieldFor(visit, 'Name')
  const long = 'x'.repeat(81)
  expect((await visit.answerForm({ value: long }))?.['value']).toContain('81')
  await visit.answerForm({ value: 'Kettle' })
  await fieldFor(visit, 'Name')
  expect(await visit.answerForm({ value: ' ' })).toBeUndefined()
  expect(visit.text).not.toContain('Kettle')
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

/** Runs a sheet with a value for Tone, as last time in the channel. */
async function afterCasual() {
  const cast = await aWizard([COPYWRITER])
  const file = csv('Name,Key features\nKettle,hot\n')
  await started(cast, file, casual)
  const next = async (who?: Requester, sheet = file) => {
    const visit = await new Visit(cast.wizard, who).send(sheet)
    return visit.press('Next')
  }
  return { ...cast, next }
}

describe('the values of last time', () => {
  test('are filled in for the next file in the same channel, whoever sends it, and nowhere else', async () => {
    const cast = await afterCasual()
    const next = await cast.next(asker('Jo'))
    expect(next.text).toContain('Tone ← casual (all rows, as last time)')
    await next.press('Next')
    await next.press('Next')
    expect(next.text).toContain('Tone ← casual (all rows, as last time)')
    await next.press('Start')
    expect(await inputsOf(cast, next.taskId)).toEqual([{ name: 'Kettle', features: 'hot', tone: 'casual' }])
    const place = { platform: 'slack', team: 'T1', channel: 'C9' } as const
    expect((await cast.next(asker('Mei', { place }))).text).not.toContain('casual')
  })

  test('can be changed and removed, and then are as they were left', async () => {
    const { next } = await afterCasual()
    const visit = await next()
    await visit.press('Columns…')
    await fieldFor(visit, 'Tone')
    await visit.answerForm({ value: '2' })
    await visit.press('Done')
    expect(visit.text).toContain('Tone ← playful (all rows)')
    for (const label of ['Next', 'Next', 'Start']) await visit.press(label)
    const after = await next()
    expect(after.text).toContain('Tone ← playful (all rows, as last time)')
    await after.press('Columns…')
    await fieldFor(after, 'Tone')
    await after.answerForm({ value: 'none' })
    await after.press('Done')
    expect(after.text).not.toContain('playful')
    for (const label of ['Next', 'Next', 'Start']) await after.press(label)
    expect((await next()).text).not.toContain('playful')
  })

  test('that no longer fit are not used, and it is said', async () => {
    const { db, next } = await afterCasual()
    const withColumn = await next(undefined, csv('Name,Key features,Tone\nKettle,hot,formal\n'))
    expect(withColumn.text).toContain('Tone ← Tone')
    expect(withColumn.text).toContain('“casual” of last time is not used, as a column may feed it')
    const variables = (options: string[]) =>
      JSON.stringify(COPYWRITER.variables.map((one) => (one.name === 'tone' ? { ...one, options } : one)))
    await db
      .updateTable('workflows')
      .set({ variables: variables(['formal']) })
      .execute()
    const lost = await next()
    expect(lost.text).toContain('“casual” of last time is not used, as it no longer fits')
    expect(lost.text).not.toContain('Tone ← casual')
    const others = JSON.stringify(COPYWRITER.variables.filter(({ name }) => name !== 'tone'))
    await db.updateTable('workflows').set({ variables: others }).execute()
    expect((await next()).text).toContain('tone: “casual” of last time is not used, as the input is gone')
  })

  test('are nothing to a program', async () => {
    const { wizard } = await afterCasual()
    const file = csv('Name,Key features\nKettle,hot\n')
    const draft = await wizard.direct.upload(asker('API'), file, {})
    expect(draft.state.inspection.constants).toEqual([])
  })
})

test('a file that was given for all rows is not remembered', async () => {
  const photos: App = {
    ...COPYWRITER,
    variables: [
      ...COPYWRITER.variables,
      { name: 'photo', label: 'Photo', type: 'file', required: false, fileTypes: ['image'] },
    ],
  }
  const cast = await aWizard([photos])
  const file = csv('Name,Key features\nKettle,hot\n')
  await started(
    cast,
    file,
    async (visit) => {
      await visit.press('One value for all rows…')
      await visit.answerForm({ value: 'https://example.com/a.png?sig=1' })
    },
    'Photo',
  )
  const next = await (await new Visit(cast.wizard).send(file)).press('Next')
  expect(next.text).not.toContain('example.com')
  expect(await cast.db.selectFrom('remembered_constants').selectAll().execute()).toEqual([])
})
