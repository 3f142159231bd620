import { expect, test } from 'bun:test'
import { resultName } from '../../src/app/results.ts'

test.each([
  ['products-q3.xlsx', 'products-q3.results.xlsx'],
  ['v1.2.csv', 'v1.2.results.xlsx'],
  ['40 files', '40 files.results.xlsx'],
  ['scans 12.03.2024', 'scans 12.03.2024.results.xlsx'],
  ['v1.2 scans', 'v1.2 scans.results.xlsx'],
  ['a/b:c?.pdf', 'b c.results.xlsx'],
  ['.xlsx', '.xlsx.results.xlsx'],
  ['', 'rowbot.results.xlsx'],
])('the result of “%s” is “%s”', (name, result) => {
  expect(resultName(name)).toBe(result)
})
