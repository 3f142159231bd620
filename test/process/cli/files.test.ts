import { expect, test } from 'bun:test'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { aSandbox, tempFolder } from '../../support/bot.ts'
import { aFolder } from '../../support/command.ts'

/** The command line beside a sandbox with the app that takes documents, which must be uploaded. */
function besideDocuments(more: Record<string, string> = {}) {
  const sandbox = aSandbox()
  const env = { DIFY_BASE_URL: sandbox.url, DIFY_API_KEYS: 'app-sandbox-every-input', ...more }
  return { sandbox, ...aFolder(env), place: tempFolder() }
}

/** `path` → text, in a folder. */
async function filled(folder: string, files: Record<string, string>): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const [path, text] of Object.entries(files)) await Bun.write(join(folder, path), text)
  return folder
}

const UPLOADED = { transfer_method: 'local_file', type: 'document', upload_file_id: expect.any(String) }

function documentsOf(sandbox: ReturnType<typeof aSandbox>): unknown[] {
  return sandbox
    .hits()
    .toSorted((a, b) => (String(a.inputs['short_text']) < String(b.inputs['short_text']) ? -1 : 1))
    .map(({ inputs }) => inputs['documents'])
}

test('run takes files of a folder that cells name, and they are uploaded', async () => {
  const { sandbox, run, place } = besideDocuments()
  const sheet = join(place, 'orders.csv')
  await Bun.write(sheet, 'Short text,Documents\nfirst,a.txt\nsecond,"b.txt, sub/c.txt"\n')
  const pdfs = await filled(join(place, 'pdfs'), {
    'a.txt': 'one',
    'b.txt': 'two',
    'sub/c.txt': 'three',
    '.hidden': 'no',
    'Thumbs.db': 'no',
  })
  const { code, err } = await run('run', sheet, '--files', pdfs)
  expect(err).toContain('3 files came along')
  expect(code).toBe(0)
  expect(documentsOf(sandbox)).toEqual([[UPLOADED], [UPLOADED, UPLOADED]])
})

test('without a sheet each file is a row, with one value for the other inputs; the result lies beside the folder', async () => {
  const { sandbox, run, place } = besideDocuments()
  const pdfs = await filled(join(place, 'pdfs v1.2'), { 'scan 10.txt': 'ten', 'scan 2.txt': 'two' })
  const args = ['--files', `${pdfs}/`, '--set', 'Short text=hello', '--map', 'documents=File']
  const checked = await run('check', '-w', 'Every input', ...args)
  expect(checked.out).toContain('pdfs v1.2 · 2 rows, a file each')
  expect(checked.out).toContain('short_text ← hello (all rows)')
  expect(checked.out).toContain('2 of 2 rows can run.')
  expect(checked.code).toBe(0)

  const { code, out, err } = await run('run', ...args)
  expect(err).toContain('pdfs v1.2 · 2 rows, a file each → Every input')
  expect(err).not.toContain('could not take columns')
  expect(err).not.toContain('Read as')
  const result = join(place, 'pdfs v1.2.results.xlsx')
  expect(out).toContain(`2 done`)
  expect(out).toEndWith(`${result}\n`)
  expect(code).toBe(0)
  expect(existsSync(result)).toBe(true)
  expect((await readdir(pdfs)).toSorted()).toEqual(['scan 10.txt', 'scan 2.txt'])
  expect(sandbox.hits()).toMatchObject([
    { inputs: { short_text: 'hello' } },
    { inputs: { short_text: 'hello' } },
  ])
})

test('a ZIP with one workbook has its sheet', async () => {
  const { sandbox, run, place } = besideDocuments()
  const zip = join(place, 'batch.zip')
  const packed = new ZipFile()
  packed.addBuffer(Buffer.from('Short text,Documents\nfirst,a\n'), 'in/orders.csv')
  packed.addBuffer(Buffer.from('one'), 'in/a.txt')
  packed.end()
  await pipeline(packed.outputStream, createWriteStream(zip))
  const { code, err } = await run('run', '--files', zip)
  expect(err).toContain('orders.csv · ')
  expect(err).toContain('1 file came along')
  expect(code).toBe(0)
  expect(documentsOf(sandbox)).toHaveLength(1)
  expect(existsSync(join(place, 'batch.results.xlsx'))).toBe(true)
})

test('a value given now counts before a column of that name', async () => {
  const { sandbox, run, place } = besideDocuments()
  const sheet = join(place, 'orders.csv')
  await Bun.write(sheet, 'Short text,Choice\nfirst,red\n')
  expect((await run('run', sheet, '--set', 'choice=blue')).code).toBe(0)
  expect(sandbox.hits().map(({ inputs }) => inputs['choice'])).toEqual(['blue'])
  const both = await run('run', sheet, '--set', 'choice=blue', '--map', 'Choice=Choice')
  expect(both.err).toContain('“Choice” has a column and a value.')
})

test('files of this machine are a value for all rows: no cell names them, and none is a row', async () => {
  const { sandbox, run, place } = besideDocuments()
  const sheet = join(place, 'orders.csv')
  await Bun.write(sheet, 'Short text\nfirst\nsecond\n')
  const terms = await filled(join(place, 'terms'), { 'a.txt': 'one', 'b.txt': 'two', 'c.exe': 'no' })
  const set = ['a.txt', 'b.txt'].flatMap((name) => ['--set', `Documents=@${join(terms, name)}`])
  const checked = await run('check', sheet, '-w', 'Every input', ...set)
  expect(checked.out).toContain('documents ← a.txt, b.txt (all rows)')
  expect(checked.out).not.toContain('came along')
  const { code, err } = await run('run', sheet, ...set)
  expect(err).toContain('documents ← a.txt, b.txt')
  expect(code).toBe(0)
  expect(documentsOf(sandbox)).toEqual([
    [UPLOADED, UPLOADED],
    [UPLOADED, UPLOADED],
  ])

  const text = await run('run', sheet, '--map', 'short_text=', '--set', 'Short text=@all')
  expect(text.err).toContain('short_text ← @all')
  const gone = await run('run', sheet, '--set', `documents=@${join(terms, 'd.txt')}`)
  expect(gone.err).toContain('There is no file or folder')
  const wrong = await run('run', sheet, '--set', `documents=@${join(terms, 'c.exe')}`)
  expect(wrong.err).toContain('“c.exe” is not a file that Documents takes')
  expect([gone.code, wrong.code]).toEqual([1, 1])
}, 60_000)

test('links are left out and said: none leads out of the folder', async () => {
  const { run, place } = besideDocuments()
  const secret = join(place, 'secret.txt')
  await Bun.write(secret, 'not yours')
  const pdfs = await filled(join(place, 'pdfs'), { 'a.txt': 'one' })
  await symlink(secret, join(pdfs, 'b.txt'))
  await symlink(place, join(pdfs, 'all'))
  const { out, err } = await run('check', '--files', pdfs, '--rows')
  expect(err).toContain('2 symbolic links in the folder are left out.')
  expect(out).toContain('a.txt')
  expect(out).not.toContain('b.txt')
  expect(out).not.toContain('secret')
})

test('what cannot be taken is a sentence', async () => {
  const { run, place } = besideDocuments({ ROWBOT_MAX_FILES: '3' })
  const few = await filled(join(place, 'few'), { 'a.txt': 'one' })
  const many = await filled(
    join(place, 'many'),
    Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`${n}`, 'x'])),
  )
  const empty = await filled(join(place, 'empty'), {})
  const sentences: [string[], string][] = [
    [[], 'No file is named.'],
    [['--files', join(place, 'nowhere')], 'There is no file or folder'],
    [['--files', '/dev/null'], '/dev/null is neither a file nor a folder.'],
    [['--files', many], `There are more than 3 files in ${many}, which is the limit.`],
    [['--files', empty], 'There is no file in it.'],
    [[few], `${few} is a folder.\nFor the files in it: --files ${few}`],
    [['--files', few, '--set', 'nothing=1'], 'has no input “nothing”.'],
    [['--files', few, '--set', 'choice'], 'Give an input and its value: tone=formal.'],
    [['--files', few, 'b.txt', 'c.txt'], 'For several files, name their folder: --files FOLDER'],
  ]
  for (const [args, sentence] of sentences) {
    const { code, out, err } = await run('run', ...args)
    expect(err).toContain(sentence)
    expect(err).not.toMatch(/^\s+at /m)
    expect([code, out]).toEqual([1, ''])
  }
}, 60_000)
