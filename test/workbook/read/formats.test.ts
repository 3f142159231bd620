import { expect, test } from 'bun:test'
import { fromIso, fromSerial } from '../../../src/workbook/read/dates.ts'
import { builtInFormat } from '../../../src/workbook/read/built-in-formats.ts'
import { meaningOf } from '../../../src/workbook/read/number-formats.ts'

test.each([
  ['General', 'number'],
  ['0.00', 'number'],
  ['#,##0.00 "days"', 'number'],
  ['0\\d', 'number'],
  ['0.0\\m', 'number'],
  ['0.00E+00', 'number'],
  ['[Red]0.0;[Blue]-0.0', 'number'],
  ['[$€-407] #,##0.00', 'number'],
  ['_-* #,##0_-;-* #,##0_-', 'number'],
  ['@', 'number'],
  ['"yyyy"0', 'number'],
  ['yyyy-mm-dd', 'date'],
  ['d.m.yy', 'date'],
  ['mmm', 'date'],
  ['[$-804]yyyy"年"m"月"d"日"', 'date'],
  ['[$-411]ggge"年"m"月"d"日"', 'date'],
  ['aaaa', 'date'],
  ['yyyy\\-mm\\-dd\\ hh:mm:ss.000', 'date'],
  ['dd/mm/yyyy;@', 'date'],
  ['h:mm AM/PM', 'time'],
  ['上午/下午h"时"mm"分"', 'time'],
  ['[h]:mm:ss', 'time'],
  ['[mm]:ss.0', 'time'],
  ['mm:ss', 'time'],
])('the format %s makes a %s', (format, meaning) => {
  expect(meaningOf(format)).toBe(meaning as ReturnType<typeof meaningOf>)
})

test('the built-in formats of East Asian Excel and WPS are dates though no format text says so', () => {
  const dates = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58])
  const times = new Set([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56])
  for (let id = 0; id < 60; id++) {
    expect(meaningOf(builtInFormat(id))).toBe(dates.has(id) ? 'date' : times.has(id) ? 'time' : 'number')
  }
})

test('a date whose order depends on each computer’s settings is shown in the one that nobody misreads', () => {
  expect([14, 22].map((id) => builtInFormat(id))).toEqual(['yyyy-mm-dd', 'yyyy-mm-dd hh:mm'])
  expect(builtInFormat(14, 'zh-CN')).toBe('yyyy/m/d')
})

test.each([
  [1, '1900-01-01'],
  [59, '1900-02-28'],
  [60, '1900-02-29'],
  [61, '1900-03-01'],
  [46053, '2026-01-31'],
  [46053.5, '2026-01-31T12:00:00'],
  [46053.99998842592, '2026-01-31T23:59:59'],
  [2958465, '9999-12-31'],
  [0.5, '12:00:00'],
  [-1, undefined],
  [2958466, undefined],
])('the serial %p is the date %s', (serial, date) => {
  expect(fromSerial(serial, 'date', false)).toBe(date)
})

test('in the system of 1904 days begin at zero', () => {
  expect(fromSerial(0, 'date', true)).toBe('1904-01-01')
  expect(fromSerial(44591, 'date', true)).toBe('2026-01-31')
})

test.each([
  [0, '00:00:00'],
  [0.25, '06:00:00'],
  [1.5, '36:00:00'],
  [46053.5, '2026-01-31T12:00:00'],
])('under a time format %p is %s', (serial, time) => {
  expect(fromSerial(serial, 'time', false)).toBe(time)
})

test('ISO text is taken in the forms that the files have', () => {
  expect(fromIso('2026-01-31')).toBe('2026-01-31')
  expect(fromIso('2026-01-31T08:30')).toBe('2026-01-31T08:30:00')
  expect(fromIso('13:45:10')).toBe('13:45:10')
  expect(fromIso('yesterday')).toBeUndefined()
})
