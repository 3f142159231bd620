import { expect, test } from 'bun:test'
import {
  areColumns,
  columnsNamed,
  columnsTyped,
  namesOfColumns,
} from '../../../src/workbook/check/named-columns.ts'

const HEADINGS = ['SKU', 'Country', 'Price', 'Price', '', 'Size, cm']

test('columns are named by headings or letters, in any order and spelling', () => {
  expect(columnsNamed(columnsTyped(' country，sku;E '), HEADINGS)).toEqual([0, 1, 4])
  expect(columnsNamed(['A', 'SKU'], HEADINGS)).toEqual([0])
})

test('a column that is not there, or twice, is refused, and the nearest heading named', () => {
  expect(() => columnsNamed(['Contry'], HEADINGS)).toThrow('There is no column “Contry”.')
  const fault = (name: string) => {
    try {
      columnsNamed([name], HEADINGS)
    } catch (thrown) {
      return thrown
    }
    return undefined
  }
  expect(fault('Contry')).toMatchObject({ hint: 'Did you mean “Country”?' })
  expect(fault('Weight of it')).toMatchObject({ hint: 'There are SKU, Country, Price, Price, Size, cm.' })
  expect(fault('Price')).toMatchObject({ hint: 'Name it by its letters, such as C.' })
  expect(areColumns(['Price'], HEADINGS)).toBe(false)
})

test('a column is called by its heading only where that is clear', () => {
  const names = namesOfColumns([0, 2, 4, 5], HEADINGS)
  expect(names).toEqual(['SKU', 'C', 'E', 'F'])
  expect(columnsNamed(names, HEADINGS)).toEqual([0, 2, 4, 5])
})
