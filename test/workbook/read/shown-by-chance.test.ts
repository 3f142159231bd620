import { expect, test } from 'bun:test'
import { SSF, utils, write as writeBook, type WorkSheet } from '@e965/xlsx'
import ExcelJS from 'exceljs'
import { valueOfNumber } from '../../../src/workbook/read/shown.ts'
import { shownText, type Value } from '../../../src/workbook/read/value.ts'
import { random } from '../../support/random.ts'
import { columnA } from '../support/inspect.ts'

// Two independent libraries write numbers in formats made by chance (the same ones each time); what we read is shown as
// the formatter of SheetJS shows it. Where that one is known to differ from Excel, the exception has a name below.

interface Case {
  format: string
  number: number
}

const CASES = 400

test.each([
  ['exceljs', 1, byExcelJs],
  ['exceljs', 2, byExcelJs],
  ['SheetJS', 3, bySheetJs],
  ['SheetJS', 4, bySheetJs],
] as const)('what %s writes is shown as SheetJS shows it (seed %p)', async (_, seed, write) => {
  const next = random(seed)
  const cases = Array.from({ length: CASES }, () => (next(3) === 0 ? dateCase(next) : numberCase(next)))
  const values = await columnA(await write(cases))
  expect(values).toHaveLength(CASES)
  const differing = cases.flatMap((one, i) => {
    const ours = seen(values[i] ?? null)
    const theirs = String(SSF.format(one.format, one.number))
    return ours === theirs || exceptionOf(one, ours, theirs) !== undefined ? [] : [{ ...one, ours, theirs }]
  })
  expect(differing).toEqual([])
})

test('both libraries write what we read as the same', async () => {
  const next = random(5)
  const cases = Array.from({ length: CASES }, () => (next(2) === 0 ? dateCase(next) : numberCase(next)))
  expect(await columnA(await byExcelJs(cases))).toEqual(await columnA(await bySheetJs(cases)))
})

const PIECES =
  '0 # ? . , % E+ / " \\ _ * ; [ ] [Red] [<1] [=x] [h] [$-409] [$-zzz] [$€-407] [DBNum1] yyyy m d h s AM/PM 上午/下午 ggg e b2 General @ 年 - ( 😀 x 8'
    .split(' ')
    .concat(' ', '\n')
const NUMBERS = [0, -1, 1.5, 46_097.77, 2_958_466, 1e11, 1e21, -1e300, 5e-324, 60]

test('any text may be a format, and any number may have it', () => {
  const next = random(6)
  const pick = picker(next)
  for (let i = 0; i < 5_000; i++) {
    const format = Array.from({ length: 1 + next(8) }, () => pick(PIECES)).join('')
    const value = valueOfNumber(pick(NUMBERS), format, next(2) === 0)
    expect(structuredClone(value)).toEqual(value)
    expect(typeof shownText(value)).toBe('string')
  }
})

/** Why Excel shows something else than SheetJS; undefined if it does not. */
function exceptionOf({ format, number }: Case, ours: string, theirs: string): string | undefined {
  if (format.includes('?/') && ours === theirs.trim().replaceAll(/\s+/g, ' '))
    return 'blanks that align a fraction are left out'
  if (format.includes('?/') && ours === theirs.trim().replaceAll(/\s+(?=\/)|(?<=[-/])\s+/g, ''))
    return 'blanks that align a fraction are left out'
  if (/(^|[^#,])#(\.|$|[^#,0])/.test(format) && ours === theirs.replace('0.', '.'))
    return 'a # before the point shows no zero'
  if (!/[1-9]/.test(ours + theirs)) return 'a number that is rounded to zero is shown as zero is'
  if (roundsUp(number, ours, theirs)) return 'halves are rounded away from zero, after 15 digits'
  return undefined
}

/** They differ by one in the last place, where the number lies just between. */
function roundsUp(number: number, ours: string, theirs: string): boolean {
  const digits = (text: string) => Number(text.replaceAll(/[^\d]/g, ''))
  return digits(ours) - digits(theirs) === 1 && /5(e|$)/.test(String(Number(number.toPrecision(15))))
}

type Next = (n: number) => number

function numberCase(next: Next): Case {
  const pick = picker(next)
  const scale = pick(['', '', '', ',', ',,'])
  const body = pick([
    '0',
    '0.0',
    '0.00',
    '0.000',
    '0.0#',
    '0.###',
    '#,##0',
    '#,##0.0',
    '#,##0.00',
    '#',
    '#.00',
  ])
  const format = pick([
    `${body}${scale}`,
    `${body}%`,
    `"$"${body}${scale}`,
    `${body}\\ "kg"`,
    `[Red]${body}`,
    `${body}_)`,
    `${body}" €"`,
    `${body};\\(${body}\\)`,
    `${body};[Red]\\-${body}`,
    `${body};\\-${body};"zero"`,
    '00000',
    '000\\-00\\-0000',
    '0.00E+00',
    '0.0E+0',
    '# ?/?',
    '# ??/??',
    '@',
    'General',
  ])
  const number = pick([
    () => next(2_000) - 1_000,
    () => (next(2_000_000) - 1_000_000) / 100,
    () => (next(2e9) - 1e9) / 10 ** next(8),
    () => next(1e9) / 1e9,
    () => 0,
  ])()
  // General and @ are shown whole where SheetJS would write an exponent.
  return { format, number: format === '@' || format === 'General' ? Math.round(number * 1e4) / 1e4 : number }
}

function dateCase(next: Next): Case {
  const pick = picker(next)
  const date = pick([
    'yyyy\\-mm\\-dd',
    'd/m/yy',
    'dd\\.mm\\.yyyy',
    'mmm\\ yy',
    'd\\ mmmm\\ yyyy',
    'dddd\\,\\ d\\ mmm\\ yyyy',
    'm/d/yyyy',
    'yyyy"年"m"月"d"日"',
    'd\\-mmm',
  ])
  const time = pick(['hh:mm', 'h:mm:ss', 'h:mm\\ AM/PM', 'hh:mm:ss.00', 'h"h"mm'])
  const format = pick([date, date, `${date}\\ ${time}`, time, '[h]:mm', '[mm]:ss', '[h]:mm:ss'])
  return { format, number: 61 + next(80_000) + pick([0, next(86_400) / 86_400]) }
}

function picker(next: Next) {
  return <T>(list: readonly T[]): T => {
    const picked = list[next(list.length)]
    if (picked === undefined) throw new Error('nothing to pick from')
    return picked
  }
}

async function byExcelJs(cases: Case[]): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('Data')
  for (const [i, { format, number }] of cases.entries()) {
    const cell = sheet.getCell(i + 1, 1)
    cell.value = number
    cell.numFmt = format
  }
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

async function bySheetJs(cases: Case[]): Promise<Uint8Array> {
  const sheet: WorkSheet = { '!ref': `A1:A${cases.length}` }
  for (const [i, { format, number }] of cases.entries()) sheet[`A${i + 1}`] = { t: 'n', v: number, z: format }
  const workbook = utils.book_new()
  utils.book_append_sheet(workbook, sheet, 'Data')
  // `as`: what it gives for this type
  return new Uint8Array(writeBook(workbook, { type: 'array', bookType: 'xlsx' }) as ArrayBuffer)
}

/** What a cell shows, also where that is not what is sent. */
function seen(value: Value): string {
  return typeof value === 'object' && value !== null && 'shown' in value ? value.shown : shownText(value)
}
