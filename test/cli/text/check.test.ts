import { expect, test } from 'bun:test'
import { faultLine } from '../../../src/cli/text/check.ts'
import { sentence } from '../../../src/workbook/fault-text.ts'
import type { FaultGroup } from '../../../src/workbook/types.ts'

const group = { params: {}, fatal: true, note: false, count: 1, cells: [] }

test('a fault names the option for what to do', () => {
  const rowsAbove: FaultGroup = {
    ...group,
    code: 'rows-above',
    ...sentence({ code: 'rows-above', row: 4, count: 3 }),
  }
  expect(faultLine(rowsAbove)).toBe(
    'Row 4 has the headings, but 3 filled rows are above it and would not run. Choose the heading row: --heading-row',
  )
})

test('a fault that only the file can correct has none', () => {
  const required: FaultGroup = {
    ...group,
    code: 'required',
    ...sentence({ code: 'required', label: 'Name' }),
    cells: ['B7'],
  }
  expect(faultLine(required)).toBe('B7: Name is empty, and it is required.')
})
