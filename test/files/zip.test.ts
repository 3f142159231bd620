import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { crc32, deflateRawSync } from 'node:zlib'
import { encode } from 'iconv-lite'
import { ZipFile } from 'yazl'
import { gather } from '../../src/files/gather.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { aFileStore, aFolderStore } from '../support/file-store.ts'
import { cpuClock } from '../support/own-time.ts'

const WORDS = { file: 'File', type: 'Type', size: 'Size' }

interface Part {
  name: string | Uint8Array
  text?: string | Buffer
  /** for what lies about the bytes */
  crc?: number
  size?: number
  flags?: number
  method?: number
  mode?: number
  extra?: Buffer
  /** the directory points to the local header of that part */
  at?: number
}

/** A ZIP by hand, so that every field can lie. */
function zip(parts: Part[]): Buffer {
  const local: Buffer[] = []
  const directory: Buffer[] = []
  const offsets: number[] = []
  let offset = 0
  for (const part of parts) {
    const name = Buffer.from(part.name)
    const bytes = Buffer.from(part.text ?? 'text')
    const packed = part.method === 0 ? bytes : deflateRawSync(bytes)
    const flags = part.flags ?? 0
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50)
    header.writeUInt16LE(flags, 6)
    header.writeUInt16LE(part.method ?? 8, 8)
    header.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50)
    entry.writeUInt16LE(0x031e, 4)
    entry.writeUInt16LE(flags, 8)
    entry.writeUInt16LE(part.method ?? 8, 10)
    entry.writeUInt32LE(part.crc ?? crc32(bytes), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(part.size ?? bytes.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt16LE(part.extra?.length ?? 0, 30)
    entry.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 38)
    entry.writeUInt32LE(part.at === undefined ? offset : (offsets[part.at] ?? 0), 42)
    offsets.push(offset)
    local.push(header, name, packed)
    offset += 30 + name.length + packed.length
    directory.push(entry, name, part.extra ?? Buffer.alloc(0))
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(Math.min(parts.length, 0xffff), 8)
  end.writeUInt16LE(Math.min(parts.length, 0xffff), 10)
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, ...directory, end])
}

async function sentZip(bytes: Uint8Array, limits = DEFAULT_LIMITS, store = aFileStore()) {
  const file = {
    name: 'Invoices.zip',
    open: async () =>
      (async function* () {
        for (let i = 0; i < bytes.length; i += 65_536) yield bytes.subarray(i, i + 65_536)
      })(),
  }
  return gather([file], { store, limits, words: WORDS })
}

async function namesIn(bytes: Uint8Array): Promise<string[]> {
  return (await sentZip(bytes)).files?.map(({ name }) => name) ?? []
}

describe('what becomes of the files in a ZIP', () => {
  test('the only workbook is the sheet, alone or with files', async () => {
    const upload = await sentZip(zip([{ name: 'in/a.pdf', text: '%PDF-1.7 a' }, { name: 'in/orders.csv' }]))
    expect(upload).toMatchObject({
      name: 'orders.csv',
      files: [{ name: 'in/a.pdf', content: 'pdf', size: 10 }],
    })
    expect(Buffer.from(upload.bytes).toString()).toBe('text')
    expect(await sentZip(zip([{ name: 'orders.csv' }]))).toMatchObject({ name: 'orders.csv', files: [] })
  })

  test('without a workbook, or with several, each file is a row of a table that has the name of the ZIP', async () => {
    const upload = await sentZip(zip([{ name: 'a.csv' }, { name: 'b.csv' }]))
    expect(upload).toMatchObject({
      name: 'Invoices',
      listsFiles: true,
      files: [{ name: 'a.csv' }, { name: 'b.csv' }],
    })
  })

  test('what systems leave behind is ignored, and a ZIP in it is a file', async () => {
    const inner = zip([{ name: 'x.pdf' }])
    const names = ['__MACOSX/._a.pdf', 'a/.DS_Store', 'Thumbs.db', 'desktop.ini', 'a/~$orders.xlsx', 'a/']
    const parts = [...names.map((name) => ({ name })), { name: 'a/b.pdf' }, { name: 'more.zip', text: inner }]
    expect(await namesIn(zip(parts))).toEqual(['a/b.pdf', 'more.zip'])
  })

  test('zip64 and streamed entries, as programs write them, are read', async () => {
    const packed = new ZipFile()
    packed.addBuffer(Buffer.from('%PDF-1.7 a'), 'a.pdf', { forceZip64Format: true })
    packed.addReadStream(Readable.from(['b']), 'b.txt')
    packed.end({ forceZip64Format: true, comment: '' })
    const bytes = Buffer.concat(await Array.fromAsync(packed.outputStream as Readable))
    expect(await namesIn(bytes)).toEqual(['a.pdf', 'b.txt'])
  })
})

describe('names in a ZIP', () => {
  const inCode = (encoding: string, ...names: string[]) =>
    namesIn(zip(names.map((name) => ({ name: encode(name, encoding) }))))

  test.each<{ encoding: string; names: string[] }>([
    { encoding: 'gbk', names: ['2024年发票/北京科技有限公司.pdf', '2024年发票/上海贸易合同.pdf'] },
    { encoding: 'shift_jis', names: ['請求書/東京の会社ソフト.pdf', '請求書/大阪の見積もり表.pdf'] },
    { encoding: 'cp850', names: ['Prüfung/Müller größe.pdf', 'Prüfung/Übersicht.pdf'] },
    { encoding: 'cp866', names: ['Счета/Договор поставки.pdf', 'Счета/Накладная за май.pdf'] },
    { encoding: 'utf-8', names: ['счёт.pdf', '发票.pdf'] },
  ])('in $encoding are guessed where the ZIP does not say', async ({ encoding, names }) => {
    expect(await inCode(encoding, ...names)).toEqual(names)
  })

  test('are read as the ZIP says, and composed', async () => {
    const raw = Buffer.from('?.pdf')
    const extra = Buffer.concat([Buffer.from([0x75, 0x70, 0, 0, 1, 0, 0, 0, 0]), Buffer.from('发票.pdf')])
    extra.writeUInt16LE(extra.length - 4, 2)
    extra.writeUInt32LE(crc32(raw), 5)
    const parts = [
      { name: raw, extra },
      { name: 'u\u0308ber\\a.pdf', flags: 0x800 },
    ]
    expect(await namesIn(zip(parts))).toEqual(['发票.pdf', 'über/a.pdf'])
  })
})

describe('a ZIP is refused with nothing stored', () => {
  const MB = 2 ** 20
  const good = { name: 'good.pdf' }
  const zeros = Buffer.alloc(30 * MB)
  test.each<[string, () => Buffer, string]>([
    [
      'a path out of it',
      () => zip([good, { name: '../../etc/x.pdf' }]),
      '“../../etc/x.pdf” in “Invoices.zip” has a path',
    ],
    ['the same with backslashes', () => zip([good, { name: String.raw`a\..\x.pdf` }]), 'has a path'],
    ['an absolute path', () => zip([good, { name: '/etc/x.pdf' }]), 'has a path'],
    ['a drive', () => zip([good, { name: 'C:x.pdf' }]), 'has a path'],
    ['a NUL', () => zip([good, { name: 'x.pdf\0.exe' }]), 'has a path'],
    [
      'a symbolic link',
      () => zip([good, { name: 'x.pdf', mode: 0o120777 }]),
      '“x.pdf” in “Invoices.zip” is a link',
    ],
    ['a password', () => zip([good, { name: 'x.pdf', flags: 1 }]), '“x.pdf” in “Invoices.zip” is protected'],
    ['a wrong CRC', () => zip([good, { name: 'x.pdf', crc: 1 }]), '“x.pdf” in “Invoices.zip” is damaged'],
    [
      'a size that is too small',
      () => zip([good, { name: 'x.pdf', size: 1 }]),
      '“x.pdf” in “Invoices.zip” is damaged',
    ],
    [
      'a size that is too large',
      () => zip([good, { name: 'x.pdf', size: 9 }]),
      '“x.pdf” in “Invoices.zip” is damaged',
    ],
    [
      'a bomb',
      () => zip([good, { name: 'x.pdf', text: zeros }]),
      '“x.pdf” in “Invoices.zip” unpacks to more',
    ],
    ['entries over each other', () => zip([good, { name: 'x.pdf', at: 0 }]), 'is damaged'],
    ['the same name twice', () => zip([good, good]), '“good.pdf” is in “Invoices.zip” twice'],
    ['another way of packing', () => zip([good, { name: 'x.pdf', method: 93 }]), 'packed in a way'],
    ['its end missing', () => zip([good]).subarray(0, -30), '“Invoices.zip” is damaged or cut short'],
    ['no file', () => zip([{ name: 'a/' }]), '“Invoices.zip” has no files'],
  ])('%s', async (_, bytes, sentence) => {
    const { store, folder } = aFolderStore()
    await expect(sentZip(bytes(), DEFAULT_LIMITS, store)).rejects.toThrow(sentence)
    const left = await readdir(folder, { recursive: true })
    expect(left).toEqual(['tmp'])
  })

  test('too many files, before any is unpacked', async () => {
    const parts = Array.from({ length: 65_000 }, (_, i) => ({ name: `${i}.txt`, text: '', method: 0 }))
    const cpuMs = cpuClock()
    await expect(sentZip(zip(parts))).rejects.toThrow('has more than 2000 files')
    expect(cpuMs()).toBeLessThan(10_000)
  })

  test('more bytes than are allowed together, whatever sizes it declares', async () => {
    const text = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)))
    const limits = { ...DEFAULT_LIMITS, maxFilesBytes: 250_000 }
    const parts = Array.from({ length: 5 }, (_, i) => ({ name: `${i}.bin`, text }))
    await expect(sentZip(zip(parts), limits)).rejects.toThrow('larger than 0 MB together')
    await expect(sentZip(zip(parts.slice(0, 4)), limits)).resolves.toMatchObject({ listsFiles: true })
  })
})
