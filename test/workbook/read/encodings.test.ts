import { expect, test } from 'bun:test'
import iconv from 'iconv-lite'
import { readFileSync } from 'node:fs'
import { decodeText } from '../../../src/workbook/read/encoding.ts'
import { random } from '../../support/random.ts'
import { checked, refusalOf } from '../support/inspect.ts'
import { SENTENCES } from '../support/sentences.ts'
import { upload } from '../support/xlsx.ts'
import { cpuClock } from '../../support/own-time.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/csv/${name}.csv`, import.meta.url))

/** Windows-1258 writes most accents as characters of their own. */
const encoded = (text: string, encoding: string) =>
  iconv.encode(
    encoding === 'windows-1258'
      ? text.normalize('NFD').replaceAll(/[aeou][\u0302\u0306\u031b]/gi, (letter) => letter.normalize('NFC'))
      : text,
    encoding,
  )

test.each([
  ['shift_jis', 'shift_jis', '赤いランプ'],
  ['big5', 'big5', '紅色檯燈'],
  ['euc_kr', 'euc-kr', '빨간 램프'],
  ['cp1251', 'windows-1251', 'Красная лампа'],
])('%s is read in its own encoding, and offered beside others', async (name, label, cell) => {
  const found = await checked(upload(fixture(name), `${name}.csv`))
  expect(found.encoding).toMatchObject({ label, sure: true })
  expect(found.preview[0]?.cells[0]).toBe(cell)
  expect(found.faults).toEqual([])
  expect(found.encoding?.alternatives[0]?.label).toBe(label)
  expect(found.encoding?.alternatives[0]?.sample[1]).toStartWith(cell)
})

// With this seed, 282 of 300 are right at once; for the others, the right one is among the offers.
test('a table in any language and encoding is read right, or the right reading is offered', async () => {
  const next = random(13)
  let atOnce = 0
  let all = 0
  for (const { language, encodings, rows } of SENTENCES) {
    for (const encoding of encodings) {
      for (let i = 0; i < 12; i++) {
        const some = Array.from({ length: 1 + next(5) }, () => rows[1 + next(rows.length - 1)])
        const text = [rows[0], ...some].join('\r\n')
        const { text: got, sure, label, alternatives } = await decodeText(encoded(text, encoding))
        const offered = alternatives.map(({ sample }) => sample.join('\n'))
        const right = got === text
        if (sure) expect({ language, encoding, label, got }).toEqual({ language, encoding, label, got: text })
        else if (!right) expect(offered).toContainEqual(expect.stringContaining(beyondAscii(text)))
        all++
        if (right && sure) atOnce++
      }
    }
  }
  expect(atOnce / all).toBeGreaterThan(0.9)
})

/** The first cell that shows in which encoding a text was read. */
function beyondAscii(text: string): string {
  return /[^,\n\r]*[\u0080-\uffff][^,\n\r]*/.exec(text)?.[0].slice(0, 60) ?? ''
}

test('one name may be many things: it is asked, never taken in silence', async () => {
  for (const { encodings, rows } of SENTENCES) {
    for (const encoding of encodings) {
      for (const cell of rows.flatMap((row) => row.split(/[ ,]/))) {
        const text = `name\n${cell}`
        const { text: got, sure } = await decodeText(encoded(text, encoding))
        if (sure) expect(got).toBe(text)
      }
    }
  }
})

test('there are at most five offers, of at most three lines of eighty characters', async () => {
  const bytes = encoded(`${'ночь улица фонарь аптека '.repeat(20)}\n`.repeat(9), 'koi8-r')
  const { alternatives, label } = await decodeText(bytes)
  expect(label).toBe('koi8-r')
  expect(alternatives.length).toBeWithin(2, 6)
  for (const { sample } of alternatives) {
    expect(sample).toHaveLength(3)
    for (const line of sample) expect([...line].length).toBeLessThanOrEqual(80)
  }
})

test('a chosen encoding is sure, and the others are still offered', async () => {
  const found = await decodeText(fixture('cp1251'), 'KOI8-R')
  expect(found).toMatchObject({ label: 'koi8-r', sure: true })
  expect(found.alternatives.map(({ label }) => label)).toContain('windows-1251')
  expect(await decodeText(Buffer.from('名称\n'), 'gb18030')).toMatchObject({
    alternatives: [{ label: 'gb18030' }, { label: 'utf-8', sample: ['名称'] }],
  })
})

test('UTF-8 is sure and offers nothing else', async () => {
  expect(await decodeText(Buffer.from('名称\n茶壶'))).toEqual({
    text: '名称\n茶壶',
    label: 'utf-8',
    sure: true,
    alternatives: [],
  })
})

test.each(['utf16le', 'utf16be'] as const)('Chinese in %s without a mark is read', async (order) => {
  const bytes = Buffer.from('名称,价格\n茶壶在桌子上面放着呢一二三,12\n椅子,5', 'utf16le')
  const found = await checked(upload(order === 'utf16be' ? bytes.swap16() : bytes, 'x.csv'))
  expect(found.preview[0]?.cells).toEqual(['茶壶在桌子上面放着呢一二三', '12'])
  expect(found.encoding?.sure).toBe(true)
})

test('a line in another encoding does not spoil the rest, and is told', async () => {
  const bytes = Buffer.concat([
    Buffer.from('name,note\nCafé,naïve\nélan,über\n'),
    Buffer.from('Müller,x\n', 'latin1'),
  ])
  const found = await checked(upload(bytes, 'x.csv'))
  expect(found.preview.map(({ cells }) => cells[0])).toEqual(['Café', 'élan', 'M\ufffdller'])
  expect(found.encoding).toMatchObject({ label: 'utf-8', sure: false })
  expect(found.faults).toMatchObject([{ code: 'guessed-encoding', note: true }])
})

test('a broken character in a Chinese file leaves the rest Chinese', async () => {
  const rows = SENTENCES[0]?.rows.join('\n') ?? ''
  const bytes = Buffer.concat([encoded(rows, 'gb18030'), new Uint8Array([0x0a, 0xff, 0x2c, 0x31])])
  const { text, label, sure } = await decodeText(bytes)
  expect({ label, sure }).toEqual({ label: 'gb18030', sure: false })
  expect(text).toStartWith(rows)
})

test('Japanese mail, which switches within ASCII, is read', async () => {
  const bytes = Buffer.from('n\n\u001b$B%F%9%H\u001b(B\n')
  expect((await checked(upload(bytes, 'x.csv'))).preview[0]?.cells).toEqual(['テスト'])
})

test('zero bytes in a text are refused as no table', async () => {
  expect(await refusalOf(upload('a,b\n1,x\0y\n', 'x.csv'))).toBe('other')
})

test('a long text without spaces, or of nothing but odd bytes, takes no longer than any other', async () => {
  const cpuMs = cpuClock()
  const lines = Array.from({ length: 12 }, () => `${'aGVsbG8'.repeat(1_000)}é`).join('\n')
  expect(await refusalOf(upload(Buffer.from(lines, 'latin1'), 'x.csv'))).toBe('not refused')
  expect(await refusalOf(upload(Buffer.alloc(2_000_000, 0xe9), 'x.csv'))).not.toBe('')
  expect(cpuMs()).toBeLessThan(5_000)
})

test.each(['shift_jis', 'euc-jp'])('katakana alone is Japanese in %s', async (encoding) => {
  const text = 'name\nカタログ\nライセンス\n'
  expect(await decodeText(encoded(text, encoding))).toMatchObject({ text, label: encoding, sure: true })
})

test('letters that no language has together speak against an encoding', async () => {
  // In windows-1250 it is “Blĺ kop fra Ĺrhus, grřnne blĺbćr”.
  const text = 'name\nBlå kop fra Århus, grønne blåbær'
  expect(await decodeText(encoded(text, 'windows-1252'))).toMatchObject({ text, sure: true })
})
