import { expect, test } from 'bun:test'
import { resultName, resultNameOf } from '../../src/app/results.ts'

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

test.each([
  ['running', 'products-q3.results.xlsx'],
  ['paused', 'products-q3.paused-at-53-of-236.results.xlsx'],
  ['failed', 'products-q3.stopped-at-53-of-236.results.xlsx'],
  ['cancelled', 'products-q3.stopped-at-53-of-236.results.xlsx'],
] as const)('the result of a task that is %s says in its name where it stands', (status, result) => {
  const counts = { total: 236, succeeded: 50, failed: 3, cancelled: 0, left: 183 }
  expect(resultNameOf({ fileName: 'products-q3.xlsx', status, counts })).toBe(result)
})

test('a task that was stopped after its last row has the name of a whole result', () => {
  const counts = { total: 5, succeeded: 4, failed: 1, cancelled: 0, left: 0 }
  expect(resultNameOf({ fileName: 'a.csv', status: 'cancelled', counts }, 'csv')).toBe('a.results.csv')
})
