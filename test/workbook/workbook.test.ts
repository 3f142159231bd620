import { expect, spyOn, test } from 'bun:test'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../src/engine/user-error.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import type { ResultRow } from '../../src/engine/task.ts'
import { checkUpload, readRows, readValues, writeResult, writeTemplate } from '../../src/workbook/workbook.ts'
import type { WhyNew } from '../../src/workbook/types.ts'
import type { WorkerReply } from '../../src/workbook/worker/off-thread.ts'
import { later } from '../support/bot.ts'
import { failureOf } from './support/inspect.ts'
import { COPYWRITER, COPYWRITER_APP } from './support/variables.ts'
import { rowsXml, upload, xlsx } from './support/xlsx.ts'
import { nano } from '../support/nano.ts'

const SAMPLE = join(import.meta.dir, '../../samples/test_batch_data.xlsx')

test('the sample has five rows that the copywriter can run, and a column of its own', async () => {
  const found = await checkUpload(await sample(), { variables: COPYWRITER }, DEFAULT_LIMITS)
  expect(found).toMatchObject({
    sheets: [{ name: 'Products', hidden: false, rows: 5 }],
    sheet: 'Products',
    headingRow: 1,
    headings: ['SKU', 'Name', 'Key features', 'Tone', 'Max words'],
    rows: 5,
    good: 5,
    mapping: { name: 1, features: 2, tone: 3, max_words: 4 },
    unused: ['SKU'],
    faults: [],
  })
})

test('rows come out in order with inputs ready to send, empty optional ones left out', async () => {
  const rows = (
    await Array.fromAsync(readRows(await sample(), { variables: COPYWRITER }, DEFAULT_LIMITS))
  ).flat()
  expect(rows.map(({ row }) => row)).toEqual([2, 3, 4, 5, 6])
  expect(rows[0]?.cells).toEqual(['00417', 'Kettle 1.7 l', expect.any(String), 'formal', 60])
  expect(rows[4]?.inputs).toEqual({
    name: 'Noise-cancelling headphones',
    features: '35 h battery, two devices at once, folds flat 🎧',
  })
})

test('values come out with the head first and the rows after it', async () => {
  const { rows, ...head } = await readValues(await sample(), {}, DEFAULT_LIMITS)
  expect(head).toEqual({
    sheets: [{ name: 'Products', hidden: false, rows: 5 }],
    sheet: 'Products',
    headingRow: 1,
    headings: ['SKU', 'Name', 'Key features', 'Tone', 'Max words'],
    faults: [],
  })
  const all = (await Array.fromAsync(rows)).flat()
  expect(all[4]).toEqual({
    row: 6,
    cells: ['00902', 'Noise-cancelling headphones', expect.any(String), null, null],
  })
})

test('of files that come in the same second two are read at once, the others after them, also after a refusal', async () => {
  const workers = countedWorkers()
  const bad = upload(new TextEncoder().encode('<html>'), 'page.xlsx')
  const files = [await sample(), bad, await sample(), bad, await sample()]
  const read = await Promise.allSettled(files.map((file) => checkUpload(file, {}, DEFAULT_LIMITS)))
  expect(read.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, false, true])
  expect(workers).toEqual({ most: 2, busy: new Set() })
})

test('of results that are wanted in the same second two are written at once, also after a failure', async () => {
  const workers = countedWorkers()
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-'))
  const written = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((n) => {
      const path = join(n === 2 ? '/nowhere' : folder, `${n}.csv`)
      return writeResult({ path, format: 'csv', header, rows: () => chunksOf([resultRow(2)]) })
    }),
  )
  expect(written.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true])
  expect(workers).toEqual({ most: 2, busy: new Set() })
})

test('a refusal reaches the main thread as a sentence with what to do', async () => {
  const old = upload(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]), 'old.xls')
  const failure = await failureOf(checkUpload(old, {}, DEFAULT_LIMITS))
  expect(failure).toBeInstanceOf(UserError)
  expect(failure).toMatchObject({
    message: '“old.xls” is damaged or cut short.',
    hint: expect.stringContaining('save it as .xlsx'),
  })
})

test('a reader that is left early ends its worker and can be begun again', async () => {
  const file = upload(xlsx({ data: rowsXml(Array.from({ length: 5000 }, (_, i) => [`row ${i}`])) }))
  for await (const rows of readRows(file, {}, DEFAULT_LIMITS)) {
    expect(rows.length).toBeLessThanOrEqual(1000)
    break
  }
  const again = (await Array.fromAsync(readRows(file, {}, DEFAULT_LIMITS))).flat()
  expect(again).toHaveLength(4999)
})

test('a template is taken back, with nothing to run in it', async () => {
  const bytes = await writeTemplate(COPYWRITER_APP)
  const found = await checkUpload(upload(bytes), { variables: COPYWRITER }, DEFAULT_LIMITS)
  expect(found.sheet).toBe('Data')
  expect(found.mapping).toEqual({ name: 0, features: 1, tone: 2, max_words: 3 })
  expect(found.faults.map(({ code }) => code)).toEqual(['no-rows'])
})

test('a result is put in place whole, its rows in order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-'))
  const path = join(folder, 'out.xlsx')
  await writeResult({
    path,
    format: 'plain',
    header,
    rows: () => chunksOf([resultRow(2), resultRow(5), resultRow(6)]),
  })
  expect(await readdir(folder)).toEqual(['out.xlsx'])
  const { headings, rows, sheets } = await readValues(
    upload(await Bun.file(path).bytes()),
    {},
    DEFAULT_LIMITS,
  )
  expect(sheets.map(({ name }) => name)).toEqual(['Results', 'Summary'])
  expect(headings).toEqual([
    'Name',
    'text',
    'status',
    'error',
    'attempts',
    'seconds',
    'tokens',
    'price',
    'currency',
    'run id',
    'row',
  ])
  expect((await Array.fromAsync(rows)).flat().map(({ cells }) => cells)).toEqual([
    ['Kettle 2', 'copy 2', 'succeeded', null, 1, 1.25, 300, 0.002, 'USD', 'run-2', 2],
    ['Kettle 5', 'copy 5', 'succeeded', null, 1, 1.25, 300, 0.002, 'USD', 'run-5', 5],
    ['Kettle 6', 'copy 6', 'succeeded', null, 1, 1.25, 300, 0.002, 'USD', 'run-6', 6],
  ])
})

test('a result goes into the workbook it is of, and nothing else is left beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-'))
  const path = join(folder, 'out.xlsx')
  const own = { file: await sample(), sheet: 'Products', headingRow: 1 }
  const rows = () => chunksOf([resultRow(2), resultRow(6)])
  expect(
    await writeResult({ path, format: 'own', upload: own, header: { ...header, headings }, rows }),
  ).toEqual({
    kind: 'own',
    columns: 9,
  })
  expect(await readdir(folder)).toEqual(['out.xlsx'])
  const found = await checkUpload(upload(await Bun.file(path).bytes()), { sheet: 'Products' }, DEFAULT_LIMITS)
  expect(found.headings.slice(0, 7)).toEqual([...headings, 'text', 'status'])
  expect(found.sheets.at(-1)?.name).toBe('Rowbot')
})

const GONE: WhyNew = { code: 'gone', message: 'it is no longer kept' }

test.each<[string, () => Promise<Parameters<typeof writeResult>[0]['upload']>, WhyNew]>([
  [
    'a CSV file',
    () => Promise.resolve({ file: upload('Name\nKettle\n', 'a.csv'), sheet: 'a', headingRow: 1 }),
    { code: 'kind', message: 'it is not an .xlsx or .xlsm workbook' },
  ],
  [
    'a row that is not in it, found only after others were written',
    async () => ({ file: await sample(), sheet: 'Products', headingRow: 1 }),
    { code: 'unusual', message: 'its sheet has no row 900' },
  ],
  ['an upload that is gone', () => Promise.resolve({ unable: GONE }), GONE],
])('with %s the result is a new workbook of all rows, which says why', async (_, own, why) => {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-'))
  const path = join(folder, 'out.xlsx')
  const rows = async function* () {
    yield [resultRow(2)]
    yield [resultRow(900)]
  }
  const given = await own()
  if (!given) throw new Error('every case has one')
  expect(await writeResult({ path, format: 'own', upload: given, header, rows })).toEqual({
    kind: 'plain',
    why,
  })
  expect(await readdir(folder)).toEqual(['out.xlsx'])
  const result = upload(await Bun.file(path).bytes())
  expect((await checkUpload(result, { sheet: 'Results' }, DEFAULT_LIMITS)).rows).toBe(2)
  const { rows: said } = await readValues(result, { sheet: 'Summary', headingRow: 1 }, DEFAULT_LIMITS)
  const cells = (await Array.fromAsync(said)).flat().map(({ cells: line }) => line)
  expect(cells.at(-1)).toEqual([
    'Result',
    `in a new workbook; yours could not take columns, because ${why.message}`,
  ])
})

test('a result whose rows fail leaves the file before it, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-'))
  const path = join(folder, 'out.csv')
  await Bun.write(path, 'before')
  async function* failing() {
    yield [resultRow(2)]
    throw new Error('the database is gone')
  }
  const failure = await failureOf(writeResult({ path, format: 'csv', header, rows: failing }))
  expect(failure).toMatchObject({ message: 'the database is gone' })
  expect(await readdir(folder)).toEqual(['out.csv'])
  expect(await Bun.file(path).text()).toBe('before')
})

const headings = ['SKU', 'Name', 'Key features', 'Tone', 'Max words']

const header = {
  headings: ['Name'],
  outputNames: ['text'],
  summary: [['Workflow', 'Product copywriter']],
} satisfies {
  summary: [string, string][]
  headings: string[]
  outputNames: string[]
}

function resultRow(row: number): ResultRow {
  return {
    row,
    cells: [`Kettle ${row}`],
    status: 'succeeded',
    outputs: { text: `copy ${row}` },
    error: null,
    warning: null,
    attempts: 1,
    seconds: 1.25,
    tokens: 300,
    price: nano(0.002),
    currency: 'USD',
    workflowRunId: `run-${row}`,
  }
}

async function* chunksOf(rows: ResultRow[]): AsyncGenerator<ResultRow[]> {
  for (const row of rows) yield [row]
}

async function sample() {
  return upload(await Bun.file(SAMPLE).bytes(), 'test_batch_data.xlsx')
}

/** The workers that are at a job, and how many there have been at the same time. */
function countedWorkers() {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with a worker below
  const post = Worker.prototype.postMessage
  const workers = { busy: new Set<Worker>(), most: 0 }
  const watched = spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
    this: Worker,
    question: unknown,
    more?: Bun.Transferable[] | Bun.StructuredSerializeOptions,
  ) {
    workers.busy.add(this)
    workers.most = Math.max(workers.most, workers.busy.size)
    const heard = ({ data }: MessageEvent<WorkerReply>) =>
      (data.done || data.refused || data.bug) && workers.busy.delete(this)
    this.addEventListener('message', heard, { once: true })
    Reflect.apply(post, this, [question, more])
  })
  later(() => watched.mockRestore())
  return workers
}
