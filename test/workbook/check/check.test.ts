import { expect, test } from 'bun:test'
import { Tally } from '../../../src/workbook/check/tally.ts'
import { checked, prepared } from '../support/inspect.ts'
import { COPYWRITER, variable } from '../support/variables.ts'
import { rowsXml, xlsx } from '../support/xlsx.ts'

const HEADINGS = ['SKU', 'Name', 'Key features', 'Tone']

function products(rows: (string | number | null)[][]) {
  return xlsx({ data: rowsXml([HEADINGS, ...rows]) })
}

test('every fault is told by its cell, gravest and most frequent first', async () => {
  const found = await checked(
    products([
      ['1', 'Kettle', 'boils', 'friendly'],
      ['2', null, 'shines', 'formal'],
      ['3', 'Lamp', 'x'.repeat(1204), 'friendly'],
      ['4', 'Bike', 'folds', 'formal'],
    ]),
    { variables: COPYWRITER },
  )
  expect(found).toMatchObject({ rows: 4, good: 1 })
  expect(found.faults.map(({ cells, count, message }) => [cells, count, message])).toEqual([
    [['D2', 'D4'], 2, '“friendly” is not one of formal, casual, playful.'],
    [['B3'], 1, 'Name is empty, and it is required.'],
    [['C4'], 1, '1,204 characters; Key features takes 1,000.'],
  ])
})

test('each cell of links has its own fault, and each service of share links its own note', async () => {
  const files = variable('file-list', { name: 'files', label: 'Files', maxLength: 2, attached: true })
  const cells = [
    'https://drive.google.com/file/d/a/view\nhttps://a.com/1.pdf',
    'https://www.dropbox.com/s/a/1.pdf?dl=0',
    'https://www.dropbox.com/s/a/2.pdf?dl=0',
    'https://www.dropbox.com/sh/a/b?dl=0',
    'https://a.com/1.pdf, https://a.com/2.pdf; https://a.com/3.pdf',
    'http://a.com/1.pdf',
  ]
  const data = rowsXml([['Files'], ...cells.map((cell) => [cell])])
  const found = await checked(xlsx({ data }), { variables: [files] })
  expect(found).toMatchObject({ rows: 6, good: 3 })
  expect(found.faults.map(({ code, cells, params }) => [code, cells, params['service']])).toEqual([
    ['share-folder', ['A5'], 'Dropbox'],
    ['too-many-files', ['A6'], undefined],
    ['not-https', ['A7'], undefined],
    ['share-link', ['A3', 'A4'], 'Dropbox'],
    ['share-link', ['A2'], 'Google Drive'],
    ['guessed-file-type', ['A2'], undefined],
  ])
})

test('blank rows are passed over, and the numbers of the sheet are kept', async () => {
  const data = `${rowsXml([HEADINGS])}${rowsXml([['1', 'Kettle', 'boils']], 4)}${rowsXml([[null, ' ']], 5)}${rowsXml([['2', 'Lamp', 'shines']], 9)}`
  const rows = await prepared(xlsx({ data }), { variables: COPYWRITER })
  expect(rows.map(({ row }) => row)).toEqual([4, 9])
  expect(rows.map(({ cells }) => cells.length)).toEqual([4, 4])
})

test('a row that cannot run says why, by cell, in English and as data', async () => {
  const options = ['formal', 'casual', 'playful']
  const [row] = await prepared(products([['1', null, 'x', 'casul']]), { variables: COPYWRITER })
  expect(row).toEqual({
    row: 2,
    cells: ['1', null, 'x', 'casul'],
    fault:
      'B2: Name is empty, and it is required. ' +
      'D2: “casul” is not one of formal, casual, playful. Did you mean “casual”?',
    found: [
      { at: 'B2', fault: { code: 'required', label: 'Name' } },
      { at: 'D2', fault: { code: 'not-an-option', label: 'Tone', value: 'casul', options, guess: 'casual' } },
    ],
  })
})

test('without a column for a required input no row can run, and each says so', async () => {
  const bytes = xlsx({ data: rowsXml([['Name'], ['Kettle']]) })
  expect(await checked(bytes, { variables: COPYWRITER })).toMatchObject({
    good: 0,
    faults: [{ code: 'missing-column', fatal: true, params: { label: 'Key features' } }],
  })
  const [row] = await prepared(bytes, { variables: COPYWRITER })
  expect(row?.fault).toStartWith('There is no column for “Key features”, which is required.')
})

test('error cells and uncalculated formulas are told, where they feed nothing only when nothing is sent', async () => {
  const data = `${rowsXml([['Name', 'Key features', 'Sum']])}<row r="2"><c t="str"><v>a</v></c><c t="str"><v>b</v></c><c t="e"><v>#REF!</v></c></row><row r="3"><c t="str"><v>a</v></c><c><f>1</f></c></row>`
  expect((await checked(xlsx({ data }))).faults.map(({ code, cells }) => [code, cells])).toEqual([
    ['error-cell', ['C2']],
    ['uncalculated', ['B3']],
  ])
  const found = await checked(xlsx({ data }), { variables: COPYWRITER })
  expect(found.faults.map(({ code, cells }) => [code, cells])).toEqual([['uncalculated', ['B3']]])
  expect(found.good).toBe(1)
  expect(found.preview[0]?.cells).toEqual(['a', 'b', '#REF!'])
})

test('five thousand same faults are one line with a count', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => [i, 'a', 'b', 'friendly'])
  const { faults } = await checked(products(rows), { variables: COPYWRITER })
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatchObject({ count: 5000, code: 'not-an-option' })
  expect(faults[0]?.cells.slice(0, 3)).toEqual(['D2', 'D3', 'D4'])
  expect(faults[0]?.cells.length).toBeLessThanOrEqual(20)
})

test('five thousand different values are six lines', () => {
  const tally = new Tally()
  for (let i = 0; i < 5000; i++) {
    tally.add(
      { code: 'not-an-option', label: 'Tone', value: `v${i}`, options: ['formal'], guess: 'formal' },
      `D${i}`,
    )
  }
  const groups = tally.groups()
  expect(groups).toHaveLength(6)
  expect(groups[0]).toMatchObject({ count: 4995, message: 'The value is not one of formal.' })
  expect(groups[0]?.hint).toBeUndefined()
})

test('the lengths of texts too long are one line that names the longest', () => {
  const tally = new Tally()
  for (const length of [1001, 1204, 1100])
    tally.add({ code: 'too-long', label: 'Features', length, max: 1000 }, 'C2')
  expect(tally.groups()).toMatchObject([
    {
      count: 3,
      message: 'Up to 1,204 characters; Features takes 1,000.',
      params: { length: 1204, max: 1000 },
    },
  ])
})

test('a sheet with headings and no rows has nothing to run', async () => {
  expect(await checked(products([]), { variables: COPYWRITER })).toMatchObject({
    rows: 0,
    good: 0,
    faults: [{ code: 'no-rows', fatal: true }],
  })
})
