import { expect, test } from 'bun:test'
import { z } from 'zod'
import { insertUpload } from '../../src/db/drafts/uploads.ts'
import { anchor, drawingParts, pic, png, withPictures } from '../workbook/support/pictures.ts'
import { anAdmin } from './support/admin.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

const UPLOADED = z.object({ upload_id: z.string() })
const STARTED = z.object({ task_id: z.string() })

const sheet = () => csvFile('Name,Key features\nKettle,hot\n', 'orders.csv')
const pdf = (name: string) => new File([`%PDF-1.7 ${name}`], name)

/** Sends these files in fields called `files`. */
function formOf(files: File[], more: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const file of files) form.append('files', file, file.name)
  for (const [name, value] of Object.entries(more)) form.set(name, value)
  return form
}

test('a program sends a workbook with files, and is told what came along', async () => {
  const { call } = await anAdmin()
  const body = formOf([pdf('scans/a.pdf'), sheet(), pdf('b.pdf')])
  const response = await call('/api/batch/upload', { method: 'POST', body })
  expect(await response.json()).toMatchObject({
    file_name: 'orders.csv',
    row_per_file: false,
    files: [
      { name: 'scans/a.pdf', size: 20, content: 'pdf' },
      { name: 'b.pdf', size: 14, content: 'pdf' },
    ],
  })
})

test('files without a workbook are a row each', async () => {
  const { call } = await anAdmin()
  const response = await call('/api/batch/upload', {
    method: 'POST',
    body: formOf([pdf('a.pdf'), pdf('b.pdf')]),
  })
  expect(await response.json()).toMatchObject({ row_per_file: true, rows: 2 })
})

test('one value for all rows is stored with the upload, and is refused for an input that does not exist', async () => {
  const { call, workflow } = await anAdmin()
  const send = (constants: object) =>
    call('/api/batch/upload', {
      method: 'POST',
      body: formOf([sheet()], { workflow_id: workflow.id, constants: JSON.stringify(constants) }),
    })
  expect(await (await send({ tone: 'formal' })).json()).toMatchObject({ constants: { tone: 'formal' } })
  const refused = await send({ colour: 'red' })
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({ message: expect.stringContaining('constants') })
})

test('the check counts the files, and takes more of them beside the same sheet', async () => {
  const { browse } = await anAdmin()
  const visit = new TaskVisit(browse)
  await visit.open()
  const form = visit.page.forms.find(({ isMultipart }) => isMultipart)
  const body = new FormData()
  for (const [name, value] of Object.entries(form?.fields ?? {})) body.set(name, value)
  for (const file of [sheet(), pdf('a.pdf')]) body.append('file', file)
  await visit.post('/batch/new', body)
  await visit.press('Next')
  expect(visit.text).toContain('1 file came along')

  const more = visit.page.forms.find(({ fields }) => fields['form']?.endsWith(':files'))
  const added = new FormData()
  added.set('form', more?.fields['form'] ?? '')
  for (const file of [pdf('a.pdf'), pdf('b.pdf')]) added.append('file', file)
  await visit.post(more?.action ?? '', added)
  expect(visit.text).toContain('2 files came along')
  expect(visit.text).toContain('orders.csv')
})

/** A workbook with a picture over B2. */
function sheetWithPicture(): File {
  const parts = drawingParts(anchor([1, 1], pic('rId1')), { rId1: ['../media/image1.png', png()] })
  const rows = [
    ['Name', 'Key features'],
    ['Kettle', 'hot'],
  ]
  return new File([Buffer.from(withPictures(rows, parts))], 'orders.xlsx')
}

test('pictures of the sheet do not count as files that came along, and are named after their cells', async () => {
  const { browse, call, workflow } = await anAdmin()
  const response = await call('/api/batch/upload', {
    method: 'POST',
    body: formOf([sheetWithPicture(), pdf('a.pdf')], { workflow_id: workflow.id }),
  })
  const answer: unknown = await response.json()
  expect(answer).toHaveProperty('files', [{ name: 'a.pdf', size: 14, content: 'pdf' }])
  const executed = await call('/api/batch/execute', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ upload_id: UPLOADED.parse(answer).upload_id }),
  })
  const { task_id } = STARTED.parse(await executed.json())
  const sha256 = new Bun.CryptoHasher('sha256').update(png()).digest('hex')
  const file = await browse(`/batch/${task_id}/files/${sha256}`)
  expect(file.headers.get('content-disposition')).toContain('"B2.png"')

  const visit = new TaskVisit(browse)
  await visit.open()
  const form = visit.page.forms.find(({ isMultipart }) => isMultipart)
  const body = new FormData()
  for (const [name, value] of Object.entries(form?.fields ?? {})) body.set(name, value)
  for (const one of [sheetWithPicture(), pdf('a.pdf')]) body.append('file', one)
  await visit.post('/batch/new', body)
  await visit.press('Next')
  expect(visit.text).toContain('1 file came along')
})

test('a file can be downloaded from the task that it came with, and from no other', async () => {
  const { bot, browse, workflow, call } = await anAdmin()
  const response = await call('/api/batch/upload', {
    method: 'POST',
    body: formOf([sheet(), pdf('<b>.pdf')], { workflow_id: workflow.id }),
  })
  const { upload_id } = UPLOADED.parse(await response.json())
  const executed = await call('/api/batch/execute', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ upload_id }),
  })
  const { task_id } = STARTED.parse(await executed.json())
  const sha256 = new Bun.CryptoHasher('sha256').update('%PDF-1.7 <b>.pdf').digest('hex')
  const file = await browse(`/batch/${task_id}/files/${sha256}`, { as: 'viewer' })
  expect(await file.text()).toBe('%PDF-1.7 <b>.pdf')
  expect(file.headers.get('content-disposition')).toStartWith('attachment; ')
  expect(file.headers.get('x-content-type-options')).toBe('nosniff')
  expect(file.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect((await browse(`/batch/${task_id}/files/${'0'.repeat(64)}`)).status).toBe(404)
  expect((await browse(`/batch/${task_id}/files/..%2F..%2Fetc`)).status).toBe(404)
  expect((await browse(`/batch/${task_id}/files/${sha256}`, { as: 'nobody' })).status).not.toBe(200)

  const other = new Bun.CryptoHasher('sha256').update('other').digest('hex')
  await insertUpload(
    bot.db,
    {
      id: 'other',
      fileName: 'o.csv',
      bytes: new Uint8Array(1),
      files: [{ name: 'o.txt', sha256: other, size: 5, content: null }],
    },
    0,
  )
  expect((await browse(`/batch/${task_id}/files/${other}`)).status).toBe(404)
})
