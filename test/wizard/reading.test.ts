import { describe, expect, test } from 'bun:test'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import type { UploadFile } from '../../src/workbook/types.ts'
import { rowsXml, upload, xlsx } from '../workbook/support/xlsx.ts'
import { saveDraft } from './support/old-draft.ts'
import { aWizard, COPYWRITER, csv, SAMPLE, Visit } from './support/cast.ts'

const PRODUCTS = [
  ['Name', 'Key features', 'Other'],
  ['Kettle', 'hot', 'steams'],
]

function sheets(rows: Record<string, string[][]>): UploadFile {
  const all = Object.entries(rows).map(([name, cells]) => ({ name, data: rowsXml(cells) }))
  return { name: 'products.xlsx', bytes: xlsx({ sheets: all }) }
}

/** At the check of a file. */
async function aCheck(file = SAMPLE) {
  const cast = await aWizard([COPYWRITER])
  const visit = await new Visit(cast.wizard).send(file)
  await visit.press('Next')
  return { ...cast, visit }
}

describe('how a file is read', () => {
  test('is shown, and every change shows at once', async () => {
    const { visit } = await aCheck()
    await visit.press('Reading…')
    expect(visit.prompt.title).toBe('2 of 4 · How is the file read?')
    expect(visit.text).toContain('headings in row 1')
    expect(visit.text).toContain('sent as shown')
    await visit.choose('What is sent for a cell', 'The value behind it')
    expect(visit.prompt.title).toBe('2 of 4 · How is the file read?')
    expect(visit.text).toContain('raw values are sent')
    await visit.press('As Rowbot found it')
    expect(visit.text).toContain('sent as shown')
    expect(visit.labels).not.toContain('As Rowbot found it')
    await visit.press('Done')
    expect(visit.prompt.title).toBe('2 of 4 · Check the upload')
  })

  test('begins below another heading row when the person says so', async () => {
    const { visit } = await aCheck(csv('Name,Key features\nName,Key features\nKettle,hot\n'))
    await visit.press('Reading…')
    await visit.press('Headings and rows…')
    expect(visit.form.fields[0]).toMatchObject({ id: 'row', value: '1' })
    const form = { row: '1', headingRows: '1', lastRow: '', only: '' }
    expect(await visit.answerForm({ ...form, row: 'two' })).toEqual({
      row: 'A whole number from 1 to 1,048,576, please.',
    })
    expect(await visit.answerForm({ ...form, row: ' ２ ' })).toBeUndefined()
    expect(visit.text).toContain('1 row')
    expect(visit.text).toContain('headings in row 2')
  })

  test('ends where the person says, and takes only the rows they name', async () => {
    const { visit, db } = await aCheck(csv('Name,Key features\nA,1\nB,2\nC,3\nD,4\nE,5\n'))
    await visit.press('Reading…')
    await visit.press('Headings and rows…')
    const form = { row: '1', headingRows: '1', lastRow: '5', only: '3-4, 6' }
    expect(await visit.answerForm({ ...form, only: 'the last' })).toEqual({
      only: 'Row numbers of the sheet, please, such as 3-40, 88.',
    })
    expect(await visit.answerForm({ ...form, lastRow: '1' })).toEqual({
      lastRow: 'The table must end below its headings.',
    })
    expect(await visit.answerForm(form)).toBeUndefined()
    expect(visit.text).toContain('to row 5 · only rows 3-4, 6')
    for (const label of ['Done', 'Next', 'Next', 'Start']) await visit.press(label)
    const rows = []
    for await (const chunk of resultRows(db, visit.taskId)) rows.push(...chunk)
    expect(rows.map(({ row, cells }) => [row, cells[0]])).toEqual([
      [3, 'B'],
      [4, 'C'],
    ])
  })

  test('takes only the rows that show what the person wants', async () => {
    const { visit, db } = await aCheck(csv('Name,Key features,Status\nA,1,\nB,2,done\nC,3,\nD,4,new\n'))
    await visit.press('Reading…')
    await visit.press('Headings and rows…')
    const form = { row: '1', headingRows: '1', lastRow: '', only: '', where: 'Status=; Name!=C' }
    expect(await visit.answerForm({ ...form, where: 'done' })).toEqual({
      where: 'A heading, = or !=, and a value, please, such as Tone=formal.',
    })
    expect(await visit.answerForm({ ...form, where: 'State=' })).toEqual({
      where: 'No column, or more than one, has that heading.',
    })
    expect(await visit.answerForm(form)).toBeUndefined()
    expect(visit.text).toContain('only rows where Status=; Name!=C')
    expect(visit.text).toContain('Rows that are not among the chosen ones are left out.')
    for (const label of ['Done', 'Next', 'Next', 'Start']) await visit.press(label)
    const rows = []
    for await (const chunk of resultRows(db, visit.taskId)) rows.push(...chunk)
    expect(rows.map(({ row }) => row)).toEqual([2])
  })

  test('stays on the sheet that the person sees when they name its heading row', async () => {
    const { visit } = await aCheck(
      sheets({
        Codes: [
          ['a', 'b'],
          ['Name', 'Key features'],
          ['Lamp', 'old'],
        ],
        Products: [...PRODUCTS, ['Fan', 'cool']],
      }),
    )
    expect(visit.text).toContain('sheet Products')
    await visit.press('Reading…')
    await visit.press('Headings and rows…')
    await visit.answerForm({ row: '2', headingRows: '1', lastRow: '', only: '' })
    expect(visit.text).toContain('sheet Products')
  })

  test('of a CSV file has its encoding and delimiter, and no number formats', async () => {
    const { visit } = await aCheck(csv('Name;Key features\nKettle;hot\n'))
    await visit.press('Reading…')
    expect(visit.prompt.selects.map(({ label }) => label)).toEqual(['Encoding', 'Cells separated by'])
    expect(visit.text).toContain('UTF-8 · Semicolon ;')
    await visit.choose('Cells separated by', 'Comma')
    expect(visit.text).toContain('No row of this sheet can run as it is')
    await visit.choose('Cells separated by', 'Semicolon')
    expect(visit.text).toContain('The row can run.')
    await visit.choose('Encoding', 'UTF-16LE')
    expect(visit.text).toContain('UTF-16LE')
  })

  test('as raw values and visible rows holds for a corrected file, too', async () => {
    const { visit } = await aCheck(sheets({ Products: PRODUCTS }))
    await visit.press('Reading…')
    await visit.choose('What is sent for a cell', 'The value behind it')
    await visit.choose('Rows', 'Only')
    await visit.press('Done')
    await visit.press('Send another file')
    await visit.answerForm({}, sheets({ Products: PRODUCTS }))
    await visit.press('Reading…')
    expect(visit.text).toContain('raw values are sent · only visible rows')
  })

  test('is forgotten, but for what still holds, when another sheet or file comes', async () => {
    const { visit } = await aCheck(csv('Name,Key features\nName,Key features\nKettle,hot\n'))
    await visit.press('Reading…')
    await visit.press('Headings and rows…')
    await visit.answerForm({ row: '2', headingRows: '1', lastRow: '', only: '' })
    await visit.press('Done')
    await visit.press('Send another file')
    await visit.answerForm({}, csv('Name,Key features\nKettle,hot\n', 'better.csv'))
    expect(visit.text).toContain('1 row')
    expect(visit.text).not.toContain('headings in row')
  })
})

test('columns chosen by hand are those of the same headings in another file, on the sheet that is run', async () => {
  const { visit } = await aCheck(sheets({ Products: PRODUCTS }))
  await visit.press('Columns…')
  await visit.choose('Input', 'Key features')
  await visit.choose('Column', 'Other')
  await visit.press('Done')
  await visit.press('Send another file')
  await visit.answerForm(
    {},
    sheets({
      Notes: [
        ['Other', 'x'],
        ['a', 'b'],
      ],
      Goods: PRODUCTS,
    }),
  )
  expect(visit.text).toContain('sheet Goods')
  expect(visit.text).toContain('Key features ← Other')
})

test('a draft of an older version keeps the sheet and the heading row that were chosen', async () => {
  const { visit, db, wizard } = await aCheck(csv('Name,Key features\nName,Key features\nKettle,hot\n'))
  await saveDraft(db, visit.draftId, (state) => {
    const { reading: _reading, ...rest } = state
    return { ...rest, sheet: 'products', headingRow: 2 }
  })
  expect((await wizard.find(visit.draftId))?.state.reading).toEqual({ sheet: 'products', headingRow: 2 })
})

describe('what is said about it', () => {
  test('asks for a choice where nothing is wrong but the sheet', async () => {
    const above = 'Produkt,Merkmale\nKettle,hot\nPan,flat\nName,Key features\nPan,flat\n'
    const { visit } = await aCheck(csv(above))
    expect(visit.text).toContain('Please choose before anything runs')
    expect(visit.text).toContain('Choose the heading row: Reading… → Headings and rows…')
    await visit.press('Reading…')
    expect(visit.text).toContain('Choose the heading row: Headings and rows…')
  })

  test('offers both rows where the headings may be in two', async () => {
    const { visit } = await aCheck(
      upload(
        xlsx({
          sheets: [
            {
              name: 'Data',
              data: rowsXml([
                ['Product', null, 'Text'],
                ['Name', 'SKU', 'Key features'],
                ['Kettle', 1, 'hot'],
              ]),
            },
          ],
        }),
      ),
    )
    await visit.press('Reading…')
    expect(visit.text).toContain('Row 1 looks like groups over these headings.')
    await visit.press('Headings and rows…')
    await visit.answerForm({ row: '1', headingRows: '2', lastRow: '', only: '' })
    expect(visit.text).toContain('headings in rows 1 and 2')
    expect(visit.text).not.toContain('looks like groups')
  })

  test('keeps notes apart from what stops rows', async () => {
    const bytes = new Uint8Array(Buffer.from('Name,Key features,Tone\nCaf\xe9,br\xfbl\xe9,loud\n', 'latin1'))
    const { visit } = await aCheck({ name: 'noms.csv', bytes })
    expect(visit.text).toMatch(/can run as it is[^]*“loud”[^]*\nWorth knowing\nThe text was read as/)
    await visit.press('Reading…')
    expect(visit.text).toMatch(/\nWorth knowing\nThe text was read as/)
  })
})
