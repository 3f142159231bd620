import { expect, test } from 'bun:test'
import { updateWorkflow } from '../../src/db/workflows/workflows.ts'
import { z } from 'zod'
import type { Variable } from '../../src/engine/workflow.ts'
import { png } from '../workbook/support/pictures.ts'
import { anAdmin } from './support/admin.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

const UPLOADED = z.object({ upload_id: z.string() })

const VARIABLES: Variable[] = [
  { name: 'name', label: 'Name', type: 'text-input', required: true },
  { name: 'tone', label: 'Tone', type: 'text-input', required: false },
  { name: 'logo', label: 'Logo', type: 'file', required: true, fileTypes: ['image'] },
  { name: 'more', label: 'More', type: 'file-list', required: false, fileTypes: ['document'] },
]

/** At the columns of a sheet with names alone. */
async function atColumns() {
  const cast = await anAdmin()
  const { bot, workflow, browse } = cast
  await updateWorkflow(bot.db, workflow.id, { ...workflow, variables: VARIABLES }, Date.now())
  const visit = await new TaskVisit(browse).send(csvFile('Name\nKettle\nLamp\n'))
  await visit.press('Next')
  await visit.press('Columns…')
  return { ...cast, visit }
}

/** “Done”, with these texts and files in the form with all inputs. */
async function done(visit: TaskVisit, values: Record<string, string>, files: Record<string, File[]>) {
  const form = visit.page.forms.find(({ buttons }) => buttons.some(({ label }) => label === 'Done'))
  expect(form?.isMultipart).toBe(true)
  const button = form?.buttons.find(({ label }) => label === 'Done')
  const body = new FormData()
  const texts = { ...form?.fields, ...values, [button?.name ?? '']: button?.value ?? '' }
  for (const [name, value] of Object.entries(texts)) body.set(name, value)
  // A browser sends an empty file for a field in which none was chosen.
  for (const name of ['file:logo', 'file:more'])
    for (const file of files[name] ?? [new File([], '')]) body.append(name, file)
  await visit.post(form?.action ?? '', body)
}

const image = (name: string, mark = name) => new File([Buffer.from(png(mark))], name)
const pdf = (name: string) => new File([`%PDF-1.7 ${name}`], name)

test('files for all rows are uploaded beside the columns, and shown, sent and told by their names', async () => {
  const { visit, bot, browse } = await atColumns()
  expect(visit.text).toContain('Or upload the file')
  expect(visit.text).toContain('It takes: image.')
  await done(visit, {}, { 'file:logo': [image('<b>brand.png')], 'file:more': [pdf('a.pdf'), pdf('b.pdf')] })
  expect(visit.text).toContain('All 2 rows can run')
  expect(visit.text).not.toContain('came along')
  expect(visit.page.html).not.toContain('<b>brand')
  await visit.press('Next')
  await visit.press('Next')
  expect(visit.text).toContain('Logo ← <b>brand.png (all rows)')
  expect(visit.text).toContain('More ← a.pdf, b.pdf (all rows)')
  await visit.press('Start')
  const rows = await bot.db.selectFrom('task_executions').select('inputs').execute()
  const sent = { logo: { name: '<b>brand.png' }, more: [{ name: 'a.pdf' }, { name: 'b.pdf' }] }
  expect(rows.map(({ inputs }): unknown => JSON.parse(inputs))).toMatchObject([sent, sent])
  const { id } = await bot.db.selectFrom('batch_tasks').select('id').executeTakeFirstOrThrow()
  const page = await (await browse(`/batch/${id}`)).text()
  expect(page).toContain('&lt;b&gt;brand.png')
  const sha256 = new Bun.CryptoHasher('sha256').update(png('<b>brand.png')).digest('hex')
  const file = await browse(`/batch/${id}/files/${sha256}`)
  expect(file.headers.get('content-disposition')).toStartWith('attachment; ')
})

test('a file that its input does not take is said beside the field, and what was typed stays', async () => {
  const { visit, bot } = await atColumns()
  await done(visit, { 'constant:tone': 'formal' }, { 'file:logo': [pdf('terms.pdf')] })
  expect(visit.response.status).toBe(422)
  expect(visit.page.html).toMatch(
    /id="constant:logo-fault"[^>]*>[^<]*“terms.pdf” is not a file that Logo takes: image/,
  )
  expect(visit.page.html).toContain('value="formal"')
  await done(visit, { 'column:logo': '0' }, { 'file:logo': [image('brand.png')] })
  expect(visit.text).toContain('The column feeds it already.')
  expect(await bot.db.selectFrom('upload_files').select('name').execute()).toEqual([])
  await done(visit, { 'constant:tone': 'formal' }, {})
  expect(visit.text).toContain('Tone ← formal')
})

/** Sends a sheet with names alone, with these files for all rows. */
async function sendTo(cast: Awaited<ReturnType<typeof anAdmin>>, constants: object, ...files: File[]) {
  const { bot, workflow, call } = cast
  await updateWorkflow(bot.db, workflow.id, { ...workflow, variables: VARIABLES }, Date.now())
  const body = new FormData()
  body.append('file', csvFile('Name\nKettle\nLamp\n'))
  body.append('workflow_id', workflow.id)
  body.append('constants', JSON.stringify(constants))
  for (const file of files) body.append('constant_files', file)
  return call('/api/batch/upload', { method: 'POST', body })
}

test('a program sends files for all rows with the upload, and names them in constants', async () => {
  const cast = await anAdmin()
  const constants = { logo: 'brand.png', more: 'https://example.com/c.pdf, a.pdf' }
  const response = await sendTo(cast, constants, image('brand.png'), pdf('a.pdf'))
  expect(response.status).toBe(201)
  const upload: unknown = await response.json()
  expect(upload).toMatchObject({
    files: [],
    row_per_file: false,
    good: 2,
    faults: [],
    constants,
    constant_files: [
      { input: 'logo', name: 'brand.png', content: 'png' },
      { input: 'more', name: 'a.pdf', size: 14, content: 'pdf' },
    ],
  })
  await cast.call('/api/batch/execute', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(UPLOADED.parse(upload)),
  })
  const rows = await cast.bot.db.selectFrom('task_executions').select('inputs').execute()
  const sent = {
    logo: { name: 'brand.png' },
    more: [{ url: 'https://example.com/c.pdf' }, { name: 'a.pdf' }],
  }
  expect(rows.map(({ inputs }): unknown => JSON.parse(inputs))).toMatchObject([sent, sent])
})

test('a file for all rows that no value names is refused, and one of a wrong type stops the sheet', async () => {
  const cast = await anAdmin()
  const refused = await sendTo(cast, { logo: 'brand.png' }, image('brand.png'), pdf('a.pdf'))
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({ message: expect.stringContaining('“a.pdf”') })
  const wrong = await sendTo(cast, { logo: 'a.pdf' }, pdf('a.pdf'))
  expect(await wrong.json()).toMatchObject({
    good: 0,
    faults: [{ message: 'Logo: “a.pdf” is not a file that Logo takes: image.' }],
  })
})
