import { expect, test } from 'bun:test'
import type { GivenFile } from '../../../src/engine/files.ts'
import type { Variable } from '../../../src/engine/workflow.ts'
import { sentence } from '../../../src/workbook/fault-text.ts'
import { SEVERITY } from '../../../src/workbook/fault.ts'
import { GivenFiles } from '../../../src/workbook/check/given-files.ts'
import { prepare } from '../../../src/workbook/check/prepare.ts'
import type { CheckOptions, UploadFile } from '../../../src/workbook/types.ts'
import { checked, prepared } from '../support/inspect.ts'
import { variable } from '../support/variables.ts'
import { cpuClock } from '../../support/own-time.ts'

const document = variable('file', { fileTypes: ['document'] })
const any = variable('file')
const list = variable('file-list', { fileTypes: ['document', 'image'], maxLength: 3 })

const CONTENTS: Record<string, string> = { pdf: 'pdf', png: 'png', jpg: 'jpg', docx: 'docx' }

function given(name: string, more: Partial<GivenFile> = {}): GivenFile {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return { name, sha256: `of ${name}`, size: 1_000, content: CONTENTS[extension] ?? null, ...more }
}

const names = (...all: string[]) => all.map((name) => given(name))

/** The names (or addresses) that are sent, or the sentence of the fault. */
function sent(cell: string | number, files: GivenFile[], of: Variable = document, link?: string): unknown {
  const row = { row: 2, cells: [cell], ...(link !== undefined && { links: new Map([[0, link]]) }) }
  const rules = { fileHosts: [], files: new GivenFiles(files) }
  const { inputs, faults } = prepare(row, [of], { value: 0 }, rules)
  const stopping = faults.find(({ fault: { code } }) => SEVERITY[code] !== 'nothing')
  if (stopping) {
    const { message, hint } = sentence(stopping.fault)
    return [message, hint].join(' ').trim()
  }
  const value = inputs['value']
  const shown = (one: unknown) =>
    typeof one === 'object' && one !== null
      ? 'url' in one
        ? one.url
        : 'sha256' in one && String(one.sha256).slice(3)
      : one
  return Array.isArray(value) ? value.map(shown) : shown(value)
}

test('a file that came along is sent with its name, hash, size and type', () => {
  const { inputs } = prepare(
    { row: 2, cells: ['a-17.pdf'] },
    [document],
    { value: 0 },
    {
      fileHosts: [],
      files: new GivenFiles([given('2024/A-17.pdf', { sha256: 'abc', size: 7 })]),
    },
  )
  expect(inputs['value']).toEqual({
    type: 'document',
    transfer_method: 'local_file',
    name: 'A-17.pdf',
    sha256: 'abc',
    size: 7,
  })
})

const NFD = 'Ｒésumé café.pdf'.normalize('NFD')

test.each<[string, string | number, GivenFile[], string]>([
  ['the name', 'A-17.pdf', names('A-17.pdf', 'B.pdf'), 'A-17.pdf'],
  ['another case', 'a-17.PDF', names('A-17.pdf'), 'A-17.pdf'],
  ['no extension', 'A-17', names('A-17.pdf', 'A-18.pdf'), 'A-17.pdf'],
  ['a number without extension', 4711, names('4711.pdf'), '4711.pdf'],
  [
    'no extension, and only one of two is of a type that is taken',
    'A-17',
    names('A-17.png', 'A-17.pdf'),
    'A-17.pdf',
  ],
  ['a dot in a name is no extension', 'v1.2 final', names('v1.2 final.pdf'), 'v1.2 final.pdf'],
  ['folders that only the file has', 'A-17.pdf', names('2024/A-17.pdf'), '2024/A-17.pdf'],
  ['folders that only the cell has', 'C:\\Users\\me\\A-17.pdf', names('A-17.pdf'), 'A-17.pdf'],
  [
    'a path as Explorer copies it',
    '"C:\\Bills\\2025\\a.pdf"',
    names('2024/a.pdf', '2025/a.pdf'),
    '2025/a.pdf',
  ],
  ['folders decide', 'bills/2024/a.pdf', names('2024/a.pdf', '2025/a.pdf'), '2024/a.pdf'],
  ['the whole path counts before one that ends in it', 'a.pdf', names('old/a.pdf', 'a.pdf'), 'a.pdf'],
  ['letters of macOS', 'ｒésumé café', [given(NFD)], NFD],
  ['letters of macOS in the cell', 'Müller.pdf'.normalize('NFD'), names('Müller.pdf'), 'Müller.pdf'],
  [
    'the narrow space of a screenshot',
    'Shot 9.41 PM.pdf',
    names('Shot 9.41\u202fPM.pdf'),
    'Shot 9.41\u202fPM.pdf',
  ],
  ['a Chinese name', '“合同（张伟）.pdf”', names('2024年/合同（张伟）.pdf'), '2024年/合同（张伟）.pdf'],
  ['a Chinese name with a comma', '发票，一月', names('发票，一月.pdf', '一月.pdf'), '发票，一月.pdf'],
  [
    'spaces and commas',
    ' Müller, Hans; Bill 1.pdf ',
    names('Müller, Hans; Bill 1.pdf'),
    'Müller, Hans; Bill 1.pdf',
  ],
  [
    'one of two with the same bytes',
    'a.pdf',
    [given('1/a.pdf', { sha256: 'of x' }), given('2/a.pdf', { sha256: 'of x' })],
    'x',
  ],
])('a cell finds its file by %s', (_, cell, files, expected) => {
  expect(sent(cell, files)).toBe(expected)
})

const URL_A = 'https://a.com/x,y.pdf'
const three = names('a.pdf', 'b, c.pdf', 'd.png')

test.each<[string, string, unknown]>([
  ['by line', 'a.pdf\nb, c.pdf\r\nd', ['a.pdf', 'b, c.pdf', 'd.png']],
  ['by comma', 'a.pdf, b, c.pdf, d.png', ['a.pdf', 'b, c.pdf', 'd.png']],
  ['by semicolon', 'a;d.png;', ['a.pdf', 'd.png']],
  ['with folders, by comma', 'x/a.pdf, y/d.png', ['a.pdf', 'd.png']],
  ['with folders, by line', 'a.pdf\ny\\d.png', ['a.pdf', 'd.png']],
  ['with folders, by comma and line', 'x/b, c.pdf, y/d.png\nx/a.pdf', ['b, c.pdf', 'd.png', 'a.pdf']],
  ['by a Chinese comma', 'a.pdf、d.png', ['a.pdf', 'd.png']],
  [
    'links and names',
    `a.pdf, ${URL_A}; d.png`,
    ['a.pdf', URL_A.concat(';'), 'd.png'].map((x) => x.replace(/;$/, '')),
  ],
  ['a link and a name without a space', `${URL_A},d.png`, [URL_A, 'd.png']],
  ['links by space', `${URL_A} ${URL_A}`, [URL_A, URL_A]],
  ['too many', 'a\na\na\na', '4 files; Value takes 3.'],
  [
    'one that is not there',
    'a.pdf, e.pdf',
    'No file named “e.pdf” came along with the sheet (3 files did). Send it along, or correct the name.',
  ],
])('a list of files: %s', (_, cell, expected) => {
  expect(sent(cell, three, list)).toEqual(expected)
})

test('two names are too many for an input that takes one file', () => {
  expect(sent('a.pdf, d.png', three, any)).toBe('2 files; Value takes 1.')
})

test('a name in the cell counts before the link behind it, and a link to a disk is a name', () => {
  expect(sent('a.pdf', names('a.pdf'), document, 'https://a.com/other.pdf')).toBe('a.pdf')
  expect(sent('the bill', names('a b.pdf'), document, 'https://a.com/other.pdf')).toBe(
    'https://a.com/other.pdf',
  )
  expect(sent('the bill', names('a b.pdf'), document, '../bills/a%20b.pdf')).toBe('a b.pdf')
  expect(sent('the bill', names('a b.pdf'), document, 'file:///C:/bills/a%20b.pdf')).toBe('a b.pdf')
})

const only = variable('file', { localFiles: false })
const MB = 1024 * 1024

test.each<[string, string, GivenFile[], Variable, string]>([
  [
    'no such file',
    'Invoice A-17.pdf',
    names('Invoice A_17.pdf', 'x.pdf'),
    document,
    'No file named “Invoice A-17.pdf” came along with the sheet (2 files did). Did you mean “Invoice A_17.pdf”?',
  ],
  [
    'no such file and none near',
    'zebra',
    names('a.pdf'),
    document,
    'No file named “zebra” came along with the sheet (1 file did). Send it along, or correct the name.',
  ],
  [
    'no files at all',
    'bills\\a.pdf',
    [],
    document,
    '“bills\\a.pdf” is the name of a file, and no files came along with the sheet. Send the file along with the sheet, or give an address that begins with https://.',
  ],
  [
    'words',
    'the bill',
    [],
    document,
    '“the bill” is not the address of a file. Give an address that begins with https://.',
  ],
  [
    'an address without its beginning',
    'example.com/a.pdf',
    [],
    document,
    '“example.com/a.pdf” is not the address of a file. Give an address that begins with https://.',
  ],
  [
    'twice',
    'a.pdf',
    names('2024/a.pdf', '2025/a.pdf'),
    document,
    '“a.pdf” is there more than once: 2024/a.pdf, 2025/a.pdf. Write the name with its folder, or rename one of the files.',
  ],
  [
    'empty',
    'a.pdf',
    [given('a.pdf', { size: 0, content: null })],
    document,
    '“a.pdf” is empty: it has 0 bytes. Send it again.',
  ],
  [
    'too large',
    'a.pdf',
    [given('a.pdf', { size: 15 * MB + 1 })],
    document,
    '“a.pdf” is larger than 15 MB, the most that the server takes for a document. Send a smaller file, or raise the limit of the Dify server.',
  ],
  ['another type', 'a.png', names('a.png'), document, '“a.png” is not a file that Value takes: document.'],
  [
    'another extension',
    'a.pdf',
    names('a.pdf'),
    variable('file', { fileTypes: ['custom'], fileExtensions: ['.dwg'] }),
    '“a.pdf” is not a file that Value takes: .dwg.',
  ],
  [
    'a picture',
    'a.pdf',
    [given('a.pdf', { content: 'png' })],
    document,
    '“a.pdf” is a file of the type PNG, not PDF as its name says. Send the right file, or give it the right ending.',
  ],
  [
    'a web page',
    'a.pdf',
    [given('a.pdf', { content: 'html' })],
    document,
    '“a.pdf” is a web page (HTML), not PDF as its name says. It may be a sign-in page: download the file once more.',
  ],
  [
    'no PDF at all',
    'a.pdf',
    [given('a.pdf', { content: null })],
    document,
    '“a.pdf” is something else, not PDF as its name says. Send the right file, or give it the right ending.',
  ],
  [
    'links only',
    'a.pdf',
    names('a.pdf'),
    only,
    'Value takes only links, and “a.pdf” is the name of a file. Give an address that begins with https://, or allow local uploads in the workflow.',
  ],
  [
    'links only, and no files',
    'a.pdf',
    [],
    only,
    'Value takes only links, and “a.pdf” is the name of a file. Give an address that begins with https://, or allow local uploads in the workflow.',
  ],
])('a fault says so: %s', (_, cell, files, of, expected) => {
  expect(sent(cell, files, of)).toBe(expected)
})

test.each<[string, string | null]>([
  ['a.docx', 'zip'],
  ['a.docx', 'cfb'],
  ['a.xls', 'html'],
  ['a.xls', 'xlsx'],
  ['a.doc', 'rtf'],
  ['a.txt', 'bmp'],
  ['a.md', null],
  ['a.svg', 'xml'],
  ['a.csv', null],
  ['a.mp4', 'mov'],
  ['a.m4a', 'mp4'],
  ['a.mp3', null],
  ['a.jpg', 'png'],
  ['a.dwg', 'zip'],
])('%s may be %s', (name, content) => {
  expect(sent(name, [given(name, { content })], any)).toBe(name)
})

test.each<[string, string | null]>([
  ['a.docx', 'pdf'],
  ['a.docx', null],
  ['a.png', null],
  ['a.csv', 'html'],
  ['a.txt', 'pdf'],
  ['a.mp3', 'html'],
  ['a.doc', 'jpg'],
])('%s cannot be %s', (name, content) => {
  expect(sent(name, [given(name, { content })], any)).toContain('as its name says')
})

test('sizes go by the kind of the extension, and by the server’s own limits', async () => {
  const photo = variable('file', { name: 'photo', label: 'Photo' })
  const files = [given('a.png', { size: 11 * MB }), given('b.mp4', { size: 90 * MB })]
  const file = sheet('Photo\na.png\nb.mp4', files)
  const good = async (fileLimits: NonNullable<CheckOptions['fileLimits']>) =>
    (await checked(file, { variables: [photo], fileLimits })).good
  expect(await good({})).toBe(1)
  expect(await good({ image: 20 })).toBe(2)
  expect(await good({ video: 80 })).toBe(0)
})

test('a file without an extension is what its bytes are, and is sent with that ending', () => {
  const rules = { fileHosts: [], files: new GivenFiles([given('scan', { content: 'pdf' })]) }
  const { inputs } = prepare({ row: 2, cells: ['scan'] }, [document], { value: 0 }, rules)
  expect(inputs['value']).toMatchObject({ type: 'document', name: 'scan.pdf' })
})

test.each(['scan 12.03.2024', 'Invoice No.5'])('the digits at the end of “%s” are no extension', (name) => {
  const files = new GivenFiles([given(name, { content: 'pdf' })])
  const { inputs } = prepare({ row: 2, cells: [name] }, [document], { value: 0 }, { fileHosts: [], files })
  expect(inputs['value']).toMatchObject({ type: 'document', name: `${name}.pdf` })
})

test('but they are one where the bytes say no other', () => {
  const parts = variable('file', { fileTypes: ['custom'], fileExtensions: ['.001'] })
  expect(sent('backup.001', [given('backup.001', { content: 'zip' })], parts)).toBe('backup.001')
})

const invoice = variable('file', {
  name: 'invoice',
  label: 'Invoice',
  required: true,
  fileTypes: ['document'],
})
const tone = variable('select', {
  name: 'tone',
  label: 'Tone',
  required: true,
  options: ['formal', 'casual'],
})

function sheet(text: string, files: GivenFile[]): UploadFile {
  return { name: 'orders.csv', bytes: new TextEncoder().encode(text), files }
}

test('notes say which files no row uses, and which names different files have', async () => {
  const files = names('a.pdf', 'old/a.pdf', 'b.pdf', 'c.pdf')
  const { faults, good } = await checked(sheet('Invoice,No\na.pdf,1\nb,2', files), { variables: [invoice] })
  expect(good).toBe(2)
  expect(faults.map(({ message, note }) => [message, note])).toEqual([
    ['2 files that came along are not used by any row: a.pdf, c.pdf.', true],
    ['Different files have the same name: a.pdf.', true],
  ])
})

test('files that are all used once are not worth a note', async () => {
  const { faults } = await checked(sheet('Invoice,No\na.pdf,1\nb,2', names('a.pdf', 'b.pdf')), {
    variables: [invoice],
  })
  expect(faults).toEqual([])
})

/** How long the check of a sheet takes, in ms. */
async function cpuMsFor(rows: number, files: GivenFile[]): Promise<number> {
  const lines = Array.from({ length: rows }, (_, i) => `folder\\${files[i % files.length]?.name ?? ''},${i}`)
  const cpuMs = cpuClock()
  const { good } = await checked(sheet(`Invoice,No\n${lines.join('\n')}`, files), { variables: [invoice] })
  expect(good).toBe(rows)
  return cpuMs()
}

test('the time does not grow with rows times files', async () => {
  const many = Array.from({ length: 2_000 }, (_, i) => given(`bills/${i % 7}/scan ${i}.pdf`))
  await cpuMsFor(5_000, many)
  const few = await cpuMsFor(40_000, many.slice(0, 2))
  expect(await cpuMsFor(40_000, many)).toBeLessThan(few * 4)
})

test('a name with other digits is another file, not a slip; swapped ones are one', () => {
  const files = new GivenFiles(names('Rechnung Nr. 17.pdf'))
  expect(files.guess('Rechnung Nr. 18.pdf')).toBeUndefined()
  expect(files.guess('Rechnung Nr. 71.pdf')).toBe('Rechnung Nr. 17.pdf')
})

test('only the first names that are not there are compared with all files', () => {
  const files = new GivenFiles(names('invoice of may.pdf'))
  const letters = Array.from({ length: 200 }, (_, i) => String.fromCodePoint(0x4e00 + i))
  const guesses = letters.map((letter) => files.guess(`invoice of ma${letter}.pdf`))
  const first = guesses.indexOf(undefined)
  expect(first).toBeGreaterThan(5)
  expect(first).toBeLessThan(100)
  expect(guesses.slice(first).every((guess) => guess === undefined)).toBe(true)
  expect(files.guess(`invoice of ma${letters[0]}.pdf`)).toBe('invoice of may.pdf')
})

test('a picture that is of another kind than its name says is sent with the right ending, and a note says so', () => {
  const photo = variable('file', { fileTypes: ['image'] })
  const taken = (name: string, content: string, of = photo) => {
    const rules = { fileHosts: [], files: new GivenFiles([given(name, { content })]) }
    const { inputs, faults } = prepare({ row: 2, cells: [name] }, [of], { value: 0 }, rules)
    const input = inputs['value']
    return [
      typeof input === 'object' && 'name' in input && input.name,
      ...faults.map(({ fault }) => sentence(fault).message),
    ]
  }
  const note = '“old.a.jpg” is PNG by its content: it is sent with that ending.'
  expect(taken('old.a.jpg', 'png')).toEqual(['old.a.png', note])
  expect(taken('a.JPEG', 'jpg')).toEqual(['a.JPEG'])
  expect(taken('a.png', 'apng')).toEqual(['a.png'])
  const onlyJpg = variable('file', { fileTypes: ['custom'], fileExtensions: ['.jpg'] })
  expect(taken('a.jpg', 'png', onlyJpg)).toEqual(['a.jpg'])
})

test('a value for all rows feeds an input without a column, by the rules of a cell', async () => {
  const files = names('a.pdf', 'rules.docx')
  const book = variable('file', { name: 'rules', label: 'Rules', required: true })
  const options = {
    variables: [invoice, tone, book],
    constants: { tone: 'Formal', rules: 'rules', nobody: 'x', invoice: 'rules' },
  }
  const file = sheet('Invoice,No\na.pdf,1', files)
  const found = await checked(file, options)
  expect([found.good, found.faults]).toEqual([1, []])
  const [row] = await prepared(file, options)
  expect(row?.inputs).toMatchObject({
    invoice: { name: 'a.pdf' },
    tone: 'formal',
    rules: { name: 'rules.docx' },
  })
})

test('what is wrong with a value for all rows stops the sheet, and names the input', async () => {
  const options = { variables: [invoice, tone], constants: { tone: 'angry' } }
  const file = sheet('Invoice,No\na.pdf,1', names('a.pdf'))
  const { faults, good } = await checked(file, options)
  expect(good).toBe(0)
  expect(faults.map(({ input, fatal, message }) => [input, fatal, message])).toEqual([
    ['Tone', true, '“angry” is not one of formal, casual.'],
  ])
  const [row] = await prepared(file, options)
  expect(row?.fault).toBe('Tone: “angry” is not one of formal, casual.')
})

test('a value of spaces is none; where values feed all there is, the rows run, and it is said', async () => {
  const file = sheet('Invoice,No\na.pdf,1', names('a.pdf'))
  const blank = await checked(file, { variables: [invoice, tone], constants: { tone: ' ' } })
  expect(blank.faults.map(({ code }) => code)).toEqual(['missing-column'])
  const alone = await checked(file, { variables: [tone], constants: { tone: 'casual' } })
  expect([alone.good, alone.faults.map(({ code }) => code)]).toEqual([1, ['only-constants', 'unused-files']])
  const all = { variables: [tone], constants: { tone: 'casual' }, mapping: { tone: null } }
  expect((await checked(file, all)).good).toBe(1)
})

/** As table-of-files.ts writes it. */
function listed(files: GivenFile[]): UploadFile {
  const lines = files.map(({ name, content, size }) => `"${name}","${content ?? ''}","${size}"`)
  const text = `\uFEFF"File","Type","Size"\r\n${lines.join('\r\n')}\r\n`
  return { name: `${files.length} files`, bytes: new TextEncoder().encode(text), files, listsFiles: true }
}

const codes = async (file: UploadFile, variables: Variable[], more: CheckOptions = {}) =>
  (await checked(file, { variables, ...more })).faults.map(({ code }) => code)

test('a table of files feeds the only input of files, a file a row, whatever the headings', async () => {
  const files = [given('1/a; b.pdf'), given('2/a; b.pdf'), given('1/a; b.pdf', { sha256: 'of another' })]
  const type = variable('text-input', { name: 'type', label: 'Type' })
  const file = listed(files)
  expect(await codes(file, [type, invoice])).toEqual([])
  const rows = await prepared(file, { variables: [type, { ...invoice, type: 'file-list' }] })
  expect(rows.map(({ inputs }) => inputs)).toEqual(
    files.map(({ sha256 }) => ({ invoice: [expect.objectContaining({ sha256, name: 'a; b.pdf' })] })),
  )
  const mapped = await prepared(file, { variables: [type, invoice], mapping: { type: 1 } })
  expect(mapped[0]?.inputs).toMatchObject({ type: 'pdf', invoice: { sha256: 'of 1/a; b.pdf' } })
})

test('the required one of several inputs gets the files; otherwise it is asked', async () => {
  const file = listed(names('a.pdf', 'Total.pdf'))
  const photo = variable('file', { name: 'photo', label: 'Photo' })
  const other = { ...photo, name: 'other', label: 'Other' }
  expect((await checked(file, { variables: [photo, invoice] })).mapping).toEqual({ photo: null, invoice: 0 })
  expect(await codes(file, [photo, other])).toEqual(['which-file-input'])
  expect(await codes(file, [photo, other], { mapping: { other: 0 } })).toEqual([])
  expect(await codes(file, [photo, other], { constants: { other: 'https://a.com/a.pdf' } })).toEqual([])
  expect(await codes(file, [photo], { mapping: { photo: null } })).toContain('nothing-fed')
  expect(await codes(file, [tone])).toContain('no-file-input')
})

test('what files alone do not give is asked for, unless there is a value for all rows', async () => {
  const file = listed(names('a.pdf'))
  expect(await codes(file, [invoice, tone])).toEqual(['missing-value'])
  expect(await codes(file, [invoice, tone], { constants: { tone: 'casual' } })).toEqual([])
})

test('a file of a table of files that cannot be sent is a fault of its row', async () => {
  const files = [given('a.pdf'), given('b.pdf', { size: 0 }), given('c.png')]
  const { good, faults } = await checked(listed(files), { variables: [invoice] })
  expect(good).toBe(1)
  expect(faults.map(({ code, cells }) => [code, cells])).toEqual([
    ['empty-file', ['A3']],
    ['file-type', ['A4']],
  ])
})
