import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { Variable } from '../../../src/engine/workflow.ts'
import { checked, prepared } from '../support/inspect.ts'
import { upload } from '../support/xlsx.ts'

const fixture = (name: string) =>
  upload(readFileSync(new URL(`../fixtures/csv/${name}.csv`, import.meta.url)), `${name}.csv`)
const input = (name: string, type: Variable['type']): Variable => ({
  name,
  label: name,
  type,
  required: false,
})

/** What a number input gets from each row, or the code of its fault and the guess. */
async function numbers(text: string, name = 'price') {
  const file = upload(text, 'x.csv')
  const variables = [input(name, 'number')]
  const rows = await prepared(file, { variables })
  const { faults } = await checked(file, { variables })
  const guesses = faults.map(({ code, params }) => [code, params['guess']])
  return { sent: rows.map(({ inputs }) => inputs?.[name]), guesses }
}

test('a row with more cells than headings is a fault of that row, and nothing of it is sent', async () => {
  const variables = [input('name', 'text-input'), input('description', 'paragraph')]
  const found = await checked(fixture('ragged'), { variables })
  expect(found).toMatchObject({ rows: 2, good: 1 })
  expect(found.faults).toMatchObject([{ code: 'too-many-cells', cells: ['C2'], fatal: false, note: false }])
  const [first, second] = await prepared(fixture('ragged'), { variables })
  expect(first?.inputs).toBeUndefined()
  expect(first?.fault).toStartWith('C2: The row has more cells than there are headings (2).')
  expect(first?.cells).toEqual(['Lamp', 'red', ' big lamp'])
  expect(second?.inputs).toEqual({ name: 'Chair', description: 'wood' })
})

test('cells beyond the headings that are blank are no fault, nor are those under a blank heading', async () => {
  expect((await checked(upload('a,b\n1,2,, \n3,4\n', 'x.csv'))).faults).toEqual([])
  expect((await checked(upload('a,b,\n1,2,3\n', 'x.csv'))).faults).toEqual([])
})

test('headings in two rows are as wide as the wider of them', async () => {
  const file = upload('Product,Price\n,EUR,USD\nBoot,1,2\nCap,3,4,5\n', 'x.csv')
  const variables = [input('product', 'text-input'), input('Price / USD', 'number')]
  const rows = await prepared(file, { variables, headingRows: 2 })
  expect(rows[0]?.inputs).toEqual({ product: 'Boot', 'Price / USD': 2 })
  expect(rows[1]?.fault).toStartWith('D4: The row has more cells than there are headings (3).')
})

test('a column beyond the headings that a person chose is no fault', async () => {
  const options = { variables: [input('n', 'text-input')], mapping: { n: 2 } }
  expect((await prepared(upload('a,b\n1,2,3\n', 'x.csv'), options))[0]?.inputs).toEqual({ n: '3' })
})

test('the preview has numbers with a decimal comma as they are sent, and those that are asked about as they are', async () => {
  const file = upload('name;price\na;12,50\nb;1.204,00\nc;1.204\n', 'x.csv')
  const variables = [input('price', 'number')]
  const cells = [
    ['a', 12.5],
    ['b', 1204],
    ['c', '1.204'],
  ]
  expect((await checked(file, { variables })).preview.map((row) => row.cells)).toEqual(cells)
  expect((await prepared(file, { variables })).map((row) => row.cells)).toEqual(cells)
})

test('a number with a decimal comma is that number, where the file writes them so', async () => {
  const [lamp, chair] = await prepared(fixture('european'), { variables: [input('Preis', 'number')] })
  expect(lamp?.inputs).toEqual({ Preis: 12.5 })
  expect(chair?.inputs).toEqual({ Preis: 1204 })
  expect((await numbers('name,price\nLamp,"1 204,5"\nChair,"-3,25"\nCup,7\n')).sent).toEqual([
    1204.5, -3.25, 7,
  ])
})

test('a text input gets what is written', async () => {
  const [lamp] = await prepared(fixture('european'), { variables: [input('Preis', 'text-input')] })
  expect(lamp?.inputs).toEqual({ Preis: '12,50' })
})

test('1.234 beside decimal commas may be a thousand: it is asked, not sent', async () => {
  expect(await numbers('name;price\nLamp;12,50\nChair;1.234\nCup;1.234.567\n')).toEqual({
    sent: [12.5, undefined, 1_234_567],
    guesses: [['decimal-comma', '1234']],
  })
})

test('1,234 is three decimals beside other decimal commas, and asked where there are none', async () => {
  expect((await numbers('name;price\nLamp;12,50\nChair;1,234\n')).sent).toEqual([12.5, 1.234])
  expect(await numbers('name;price\nLamp;5\nChair;1,234\n')).toEqual({
    sent: [5, undefined],
    guesses: [['decimal-comma', '1.234']],
  })
})

test('a column with both marks is asked about', async () => {
  expect(await numbers('name;price\nLamp;12,50\nChair;12.50\n')).toEqual({
    sent: [undefined, 12.5],
    guesses: [['decimal-comma', '12.50']],
  })
})

test('decimal points stay decimal points, and thousands with commas are asked about as before', async () => {
  expect((await numbers('name;price\nLamp;12.50\nChair;1.234\n')).sent).toEqual([12.5, 1.234])
  expect(await numbers('name,price\nLamp,12.50\nChair,"1,204"\n')).toEqual({
    sent: [12.5, undefined],
    guesses: [['not-a-number', '1204']],
  })
})
