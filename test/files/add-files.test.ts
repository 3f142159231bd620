import { expect, test } from 'bun:test'
import { withAddedFiles, withFilesOf } from '../../src/files/add-files.ts'
import { gather } from '../../src/files/gather.ts'
import { BrokenOff, type SentFile } from '../../src/files/sent-file.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { aFileStore } from '../support/file-store.ts'

const OPTIONS = { limits: DEFAULT_LIMITS, words: textsFor('en').files }

function sent(name: string, text: string): SentFile {
  return { name, open: async () => piecesOf(text) }
}

async function* piecesOf(text: string, fault?: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
  if (fault) throw fault
}

function gathered(files: SentFile[], more: { withoutSheet?: boolean; limits?: typeof DEFAULT_LIMITS } = {}) {
  return gather(files, { store: aFileStore(), ...OPTIONS, ...more })
}

const namesOf = ({ files = [] }: { files?: { name: string; size: number }[] }) =>
  files.map(({ name, size }) => `${name} ${size}`)

test('further files come along with the sheet; one of the same name replaces the older one', async () => {
  const upload = await gathered([sent('s.csv', 'A\n1\n'), sent('a.pdf', '1'), sent('b.pdf', '1')])
  const more = await gathered([sent('b.pdf', '12'), sent('c.pdf', '1')])
  const all = withAddedFiles(upload, more, OPTIONS)
  expect(namesOf(all)).toEqual(['a.pdf 1', 'b.pdf 2', 'c.pdf 1'])
  expect(all.bytes).toEqual(upload.bytes)
})

test.each([
  [['a.pdf'], '3 files'],
  [['a.pdf', 'b.pdf'], '4 files'],
])(
  'where each of %p is a row, the table has the further ones, too, and is called %p',
  async (names, name) => {
    const upload = await gathered(names.map((one) => sent(one, '1')))
    const more = await gathered([sent('y.pdf', '1'), sent('z.pdf', '1')])
    const all = withAddedFiles(upload, more, OPTIONS)
    expect(all).toMatchObject({ name, listsFiles: true })
    expect(Buffer.from(all.bytes).toString()).toContain('"z.pdf","pdf","1"')
    expect(all.files).toHaveLength(names.length + 2)
  },
)

test('the table of a ZIP stays called after it', async () => {
  const upload = { ...(await gathered([sent('a.pdf', '1'), sent('b.pdf', '1')])), name: 'march' }
  expect(withAddedFiles(upload, await gathered([sent('c.pdf', '1')]), OPTIONS).name).toBe('march')
})

test('a workbook is not added, unless no sheet was looked for', async () => {
  const upload = await gathered([sent('s.csv', 'A\n1\n')])
  const book = [sent('t.csv', 'A\n1\n')]
  const more = await gathered(book)
  expect(() => withAddedFiles(upload, more, OPTIONS)).toThrow('“t.csv” is a workbook')
  const files = await gathered(book, { withoutSheet: true })
  expect(namesOf(withAddedFiles(upload, files, OPTIONS))).toEqual(['t.csv 4'])
})

test('the limits hold for all of them together', async () => {
  const upload = await gathered([sent('s.csv', 'A\n1\n'), sent('a.pdf', '12345')])
  const more = await gathered([sent('b.pdf', '12345')])
  const within = (limits: Partial<typeof DEFAULT_LIMITS>) => () =>
    withAddedFiles(upload, more, { ...OPTIONS, limits: { ...DEFAULT_LIMITS, ...limits } })
  expect(within({ maxFiles: 1 })).toThrow('That is 2 files')
  expect(within({ maxFilesBytes: 9 })).toThrow('larger than 0 MB')
  expect(within({ maxFiles: 2, maxFilesBytes: 10 })).not.toThrow()
})

test('another sheet has the files of the one before; files without a sheet are alone', async () => {
  const before = await gathered([sent('s.csv', 'A\n1\n'), sent('a.pdf', '1'), sent('b.pdf', '1')])
  const next = await gathered([sent('t.csv', 'A\n2\n'), sent('b.pdf', '12')])
  expect(namesOf(withFilesOf(before, next, OPTIONS))).toEqual(['a.pdf 1', 'b.pdf 2'])
  expect(withFilesOf(before, next, OPTIONS).bytes).toEqual(next.bytes)
  const alone = await gathered([sent('c.pdf', '1')])
  expect(withFilesOf(before, alone, OPTIONS)).toEqual(alone)
})

test.each(['a.pdf', 'a.csv'])('%s that breaks off is fetched once more, from its start', async (name) => {
  let tries = 0
  const open = async () => piecesOf('12345', ++tries === 1 ? new BrokenOff('It broke.') : undefined)
  const limits = { ...DEFAULT_LIMITS, maxFilesBytes: 5 } // what came of the first try does not count
  const upload = await gathered([{ name, open }], { limits })
  expect(tries).toBe(2)
  if (name === 'a.pdf') expect(namesOf(upload)).toEqual(['a.pdf 5'])
  else expect(Buffer.from(upload.bytes).toString()).toBe('12345')
})

test('if it breaks off again, that is said', async () => {
  let tries = 0
  const open = async () => piecesOf('1', new BrokenOff(`It broke ${++tries} times.`))
  await expect(gathered([{ name: 'a.pdf', open }])).rejects.toThrow('It broke 2 times.')
})

test('the pictures of the sheet stay with it, do not count among its files, and go with it', async () => {
  const picture = { name: 'picture:Sheet1!B2.png', sha256: 'p', size: 9, content: null }
  const sheet = await gathered([sent('s.csv', 'A\n1\n')])
  const upload = { ...sheet, files: [picture] }
  const options = { ...OPTIONS, limits: { ...DEFAULT_LIMITS, maxFiles: 1, maxFilesBytes: 1 } }
  const added = withAddedFiles(upload, await gathered([sent('a.pdf', '1')]), options)
  expect(namesOf(added)).toEqual(['picture:Sheet1!B2.png 9', 'a.pdf 1'])
  const two = await gathered([sent('b.pdf', '')])
  expect(() => withAddedFiles(added, two, options)).toThrow('That is 2 files')
  expect(namesOf(withFilesOf(added, sheet, options))).toEqual(['a.pdf 1'])
})
