import { expect, test } from 'bun:test'
import { rowConditionOf, rowConditionsOf, rowConditionsText } from '../../src/workbook/row-conditions.ts'

test.each([
  ['Tone=formal', { column: 'Tone', is: true, value: 'formal' }],
  [' Tone != very formal ', { column: 'Tone', is: false, value: 'very formal' }],
  ['Status=', { column: 'Status', is: true, value: '' }],
  ['Status!=', { column: 'Status', is: false, value: '' }],
  ['状态＝完成', { column: '状态', is: true, value: '完成' }],
  ['状态！＝完成', { column: '状态', is: false, value: '完成' }],
  ['Tone≠casual', { column: 'Tone', is: false, value: 'casual' }],
  ['Formula=a=b!=c', { column: 'Formula', is: true, value: 'a=b!=c' }],
])('%p is a condition', (text, condition) => {
  expect(rowConditionOf(text)).toEqual(condition)
})

test.each(['', 'Tone', '=formal', '!=formal', `${'x'.repeat(1_000)}=1`])('%p is none', (text) => {
  expect(() => rowConditionOf(text)).toThrow('is no condition')
})

test('several stand with ; between them, or on lines of their own, and can be written again', () => {
  const conditions = rowConditionsOf('Status=; Tone!=formal；\nName = a')
  expect(conditions.map(({ column }) => column)).toEqual(['Status', 'Tone', 'Name'])
  expect(rowConditionsText(conditions)).toBe('Status=; Tone!=formal; Name=a')
  expect(rowConditionsOf(rowConditionsText(conditions))).toEqual(conditions)
  expect(() => rowConditionsOf(' ;\n')).toThrow('is no condition')
})
