import { expect, test } from 'bun:test'
import type { App, Variable } from '../../src/engine/workflow.ts'
import { gather } from '../../src/files/gather.ts'
import type { SentFile } from '../../src/files/sent-file.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { png } from '../workbook/support/pictures.ts'
import { aZip } from '../support/zip.ts'
import { aWizard, COPYWRITER, csv, sentInField, Visit } from './support/cast.ts'

const LOGO: Variable = { name: 'logo', label: 'Logo', type: 'file', required: false, fileTypes: ['image'] }
const BRANDED: App = { ...COPYWRITER, fileLimits: { image: 1 }, variables: [...COPYWRITER.variables, LOGO] }
const SHEET = csv('Name,Key features\nKettle,hot\nLamp,bright\n')

function aFile(name: string, bytes: string | Uint8Array = png(name)): SentFile {
  return {
    name,
    open: () =>
      Promise.resolve(
        (async function* () {
          yield Buffer.from(bytes)
        })(),
      ),
  }
}

/** At the columns, with the input chosen. */
async function atColumns(app: App = BRANDED, input = 'Logo') {
  const cast = await aWizard([app])
  const visit = await new Visit(cast.wizard).send(SHEET)
  await visit.press('Next')
  await visit.press('Columns…')
  await visit.choose('Input', input)
  return { ...cast, visit }
}

type Cast = Awaited<ReturnType<typeof atColumns>>

async function upload({ visit, options, wizard }: Cast, typed: string, ...files: SentFile[]) {
  await visit.press('One value for all rows…')
  const sent = sentInField(options.files, 'file', ...files)
  const { answer, errors } = await wizard.submit(visit.who, visit.form.id, { value: typed }, sent)
  expect(errors).toBeUndefined()
  if (answer) visit.take(await answer)
}

async function started({ visit, db }: Cast): Promise<Record<string, unknown>[]> {
  await visit.press('Done')
  await visit.press('Next')
  await visit.press('Next')
  await visit.press('Start')
  const rows = await db.selectFrom('task_executions').select('inputs').orderBy('row_number').execute()
  return rows.map(({ inputs }): Record<string, unknown> => JSON.parse(inputs))
}

const sha256 = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')

test('a file is uploaded in the form, shown by name in every step, and sent with every row', async () => {
  const cast = await atColumns()
  const { visit, db } = cast
  await visit.press('One value for all rows…')
  expect(visit.form.fields).toMatchObject([
    { type: 'text', id: 'value', label: 'Logo' },
    { type: 'file', id: 'file', optional: true, hint: expect.stringContaining('image') },
  ])
  await upload(cast, '', aFile('brand.png'))
  expect(visit.text).toContain('Logo ← brand.png (all rows)')
  await visit.press('Done')
  expect(visit.text).toContain('Logo ← brand.png (all rows)')
  expect(visit.text).toContain('All 2 rows can run')
  expect(visit.text).not.toContain('came along')
  await visit.press('Next')
  await visit.press('Next')
  expect(visit.text).toContain('Logo ← brand.png (all rows)')
  await visit.press('Start')
  const rows = await db.selectFrom('task_executions').select('inputs').execute()
  const logo = {
    type: 'image',
    transfer_method: 'local_file',
    name: 'brand.png',
    sha256: sha256(png('brand.png')),
  }
  expect(rows.map(({ inputs }): unknown => JSON.parse(inputs))).toMatchObject([{ logo }, { logo }])
  const task = await db.selectFrom('batch_tasks').select('constants').executeTakeFirstOrThrow()
  expect(task.constants).toContain('"text":"brand.png"')
  const audit = await db
    .selectFrom('audit_log')
    .select('details')
    .where('action', '=', 'task.create')
    .executeTakeFirstOrThrow()
  expect(audit.details).toContain('brand.png')
})

test('an uploaded file takes the place of what is typed, and is not remembered for the next sheet', async () => {
  const cast = await atColumns()
  await upload(cast, 'https://example.com/old.png', aFile('brand.png'))
  expect(cast.visit.text).toContain('Logo ← brand.png')
  await started(cast)
  const next = await (await new Visit(cast.wizard).send(SHEET)).press('Next')
  expect(next.text).not.toContain('brand.png')
})

test('a file of a type, size or content that the input does not take is refused in words, and nothing changes', async () => {
  const cast = await atColumns()
  const { visit, db } = cast
  await upload(cast, '', aFile('notes.txt', 'hello'))
  expect(visit.told).toContain('“notes.txt” is not a file that Logo takes: image.')
  await upload(cast, '', aFile('brand.png', '<!doctype html><title>Sign in'))
  expect(visit.told).toContain('web page')
  await upload(cast, '', aFile('empty.png', ''))
  expect(visit.told).toContain('“empty.png” is empty')
  await upload(cast, '', aFile('huge.png', Buffer.concat([png('x'), Buffer.alloc(1024 * 1024)])))
  expect(visit.told).toContain('1 MB')
  await upload(cast, '', aFile('a.png'), aFile('b.png'))
  expect(visit.told).toContain('2')
  expect(await db.selectFrom('upload_files').select('name').execute()).toEqual([])
  await upload(cast, '', aFile('brand.png'))
  expect(visit.text).toContain('Logo ← brand.png')
})

test('a name cannot lead anywhere, nor pass for a file of another kind', async () => {
  const cast = await atColumns()
  const names = [
    '../../etc/brand.png',
    'all-rows:name/x.png',
    'picture:Sheet1!A2.png',
    '‮gnp.evil.png',
    '"q", a; b.png',
  ]
  for (const name of names) {
    await upload(cast, '', aFile(name))
    expect(cast.visit.told).toBe('')
  }
  // The one before it would apply again after Back.
  const stored = await cast.db.selectFrom('upload_files').select('name').execute()
  expect(stored.map(({ name }) => name)).toEqual([
    'all-rows:logo/gnp.evil.png',
    'all-rows:logo/"q", a; b.png',
  ])
  const [row] = await started(cast)
  expect(row).toMatchObject({ logo: { name: '"q", a; b.png' } })
})

test('no cell can name the file, and it does not count as one that came along', async () => {
  const photo: Variable = { ...LOGO, name: 'photo', label: 'Photo' }
  const cast = await atColumns({ ...BRANDED, variables: [...BRANDED.variables, photo] })
  await upload(cast, '', aFile('brand.png'))
  await cast.visit.press('Done')
  await cast.visit.press('Send another file')
  await cast.visit.answerForm({}, csv('Name,Key features,Photo\nKettle,hot,brand.png\n'))
  expect(cast.visit.text).toContain('Logo ← brand.png (all rows)')
  expect(cast.visit.text).toContain('C2')
})

test('Back gives up the new file and keeps the one before it, though both have the same name', async () => {
  const cast = await atColumns()
  const { visit } = cast
  await upload(cast, '', aFile('brand.png', png('first')))
  await visit.press('Done')
  await visit.press('Columns…')
  await upload(cast, 'brand.png', aFile('brand.png', png('second')))
  expect(visit.text).toContain('Logo ← brand (2).png')
  await visit.press('Back')
  expect(visit.text).toContain('Logo ← brand.png')
  await visit.press('Columns…')
  const [row] = await started(cast)
  expect(row).toMatchObject({ logo: { name: 'brand.png', sha256: sha256(png('first')) } })
})

test('a list takes several files beside what is typed, and no more than its input allows', async () => {
  const shots: Variable = { ...LOGO, name: 'shots', label: 'Shots', type: 'file-list', maxLength: 3 }
  const cast = await atColumns({ ...BRANDED, variables: [...COPYWRITER.variables, shots] }, 'Shots')
  const { visit } = cast
  await visit.press('One value for all rows…')
  expect(visit.form.fields[1]).toMatchObject({ several: 3 })
  await upload(cast, 'https://example.com/a.png', aFile('b, c.png'), aFile('d.png'))
  expect(visit.text).toContain('Shots ← https://example.com/a.png, b, c.png')
  await upload(cast, 'b, c.png, d.png', aFile('e.png'), aFile('f.png'))
  expect(visit.told).toContain('4')
  const [row] = await started(cast)
  expect(row).toMatchObject({
    shots: [{ url: 'https://example.com/a.png' }, { name: 'b, c.png' }, { name: 'd.png' }],
  })
})

test('a ZIP and a workbook are files like any other: neither is opened', async () => {
  const archive: Variable = {
    ...LOGO,
    name: 'archive',
    label: 'Archive',
    type: 'file-list',
    fileTypes: ['document', 'custom'],
    fileExtensions: ['.zip'],
  }
  const cast = await atColumns({ ...BRANDED, variables: [...COPYWRITER.variables, archive] }, 'Archive')
  const zip = await aZip([{ name: 'inside.txt', bytes: Buffer.from('hello') }])
  await upload(cast, '', aFile('all.zip', zip), aFile('prices.csv', 'Name,Key features\nOther,cold\n'))
  const [row, ...others] = await started(cast)
  expect(others).toHaveLength(1)
  expect(row).toMatchObject({
    name: 'Kettle',
    archive: [{ name: 'all.zip', sha256: sha256(zip) }, { name: 'prices.csv' }],
  })
})

test('of files that are a row each, the file for all rows is none', async () => {
  const invoice: Variable = {
    name: 'invoice',
    label: 'Invoice',
    type: 'file',
    required: true,
    fileTypes: ['document'],
  }
  const app: App = { ...BRANDED, variables: [invoice, LOGO] }
  const cast = await aWizard([app])
  const options = { store: cast.options.files, limits: DEFAULT_LIMITS, words: textsFor('en').files }
  const pdfs = (...names: string[]) =>
    gather(
      names.map((name) => aFile(name, `%PDF-1.7 ${name}`)),
      options,
    )
  const visit = await new Visit(cast.wizard).send(await pdfs('a.pdf', 'b.pdf'))
  await visit.press('Next')
  await visit.press('Columns…')
  await visit.choose('Input', 'Logo')
  const whole = { ...cast, visit }
  await upload(whole, '', aFile('brand.png'))
  await visit.press('Done')
  expect(visit.text).toContain('2 files, a row each')
  await visit.press('Add files')
  await visit.answerForm({}, await pdfs('c.pdf'))
  expect(visit.text).toContain('3 files, a row each')
  await visit.press('Send another file')
  await visit.answerForm({}, await pdfs('d.pdf', 'e.pdf'))
  expect(visit.text).toContain('2 files, a row each')
  expect(visit.text).toContain('Logo ← brand.png (all rows)')
  await visit.press('Columns…')
  const rows = await started(whole)
  expect(rows).toMatchObject(
    ['d.pdf', 'e.pdf'].map((name) => ({ invoice: { name }, logo: { name: 'brand.png' } })),
  )
})

test('all files of an upload have one limit together, the one for all rows too', async () => {
  const cast = await aWizard([BRANDED], { limits: { ...DEFAULT_LIMITS, maxFiles: 1 } })
  const visit = await new Visit(cast.wizard).send({
    ...SHEET,
    files: [{ name: 'a.pdf', sha256: sha256('a'), size: 1, content: 'pdf' }],
  })
  await visit.press('Next')
  await visit.press('Columns…')
  await visit.choose('Input', 'Logo')
  await upload({ ...cast, visit }, '', aFile('brand.png'))
  expect(visit.told).toContain('That is 2 files, and 1 are the limit.')
})

test('a task is run again with the same file', async () => {
  const cast = await atColumns()
  await upload(cast, '', aFile('brand.png'))
  await started(cast)
  const again = cast.visit.take(await cast.wizard.again(cast.visit.who, cast.visit.taskId))
  await again.press('Next')
  expect(again.text).toContain('Logo ← brand.png (all rows)')
})

test('a file whose value is taken back is not kept', async () => {
  const cast = await atColumns()
  const { visit, db } = cast
  await upload(cast, '', aFile('brand.png'))
  await visit.press('Done')
  await visit.press('Columns…')
  await visit.press('One value for all rows…')
  await visit.answerForm({ value: '' })
  await visit.press('Done')
  expect(visit.text).not.toContain('brand.png')
  expect(await db.selectFrom('upload_files').select('name').execute()).toEqual([])
})

test('an input that takes only links offers no upload', async () => {
  const cast = await atColumns({
    ...BRANDED,
    variables: [...COPYWRITER.variables, { ...LOGO, localFiles: false }],
  })
  await cast.visit.press('One value for all rows…')
  expect(cast.visit.form.fields).toMatchObject([{ type: 'text', hint: expect.stringContaining('link') }])
})
