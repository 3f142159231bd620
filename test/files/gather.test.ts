import { describe, expect, test } from 'bun:test'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../src/engine/user-error.ts'
import { gather } from '../../src/files/gather.ts'
import { type GatherOptions, BrokenOff, type SentFile } from '../../src/files/sent-file.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { tempFolder } from '../support/bot.ts'
import { aFolderStore, textIn, usualName } from '../support/file-store.ts'

const WORDS = { file: 'File', type: 'Type', size: 'Size' }

function sent(name: string, text: string): SentFile {
  return { name, open: async () => pieces(text) }
}

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

/** Breaks off after half of it as often as that, with that fault. */
function broken(name: string, fault: Error, times = Number.POSITIVE_INFINITY) {
  const file = {
    name,
    opened: 0,
    open: () => {
      file.opened++
      return Promise.resolve(file.opened > times ? pieces('12', '34') : half(fault))
    },
  }
  return file
}

async function* half(fault: Error) {
  yield Buffer.from('12')
  throw fault
}

function optionsWith(more: Partial<Omit<GatherOptions, 'store'>> = {}) {
  return { ...aFolderStore(), limits: DEFAULT_LIMITS, words: WORDS, ...more }
}

function gathered(files: SentFile[], limits = DEFAULT_LIMITS) {
  return gather(files, optionsWith({ limits }))
}

/** What lies in the folder of a store, staged or stored. */
async function filesIn({ folder }: { folder: string }): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  return all.filter((entry) => entry.isFile()).map(({ name }) => name)
}

test('a workbook is the sheet, and the other files come along with it', async () => {
  const upload = await gathered([sent('a.pdf', '%PDF-1.7 a'), sent('orders.csv', 'Invoice\na.pdf\n')])
  expect(upload.name).toBe('orders.csv')
  expect(Buffer.from(upload.bytes).toString()).toBe('Invoice\na.pdf\n')
  expect(upload.files).toMatchObject([{ name: 'a.pdf', size: 10, content: 'pdf' }])
  expect(upload.listsFiles).toBeUndefined()
})

test('a PDF with other bytes in front of it is still one', async () => {
  const { files } = await gathered([sent('a.pdf', '\n\nX-Printer: 1\n%PDF-1.7 a'), sent('b.pdf', 'no PDF')])
  expect(files).toMatchObject([{ content: 'pdf' }, { content: null }])
})

test('without a workbook, every file is a row', async () => {
  const upload = await gathered([sent('a.pdf', '%PDF-1.7 a'), sent('note “1”.txt', 'hello')])
  expect(upload.name).toBe('2 files')
  expect(upload.listsFiles).toBe(true)
  expect(Buffer.from(upload.bytes).toString()).toBe(
    '\uFEFF"File","Type","Size"\r\n"a.pdf","pdf","10"\r\n"note “1”.txt","txt","5"\r\n',
  )
})

test('too many files, or too large ones together, are refused in a sentence', async () => {
  const two = () => [sent('a.pdf', '12345'), sent('b.pdf', '12345')]
  await expect(gathered(two(), { ...DEFAULT_LIMITS, maxFiles: 1 })).rejects.toThrow('That is 2 files')
  await expect(gathered(two(), { ...DEFAULT_LIMITS, maxFilesBytes: 9 })).rejects.toThrow('larger than 0 MB')
})

test('of several workbooks in a folder none is the sheet; the only one is, and a loose one counts before it', async () => {
  const inFolder = (name: string) => ({ ...sent(name, 'x'), inFolder: true })
  expect(await gathered([inFolder('a.csv'), inFolder('b.csv')])).toMatchObject({ listsFiles: true })
  expect(await gathered([inFolder('a.csv'), inFolder('b.pdf')])).toMatchObject({ name: 'a.csv' })
  expect(await gathered([sent('in/a.csv', 'x'), sent('b.csv', 'x')])).toMatchObject({ name: 'b.csv' })
})

describe('files that cannot be fetched', () => {
  const gone = (name: string) => broken(name, new UserError(`${name} is gone.`))

  test('one is said by its own sentence, and nothing is stored', async () => {
    const options = optionsWith()
    await expect(gather([sent('a.txt', 'a'), gone('b.txt')], options)).rejects.toThrow('b.txt is gone.')
    expect(await filesIn(options)).toEqual([])
  })

  test('several are said in one sentence, the first five by name', async () => {
    const lost = Array.from({ length: 6 }, (_, n) => gone(`${n}.txt`))
    await expect(gathered([sent('a.txt', 'a'), ...lost])).rejects.toMatchObject({
      message: '6 of 7 files could not be fetched: 0.txt, 1.txt, 2.txt, 3.txt, 4.txt, ….',
      hint: 'Nothing was taken. Send all of them again.',
    })
  })

  test('a bug of ours among them is not hidden by a sentence', async () => {
    const bug = new Error('a bug')
    await expect(gathered([gone('a.txt'), broken('b.txt', bug)])).rejects.toBe(bug)
  })

  test('one that breaks off is fetched once more, and its bytes count once', async () => {
    const limits = { ...DEFAULT_LIMITS, maxFilesBytes: 4 }
    const passing = broken('a.txt', new BrokenOff('a.txt cannot be reached.'), 1)
    expect(await gathered([passing], limits)).toMatchObject({ files: [{ name: 'a.txt', size: 4 }] })
    expect(passing.opened).toBe(2)

    const lasting = broken('a.txt', new BrokenOff('a.txt cannot be reached.'))
    await expect(gathered([lasting])).rejects.toThrow('a.txt cannot be reached.')
    expect(lasting.opened).toBe(2)

    const sheet = broken('a.csv', new BrokenOff('a.csv cannot be reached.'), 1)
    expect(await gathered([sheet])).toMatchObject({ name: 'a.csv' })
  })

  test('what does not pass is asked for once', async () => {
    const lost = gone('a.txt')
    await expect(gathered([lost])).rejects.toThrow('a.txt is gone.')
    expect(lost.opened).toBe(1)
  })
})

test('a file of this machine stays where it is, and its copy is nobody else’s to read', async () => {
  const path = join(tempFolder(), 'a.txt')
  await Bun.write(path, 'an invoice')
  const options = optionsWith()
  const seen: number[] = []
  const open = () => Promise.reject(new Error('a file of this machine is not streamed'))
  const progress = (bytes: number) => seen.push(bytes)
  const { files = [] } = await gather([{ name: 'a.txt', path, open }], { ...options, progress })
  expect(files).toMatchObject([{ name: 'a.txt', size: 10 }])
  expect(seen).toEqual([10])
  const sha256 = files[0]?.sha256 ?? ''
  const stored = Bun.file(options.path(sha256))
  expect(await textIn(options.store, sha256)).toBe('an invoice')
  expect(((await stored.stat()).mode & 0o777).toString(8)).toBe('600')
  expect(await Bun.file(path).text()).toBe('an invoice')

  await rm(path)
  await expect(gather([{ name: 'a.txt', path, open }], options)).rejects.toThrow('ENOENT')
  expect(await filesIn(options)).toEqual([usualName(files[0]?.sha256 ?? '')])
})
