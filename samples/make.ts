/*
 * Makes samples/test_batch_data.xlsx, the workbook of five rows that the demo runs: `bun samples/make.ts`.
 * Its columns feed the sandbox app “Product copywriter”; SKU feeds nothing and comes back in the result.
 */
import { join } from 'node:path'
import ExcelJS from 'exceljs'

const HEADINGS = ['SKU', 'Name', 'Key features', 'Tone', 'Max words']
const ROWS = [
  [
    '00417',
    'Kettle 1.7 l',
    'Boils in 3 min, keeps warm for 1 h, lime filter to take out and wash',
    'formal',
    60,
  ],
  [
    '00418',
    'Desk lamp “Lumo”',
    'Five brightness levels, warm to cold light, USB-C on the foot',
    'casual',
    50,
  ],
  [
    '00523',
    'Rain jacket, children’s',
    'Sealed seams, reflective stripes, grows along: cuffs to roll down',
    'playful',
    40,
  ],
  ['00731', '折叠自行车', '三秒折叠，车重 9.8 公斤，可带上地铁', 'casual', 80],
  ['00902', 'Noise-cancelling headphones', '35 h battery, two devices at once, folds flat 🎧', null, null],
]

const workbook = new ExcelJS.Workbook()
workbook.creator = 'Rowbot'
workbook.created = workbook.modified = new Date(Date.UTC(2025, 0, 1))
const sheet = workbook.addWorksheet('Products', { views: [{ state: 'frozen', ySplit: 1 }] })
sheet.columns = [{ width: 10 }, { width: 30 }, { width: 64 }, { width: 12 }, { width: 12 }]
sheet.addRow(HEADINGS).font = { bold: true }
for (const row of ROWS) sheet.addRow(row)
sheet.getColumn(1).numFmt = '@'
await workbook.xlsx.writeFile(join(import.meta.dir, 'test_batch_data.xlsx'))
