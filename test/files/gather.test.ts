import { expect, test } from 'bun:test'
import { gather, type SentFile } from '../../src/files/gather.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { aFileStore } from '../support/file-store.ts'

const WORDS = { file: 'File', type: 'Type', size: 'Size' }

function sent(name: string, text: string): SentFile {
  return {
    name,
    open: async () =>
      (async function* () {
        yield Buffer.from(text)
      })(),
  }
}

function gathered(files: SentFile[], limits = DEFAULT_LIMITS) {
  return gather(files, { store: aFileStore(), limits, words: WORDS })
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
