import { expect, test } from 'bun:test'
import { FileRefusal } from '../../../src/workbook/read/refusal.ts'
import { cellsOf } from '../support/inspect.ts'
import { random } from '../../support/random.ts'
import { rowsXml, styles, upload, xlsx } from '../support/xlsx.ts'

const FILE = xlsx({
  data:
    rowsXml([['Name', 'Tone', 'Price']]) +
    Array.from(
      { length: 30 },
      (_, i) =>
        `<row r="${i + 2}"><c t="s"><v>${i % 3}</v></c><c s="1"><v>${46000 + i}</v></c><c><v>${i / 7}</v></c></row>`,
    ).join(''),
  strings: '<si><t>one &amp; only</t></si><si><t>two</t></si><si><t>东京</t></si>',
  styles: styles({}, [0, 14]),
})

/** The rows, or `refused`; anything else that is thrown fails the test. */
async function read(bytes: Uint8Array, name = 'test.xlsx'): Promise<unknown> {
  try {
    return await cellsOf(upload(bytes, name))
  } catch (error) {
    if (error instanceof FileRefusal) return 'refused'
    throw error
  }
}

test('a workbook that is cut anywhere is refused', async () => {
  const next = random(1)
  for (let i = 0; i < 200; i++) expect(await read(FILE.slice(0, next(FILE.length)))).toBe('refused')
})

test('a workbook with flipped bits is refused or reads as before: never something else', async () => {
  const whole = await read(FILE)
  const next = random(2)
  const seen = { same: 0, refused: 0 }
  for (let i = 0; i < 2000; i++) {
    const bytes = FILE.slice()
    for (let flips = 1 + next(3); flips > 0; flips--) {
      const at = next(bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8))
    }
    const found = await read(bytes)
    if (found === 'refused') seen.refused++
    else {
      expect(found).toEqual(whole)
      seen.same++
    }
  }
  expect(seen.refused).toBeGreaterThan(500)
  expect(seen.same).toBeGreaterThan(100)
})

test('parts with damaged XML are read or refused, and nothing else happens', async () => {
  const next = random(3)
  const sheet = `<worksheet><sheetData>${rowsXml([
    ['a', 1, 'b'],
    ['c', 2, null],
  ])}</sheetData></worksheet>`
  for (let i = 0; i < 1500; i++) {
    const at = next(sheet.length)
    const damaged = sheet.slice(0, at) + String.fromCharCode(32 + next(95)) + sheet.slice(at + next(6))
    await read(xlsx({ parts: { 'xl/worksheets/sheet1.xml': damaged } }))
  }
  expect(await read(xlsx({ parts: { 'xl/worksheets/sheet1.xml': sheet } }))).toHaveLength(2)
})

test('noise of every kind is read or refused, and nothing else happens', async () => {
  const next = random(4)
  const outcomes = new Set<string>()
  for (let i = 0; i < 500; i++) {
    const bytes = Uint8Array.from({ length: 1 + next(400) }, () => next(i % 2 ? 256 : 128))
    if (i % 5 === 0) bytes.set([0x50, 0x4b, 3, 4].slice(0, bytes.length))
    outcomes.add(typeof (await read(bytes, i % 3 ? 'noise.csv' : 'noise.xlsx')))
  }
  expect(outcomes).toContain('string')
})
