import { expect, test } from 'bun:test'
import { type Fault, SEVERITY, OTHERS } from '../../src/workbook/fault.ts'
import { sentence } from '../../src/workbook/fault-text.ts'
import type { FaultGroup } from '../../src/workbook/types.ts'
import { checkWays, faultLine } from '../../src/wizard/faults.ts'
import { lineText } from './support/cast.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'

const label = '语气'
const value = 'friendly'

/** One of each. */
const FAULTS: { [C in Fault['code']]: Extract<Fault, { code: C }> } = {
  'no-rows': { code: 'no-rows' },
  'missing-column': { code: 'missing-column', label, guess: 'Ton' },
  'ambiguous-column': { code: 'ambiguous-column', label, columns: ['A', 'C'] },
  required: { code: 'required', label },
  'refused-default': { code: 'refused-default', label, value: '' },
  'required-picture': { code: 'required-picture', label },
  'too-long': { code: 'too-long', label, length: 1204, max: 1000, upTo: true },
  'not-an-option': { code: 'not-an-option', label, value, options: ['formal', 'casual'], guess: 'casual' },
  'not-a-number': { code: 'not-a-number', label, value },
  'not-yes-or-no': { code: 'not-yes-or-no', label, value },
  'not-json': { code: 'not-json', label, value, curlyQuotes: true },
  'not-a-json-object': { code: 'not-a-json-object', label, value },
  'json-schema': { code: 'json-schema', label, where: 'a.b', problem: 'expected string' },
  'not-an-address': { code: 'not-an-address', label, value },
  'not-https': { code: 'not-https', label, value },
  'share-folder': { code: 'share-folder', label, value, service: 'Google Drive' },
  'share-page': { code: 'share-page', label, value, service: 'OneDrive' },
  'share-link': { code: 'share-link', label, service: 'Google Docs', as: 'PDF' },
  'guessed-file-type': { code: 'guessed-file-type', label, as: 'document' },
  'file-type': { code: 'file-type', label, value, allowed: ['image'] },
  'no-such-file': { code: 'no-such-file', label, value, count: 12, guess: 'friendly.pdf' },
  'no-files': { code: 'no-files', label, value },
  'file-twice': { code: 'file-twice', label, value, paths: ['2024/a.pdf', '2025/a.pdf'] },
  'only-links': { code: 'only-links', label, value },
  'empty-file': { code: 'empty-file', label, value },
  'large-file': { code: 'large-file', label, value, as: 'document', max: 15 },
  'misnamed-file': { code: 'misnamed-file', label, value, as: 'png', extension: 'pdf' },
  'renamed-picture': { code: 'renamed-picture', label, value, as: 'png' },
  'unused-files': { code: 'unused-files', count: 7, names: ['a.pdf', 'b.pdf'] },
  'files-alike': { code: 'files-alike', names: ['a.pdf'] },
  'missing-value': { code: 'missing-value', label },
  'no-file-input': { code: 'no-file-input' },
  'which-file-input': { code: 'which-file-input', labels: ['Invoice', 'Photo'] },
  'too-many-files': { code: 'too-many-files', label, length: 9, max: 3 },
  'error-cell': { code: 'error-cell', label, value: '#REF!' },
  uncalculated: { code: 'uncalculated', label },
  'near-column': { code: 'near-column', heading: 'Ton', label: 'Tone' },
  'nothing-fed': { code: 'nothing-fed' },
  'two-sheets': { code: 'two-sheets', sheets: ['Orders', 'Archive'], sheet: 'Orders' },
  'rows-above': { code: 'rows-above', row: 4, count: 3 },
  'two-heading-rows': { code: 'two-heading-rows', row: 1, next: 2 },
  'only-constants': { code: 'only-constants' },
  'only-column': { code: 'only-column', heading: 'Ton', label: 'Tone' },
  'decimal-comma': { code: 'decimal-comma', label, value: '1.234', guess: '1234' },
  'too-many-cells': { code: 'too-many-cells', headings: 3 },
  'long-number': { code: 'long-number', label },
  'hidden-by-format': { code: 'hidden-by-format', label, sent: '42' },
  'shown-as-hashes': { code: 'shown-as-hashes', label, sent: '-1' },
  'shown-without-year': { code: 'shown-without-year', label, sent: '2026-03-16' },
  'shown-with-exponent': { code: 'shown-with-exponent', label, sent: '123456789012' },
  'hidden-rows': { code: 'hidden-rows' },
  'merged-cells': { code: 'merged-cells' },
  'covered-value': { code: 'covered-value' },
  'picture-in-cell': { code: 'picture-in-cell' },
  'picture-over-cell': { code: 'picture-over-cell' },
  'unlike-row': { code: 'unlike-row' },
  'totals-row': { code: 'totals-row' },
  'below-table': { code: 'below-table' },
  'hidden-rows-left-out': { code: 'hidden-rows-left-out' },
  'rows-left-out': { code: 'rows-left-out' },
  macros: { code: 'macros' },
  'guessed-encoding': { code: 'guessed-encoding', encoding: 'GBK' },
  'web-page': { code: 'web-page' },
}

function groupOf(fault: Fault): FaultGroup {
  const { code, ...params } = fault
  const gravity = SEVERITY[code]
  return {
    code,
    params,
    ...sentence(fault),
    fatal: gravity === 'sheet',
    note: gravity === 'nothing',
    count: 7,
    cells: ['C7'],
  }
}

const all = Object.values(FAULTS)
const cases = [...all, ...all.flatMap((fault) => ('value' in fault ? [{ ...fault, value: OTHERS }] : []))]

test.each(cases.map((fault) => [fault.code, fault] as const))(
  '%s is said in Chinese, with all it needs',
  (_, fault) => {
    const line = faultLine(groupOf(fault), textsFor('zh-CN'), {})
    expect(lineText(line)).toStartWith('C7 等 7 处：')
    expect(lineText(line)).not.toMatch(/undefined|NaN|\0|\[object/)
    expect(lineText(line).replace('C7', '')).toMatch(/[\u4e00-\u9fff]/)
  },
)

test('in English they are as the workbook says them, with their cells before them', () => {
  expect(faultLine(groupOf(FAULTS['not-an-option']), textsFor('en'), {})).toEqual([
    'C7 and 6 more: “friendly” is not one of formal, casual. Did you mean “casual”?',
  ])
})

test('in Chinese they name the value, the column and the way out', () => {
  expect(faultLine(groupOf(FAULTS['not-an-option']), textsFor('zh-CN'), {})).toEqual([
    'C7 等 7 处：“friendly”不是可选值：formal、casual。是不是“casual”？',
  ])
})

test.each([
  [
    'rows-above',
    'C7 and 6 more: Row 4 has the headings, but 3 filled rows are above it and would not run. Choose the heading row: Reading… → Headings and rows…',
    'C7 等 7 处：第 4 行是表头，但它上方还有 3 行数据，这些行不会运行。请选择表头所在行：读取方式… → 表头和行…',
  ],
  [
    'missing-column',
    'C7 and 6 more: There is no column for “语气”, which is required. Is it “Ton”? Rename it, or choose the column: Columns…',
    'C7 等 7 处：缺少“语气”列，这一项必填。是“Ton”这一列吗？请修改表头，或选择对应的列：对应关系…',
  ],
] as const)('%s names the button for what it says', (code, english, chinese) => {
  const [en, zh] = [textsFor('en'), textsFor('zh-CN')]
  expect(lineText(faultLine(groupOf(FAULTS[code]), en, checkWays(en)))).toBe(english)
  expect(lineText(faultLine(groupOf(FAULTS[code]), zh, checkWays(zh)))).toBe(chinese)
})

test('whole rows are named as rows', () => {
  const group = { ...groupOf(FAULTS['hidden-rows']), cells: ['7', '9'] }
  expect(lineText(faultLine(group, textsFor('en'), {}))).toStartWith('Rows 7, 9 and 5 more: Hidden rows')
  expect(lineText(faultLine(group, textsFor('zh-CN'), {}))).toStartWith('第 7、9 行等 7 行：隐藏的行')
  const one = { ...group, cells: ['7'], count: 1 }
  expect(lineText(faultLine(one, textsFor('en'), {}))).toStartWith('Row 7: Hidden rows')
})
