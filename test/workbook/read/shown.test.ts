import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { valueOfIso, valueOfNumber } from '../../../src/workbook/read/shown.ts'
import { generalText, rawText, shownText, type Value } from '../../../src/workbook/read/value.ts'
import { cellsOf, columnA } from '../support/inspect.ts'
import { rowsXml, styles, xlsx } from '../support/xlsx.ts'

/** What a cell shows, also where that is not what is sent. */
function seen(value: Value): string {
  return typeof value === 'object' && value !== null && 'shown' in value ? value.shown : shownText(value)
}

/** 16 March 2026. */
const DAY = 46_097

test('what a cell shows is what Excel shows, in 55 formats', async () => {
  const file = await Bun.file(join(import.meta.dir, '../fixtures/formats.xlsx')).bytes()
  const rows = (await cellsOf(file)).slice(1)
  expect(rows).toHaveLength(55)
  for (const { cells } of rows) {
    const [format, value = null, shown = null] = cells
    expect([format, seen(value)]).toEqual([format, shownText(shown)])
  }
})

test.each([
  [0.1 + 0.2, '0.3'],
  [1 / 3, '0.333333333'],
  [-1 / 3, '-0.333333333'],
  [121.473701234567, '121.4737012'],
  [12345678901.5, '12345678902'],
  [-12345678901.5, '-12345678902'],
  // Excel would write an exponent from here on; that is not what people mean.
  [123456789012, '123456789012'],
  [123456789012.25, '123456789012.25'],
  [0.00001234567891, '0.00001234567891'],
  [1e-7, '0.0000001'],
  [1.5e21, '1500000000000000000000'],
])('General shows %p as %s', (number, text) => {
  expect(generalText(number)).toBe(text)
})

test.each([
  ['#,##0.00', 1234.5, '1,234.50'],
  ['0.00', 1.005, '1.01'],
  ['0.00', -2.675, '-2.68'],
  ['[$¥-804]#,##0.00', 1200, '¥1,200.00'],
  ['#,##0.00\\ [$€-407]', 1234.5, '1,234.50 €'], // the language of a currency is not the one of the number
  ['_ [$¥-804]* #,##0.00_ ', 1200, '¥1,200.00'],
  ['_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', 0, '-'],
  ['# ??/??', 6796.96, '6796 24/25'],
  ['# ?/?', 0.98, '1'],
  ['# ?/?', -0.5, '-1/2'],
  ['# ?/8', 3.5, '3 4/8'],
  ['?/?', 3.5, '7/2'],
  ['0 ?/?', 0.25, '0 1/4'],
  ['# ?/?', 0, '0'],
  ['G/通用格式', 12, '12'],
  ['[NatNum1]0.0', 2.5, '2.5'],
  ['[ENG][$-409]d\\-mmm\\-yy;@', DAY, '16-Mar-26'],
  ['[$-40C]d\\ mmmm\\ yyyy', DAY, '16 mars 2026'],
  ['[$-404]e/m/d', DAY, '115/3/16'],
  ['[$-404]e-mm-dd', DAY, '115-03-16'],
  ['[$-411]ge.m.d', DAY, 'R8.3.16'],
  ['[$-ja-JP]ggge"年"', 32_516, '平成1年'],
  ['[DBNum1][$-804]yyyy"年"m"月"d"日"', DAY, '二〇二六年三月十六日'],
  ['[DBNum1][$-411]General', 1234, '千二百三十四'],
  ['[DBNum2][$-404]General', 10_050, '壹萬零伍拾'],
  ['[DBNum2][$-804]General', 12.5, '壹拾贰.伍'],
  ['[DBNum3][$-411]0', 15, '１５'],
  ['[$-804]aaaa', DAY, '星期一'],
  ['上午/下午h"时"', 0.25, '上午6时'],
  ['[h]:mm:ss', 1.5, '36:00:00'],
  ['yyyy-mm-dd', 60, '1900-02-29'],
])('%s shows %p as %s', (format, number, shown) => {
  expect(seen(valueOfNumber(number, format, false))).toBe(shown)
})

test('a value has no more than it needs', () => {
  expect(valueOfNumber(12, 'General', false)).toBe(12)
  expect(valueOfNumber(12, '0', false)).toBe(12)
  expect(valueOfNumber(12, '[Red]General', false)).toBe(12)
  expect(valueOfNumber(DAY, 'yyyy\\-mm\\-dd', false)).toBe('2026-03-16')
  expect(valueOfNumber(1200, '#,##0', false)).toEqual({ number: 1200, shown: '1,200' })
  expect(valueOfNumber(DAY, 'd/m/yy', false)).toEqual({ date: '2026-03-16', shown: '16/3/26' })
})

test('zero-padded numbers and percentages keep their look as raw values, others do not', () => {
  const raw = (number: number, format: string) => rawText(valueOfNumber(number, format, false))
  expect(raw(7, '000')).toBe('007')
  expect(raw(0.3333, '0%')).toBe('33.33%')
  expect(raw(1200, '#,##0.00')).toBe('1200')
  expect(raw(DAY, 'd/m/yy')).toBe('2026-03-16')
})

test('the days of the system of 1904 are four years later', () => {
  expect(valueOfNumber(DAY - 1462, 'd/m/yyyy', true)).toEqual({ date: '2026-03-16', shown: '16/3/2026' })
  expect(valueOfNumber(1.5, '[h]:mm', true)).toEqual({ date: '36:00:00', shown: '36:00' })
})

test.each([
  [';;;', 42, 'hidden', '42'],
  ['0;-0;;@', 0, 'hidden', '0'],
  ['yyyy-mm-dd', -1, 'hashes', '-1'],
  ['h:mm', -0.5, 'hashes', '-0.5'],
  ['[>5]0;[<0]0', 3, 'hashes', '3'],
  ['#,##0', 1_234_567_890_123_456, 'digits', '1234567890123456'],
  ['d mmm', DAY, 'year', '2026-03-16'],
  ['m"月"d"日" h:mm', DAY + 0.5, 'year', '2026-03-16T12:00:00'],
  ['dddd', DAY, 'year', '2026-03-16'],
  ['0.00E+00', 1_234_567_890_123, 'digits', '1234567890123'],
  ['General" pcs"', 1_234_567_890_123, 'digits', '1234567890123'],
])('%s of %p loses something (%s): %s is sent', (format, number, loses, sent) => {
  const value = valueOfNumber(number, format, false)
  expect(value).toMatchObject({ loses })
  expect(shownText(value)).toBe(sent)
})

test.each([
  ['mmm yy', DAY, 'Mar 26'],
  ['yyyy', DAY, '2026'],
  ['[$-411]ggge"年"', DAY, '令和8年'],
  ['[$-F800]dddd, mmmm dd, yyyy', DAY, 'Monday, March 16, 2026'],
  ['h:mm', DAY + 0.5, '12:00'],
  ['0.00E+00', 12_345.678, '1.23E+04'],
  ['0.00E+00', 1e12, '1.00E+12'],
  ['0', 123_456_789_012, '123456789012'],
])('%s of %p loses nothing: %s is sent', (format, number, sent) => {
  const value = valueOfNumber(number, format, false)
  expect(value).not.toHaveProperty('loses')
  expect(shownText(value)).toBe(sent)
})

test('a format that is not valid, or longer than Excel allows, shows the value', () => {
  expect(valueOfNumber(12.5, '0.0.0E"', false)).toBe(12.5)
  expect(valueOfNumber(12.5, `0"${'x'.repeat(100_000)}"`, false)).toBe(12.5)
  expect(valueOfNumber(DAY, `yyyy"${'x'.repeat(100_000)}"`, false)).toBe('2026-03-16')
  expect(valueOfNumber(12.5, '['.repeat(1_000_000), false)).toBe(12.5) // and takes no time
})

test('a date that the file has as ISO text is shown in its format, too', () => {
  expect(valueOfIso('2026-03-16T12:00:00', 'd/m/yy h:mm')).toEqual({
    date: '2026-03-16T12:00:00',
    shown: '16/3/26 12:00',
  })
  expect(valueOfIso('26:30:00', '[h]:mm')).toEqual({ date: '26:30:00', shown: '26:30' })
  expect(valueOfIso('2026-03-16', 'General')).toBe('2026-03-16')
})

test.each([
  ['no character set', undefined, ['2026-03-16', '3月16日', '$12']],
  ['Chinese', 134, ['2026/3/16', '3月16日', '¥12']],
  ['Japanese', 128, ['2026/03/16', '令和8年3月16日', '¥12']],
  ['of Taiwan', 136, ['2026/3/16', '115年3月16日', 'NT$12']],
])('formats without a text are the ones of the default font’s language: %s', async (_, charset, shown) => {
  const font = charset === undefined ? '' : `<fonts><font><charset val="${charset}"/></font></fonts>`
  const cell = (style: number, value: number) => `<row><c s="${style}"><v>${value}</v></c></row>`
  const file = xlsx({
    data: cell(1, DAY) + cell(2, DAY) + cell(3, 12),
    styles: font + styles({}, [0, 14, 58, 42]),
  })
  expect((await columnA(file)).map(seen)).toEqual(shown)
})

test('texts are as they are, whatever they look like', async () => {
  const texts = ['007', '1,200', '12.5%', '1E5']
  expect(await columnA(xlsx({ data: rowsXml(texts.map((text) => [text])) }))).toEqual(texts)
})
