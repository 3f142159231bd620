import { describe, expect, test } from 'bun:test'
import { rowConditionOf } from '../../../src/workbook/row-conditions.ts'
import { asRead } from '../../../src/workbook/as-read.ts'
import type { CheckOptions } from '../../../src/workbook/types.ts'
import { checked, prepared } from '../support/inspect.ts'
import { fixture } from '../support/fixture.ts'
import { variable } from '../support/variables.ts'
import { relationships, rowsXml, xlsx } from '../support/xlsx.ts'

type Cells = (string | number | null)[]

/** A sheet with rows at these places. */
function sheet(rows: Record<number, Cells>, parts: Record<string, string> = {}) {
  return xlsx({
    data: Object.entries(rows)
      .map(([row, cells]) => rowsXml([cells], Number(row)))
      .join(''),
    parts,
  })
}

const NAME = variable('text-input', { name: 'name', label: 'Name', required: true })
const PRICE = variable('number', { name: 'price', label: 'Price', required: true })
const variables = [NAME, PRICE]

/** The rows that run or have faults, the last row, and what was said of the others. */
async function chosen(file: Parameters<typeof checked>[0], options: CheckOptions = {}) {
  const check = await checked(file, options)
  const { lastRow, rows, faults } = check
  const taken = (await prepared(file, options)).map(({ row }) => row)
  expect(taken).toHaveLength(rows) // what is checked is what runs
  const again = await prepared(file, { ...options, ...asRead(options, check) })
  expect(again.map(({ row }) => row)).toEqual(taken)
  return {
    taken,
    lastRow,
    left: faults.filter(({ note }) => note).map(({ code, cells }) => [code, ...cells]),
  }
}

test('a totals row of a table is left out, and said', async () => {
  const file = await fixture('table-totals.xlsx')
  expect(await chosen(file)).toEqual({ taken: [2, 3], lastRow: 3, left: [['totals-row', '4']] })
  const inputs = [
    variable('text-input', { name: 'item', required: true }),
    variable('number', { name: 'amount' }),
  ]
  expect(await chosen(file, { variables: inputs })).toMatchObject({ taken: [2, 3], lastRow: 3 })
})

/** The part of a table over a range, with so many rows of totals. */
function tableParts(...tables: [ref: string, totals: number][]): Record<string, string> {
  const links = tables.map((_, i): [string, string, string] => [
    `rId${i}`,
    'table',
    `../tables/table${i}.xml`,
  ])
  const parts = tables.map(([ref, totals], i) => [
    `xl/tables/table${i}.xml`,
    `<table id="${i}" ref="${ref}" totalsRowCount="${totals}" totalsRowShown="0"/>`,
  ])
  return { 'xl/worksheets/_rels/sheet1.xml.rels': relationships(links), ...Object.fromEntries(parts) }
}

const TABLE: Record<number, Cells> = { 1: ['Name', 'Price'], 2: ['a', 1], 3: ['b', 2], 4: ['Total', 3] }

test('a table that has no totals row, or has hidden it, has none', async () => {
  expect((await chosen(sheet(TABLE, tableParts(['A1:B4', 0])), { variables })).taken).toEqual([2, 3, 4])
})

test('the totals of a table beside ours, or of one further down, do not take a row of ours', async () => {
  const beside = { ...TABLE, 1: ['Name', 'Price', null, 'Kind', 'Sum'], 3: ['b', 2, null, 'Total', 7] }
  expect((await chosen(sheet(beside, tableParts(['D1:E3', 1])), { variables })).taken).toEqual([2, 3, 4])
  expect((await chosen(sheet(TABLE, tableParts(['A3:B4', 1])), { variables })).taken).toEqual([2, 3, 4])
})

test('data goes on below a totals row', async () => {
  const more = { ...TABLE, 5: ['c', 4] }
  expect(await chosen(sheet(more, tableParts(['A1:B4', 1])), { variables })).toEqual({
    taken: [2, 3, 5],
    lastRow: 5,
    left: [['totals-row', '4']],
  })
})

test('a damaged table, or one with absurd totals, leaves out nothing above it', async () => {
  const broken = { ...tableParts(['A1:B4', 1]), 'xl/tables/table0.xml': '<table ref="A1:B4"' }
  expect((await chosen(sheet(TABLE, broken), { variables })).taken).toEqual([2, 3, 4])
  const absurd = sheet({ ...TABLE, 5: ['c', 4] }, tableParts(['A1:B4', 999]))
  expect((await chosen(absurd, { variables })).taken).toContain(5)
})

test('a remark below the table is left out, and said', async () => {
  const file = await fixture('notes-below.xlsx')
  const expected = { taken: [2, 3], lastRow: 3, left: [['below-table', '6']] }
  expect(await chosen(file)).toEqual(expected)
  expect(await chosen(file, { variables })).toEqual(expected)
  expect(await chosen(file, { variables: [NAME] })).toMatchObject({ taken: [2, 3] })
})

const HEAD: Record<number, Cells> = { 1: ['Name', 'Price', 'Note'], 2: ['a', 1, 'x'], 3: ['b', 2, 'y'] }

const remarks: [what: string, rows: Record<number, Cells>, left: string[]][] = [
  ['a line that begins as remarks do', { 5: ['备注：以上不含税'] }, ['5']],
  ['a footnote', { 5: ['* without tax'] }, ['5']],
  ['a list of notes', { 5: ['Notes:'], 6: ['1. without tax'], 7: ['2. per piece'] }, ['5', '6', '7']],
  ['a line in a column that is not needed', { 5: [null, null, 'prices of May'] }, ['5']],
  ['several, with blank rows between', { 5: [null, null, 'one'], 8: [null, null, 'two'] }, ['5', '8']],
  ['a cell right below, where nothing is needed', { 4: [null, null, 'prices of May'] }, ['4']],
]

test.each(remarks)('%s below the table is a remark', async (_, rows, left) => {
  const found = await chosen(sheet({ ...HEAD, ...rows }), { variables })
  expect(found).toEqual({ taken: [2, 3], lastRow: 3, left: [['below-table', ...left]] })
})

const data: [what: string, rows: Record<number, Cells>, taken: number[]][] = [
  ['a needed value after a blank row', { 5: ['c'] }, [2, 3, 5]],
  ['a full row after a blank one', { 5: ['c', 3, 'z'] }, [2, 3, 5]],
  ['as many cells as the shortest row has', { 5: ['c', 3], 6: [null, 4, 'z'] }, [2, 3, 5, 6]],
  ['a row like a remark before more data', { 5: ['Note: more'], 6: ['c', 3, 'z'] }, [2, 3, 5, 6]],
  ['a needed value right below', { 4: ['Note: c'] }, [2, 3, 4]],
  ['a list that no remark begins', { 5: ['1. c'], 6: ['2. d'] }, [2, 3, 5, 6]],
]

test.each(data)('%s is data', async (_, rows, taken) => {
  const found = await chosen(sheet({ ...HEAD, ...rows }), { variables })
  expect(found).toEqual({ taken, lastRow: taken.at(-1) ?? 0, left: [] })
})

test('where a row of the data has a single cell, single cells are data', async () => {
  const rows = { ...HEAD, 3: ['b'], 6: ['Source: c'] }
  expect((await chosen(sheet(rows), { variables: [NAME] })).taken).toEqual([2, 3, 6])
})

test('a sheet of one column has no remarks', async () => {
  const rows = { 1: ['Name'], 2: ['a'], 3: ['b'], 6: ['Note: c'] }
  expect((await chosen(sheet(rows), { variables: [NAME] })).taken).toEqual([2, 3, 6])
})

test('more rows than any remark has are data, and in their order', async () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i + 6, [null, null, `x${i}`]]))
  const found = await chosen(sheet({ ...HEAD, ...many }), { variables })
  expect(found.taken).toEqual([2, 3, ...Array.from({ length: 30 }, (_, i) => i + 6)])
})

test('a person can say where the table ends, and then nothing is guessed', async () => {
  const file = await fixture('notes-below.xlsx')
  expect(await chosen(file, { variables, lastRow: 6 })).toEqual({ taken: [2, 3, 6], lastRow: 6, left: [] })
  expect(await chosen(file, { variables, lastRow: 2 })).toEqual({
    taken: [2],
    lastRow: 2,
    left: [['below-table', '3', '6']],
  })
  const totals = await fixture('table-totals.xlsx')
  expect((await chosen(totals, { lastRow: 4 })).taken).toEqual([2, 3, 4])
})

test('hidden rows are left out where only visible ones are chosen', async () => {
  const hidden = rowsXml([['b', 2]], 3).replace('<row ', '<row hidden="1" ')
  const file = xlsx({
    data:
      rowsXml([
        ['Name', 'Price'],
        ['a', 1],
      ]) +
      hidden +
      rowsXml([['c', 3]], 4),
  })
  expect(await chosen(file, { variables })).toEqual({
    taken: [2, 3, 4],
    lastRow: 4,
    left: [['hidden-rows', '3']],
  })
  expect(await chosen(file, { variables, rows: 'visible' })).toEqual({
    taken: [2, 4],
    lastRow: 4,
    left: [['hidden-rows-left-out', '3']],
  })
})

test('only rows of the chosen ranges are taken, and only they count against the limit', async () => {
  const file = sheet({
    1: ['Name', 'Price'],
    ...Object.fromEntries([2, 3, 4, 5, 6].map((row) => [row, ['a', row]])),
  })
  const rows = [
    { from: 2, to: 2 },
    { from: 4, to: 5 },
  ]
  expect(await chosen(file, { variables, rows })).toEqual({
    taken: [2, 4, 5],
    lastRow: 6,
    left: [['rows-left-out', '3', '6']],
  })
  expect(await checked(file, { variables, rows }, { maxRows: 3 })).toMatchObject({ rows: 3 })
  expect(await checked(file, { variables, rows: [] })).toMatchObject({
    good: 0,
    faults: [{ code: 'no-rows' }, {}],
  })
})

describe('conditions', () => {
  const file = sheet({
    1: ['Name', 'Price', 'Status'],
    2: ['a', 2, 'Done'],
    3: ['b', 3],
    4: ['c', 4, ' done '],
    5: ['d', 5, 'new'],
    6: ['e', 6, '  '],
  })
  const of = (...texts: string[]) => chosen(file, { variables, where: texts.map(rowConditionOf) })

  test.each([
    [['Status=done'], [2, 4]],
    [['status != DONE'], [3, 5, 6]],
    [['Status='], [3, 6]],
    [['Status!='], [2, 4, 5]],
    [['C=new'], [5]],
    [['Price=3'], [3]],
    [['Status=', 'Name!=b'], [6]],
  ])(
    '%p take the rows that show it, in whatever case, and say that the others are left out',
    async (texts, rows) => {
      const { taken, lastRow, left } = await of(...texts)
      expect(taken).toEqual(rows)
      expect(lastRow).toBe(6)
      const others = [2, 3, 4, 5, 6].filter((row) => !rows.includes(row)).map(String)
      expect(left).toEqual([['rows-left-out', ...others]])
    },
  )

  test('about a column that is not there are refused with those that are', async () => {
    await expect(of('State=done')).rejects.toThrow('There is no column “State” for the condition.')
    const twice = sheet({ 1: ['Name', 'Price', 'Name'], 2: ['a', 1, 'b'] })
    const where = [rowConditionOf('Name=a')]
    await expect(chosen(twice, { variables: [PRICE], where })).rejects.toThrow(
      'More than one column is headed “Name”.',
    )
  })

  test('and chosen rows must both hold', async () => {
    const where = [rowConditionOf('Status!=new')]
    expect((await chosen(file, { variables, where, rows: [{ from: 4, to: 6 }] })).taken).toEqual([4, 6])
  })
})

test('sums, headings of sections and remarks among the data run, and are said', async () => {
  const list = {
    ...HEAD,
    4: ['Hats'],
    5: ['c', 3, 'z'],
    6: ['d', 4, 'z'],
    7: ['e', 5, 'z'],
    8: ['Total:', 15],
  }
  const found = await chosen(sheet(list), { variables: [NAME] })
  expect(found.taken).toEqual([2, 3, 4, 5, 6, 7, 8])
  expect(found.left).toEqual([['unlike-row', '4', '8']])
})

test('the headings once more, and another table below, run and are said', async () => {
  const again = { ...HEAD, 4: ['Name', 'Price', 'Note'], 5: ['c', 3, 'z'] }
  expect((await chosen(sheet(again), { variables: [NAME] })).left).toEqual([['unlike-row', '4']])
  const wide = { 1: ['Name', 'Price', 'Note', 'Unit'], 2: ['a', 1, 'x', 'g'], 3: ['b', 2, 'y', 'g'] }
  const stacked = { ...wide, 5: ['Colour', 'Code'], 6: ['red', 1], 7: ['blue', 2] }
  expect((await chosen(sheet(stacked), { variables: [NAME] })).left).toEqual([['unlike-row', '5', '6', '7']])
  const spaced = { ...wide, 5: ['c', 3, 'x', 'g'], 7: ['d', null, null, 'g'], 8: ['e', 3, 'z'] }
  expect((await chosen(sheet(spaced), { variables: [NAME] })).left).toEqual([['unlike-row', '7']])
})

test('rows that cannot run, and rows of one cell among others like them, are not unlike the rest', async () => {
  const sparse = { ...HEAD, 4: ['c'], 5: ['d'], 6: ['Total tea', null, 'x'] }
  expect((await chosen(sheet(sparse), { variables: [NAME] })).left).toEqual([])
  const faulty = await checked(sheet({ ...HEAD, 4: ['Total'] }), { variables })
  expect(faulty.faults.map(({ code }) => code)).toEqual(['required'])
  const stopped = await checked(sheet({ ...HEAD, 4: ['Total', 3] }), {
    variables: [{ ...NAME, name: 'kind', label: 'Kind' }],
  })
  expect(stopped.faults.map(({ code }) => code)).toEqual(['missing-column'])
})
