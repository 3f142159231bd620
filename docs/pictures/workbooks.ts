import ExcelJS from 'exceljs'

const GOODS = ['Kettle 1.7 l', 'Desk lamp', 'Folding bicycle', 'Rain jacket', 'Travel mug', 'Bookshelf']
const FEATURES = [
  'boils in 3 min, steel',
  'warm light, USB-C',
  '9.8 kg, folds in 3 s',
  'seams taped',
  'keeps 6 h warm',
  'oak, 5 boards',
]
const TONES = ['formal', 'casual', 'playful']

export interface Product {
  name: string | null
  features: string
  tone: string
  maxWords?: number
}

/** @param change of the row with this number, as the sheet has it: the first is 2 */
export function products(rows: number, change: (row: number) => Partial<Product> = () => ({})): Product[] {
  return Array.from({ length: rows }, (_, i) => ({
    name: `${GOODS[i % GOODS.length]}${i < GOODS.length ? '' : ` ${1 + Math.floor(i / GOODS.length)}`}`,
    features: FEATURES[i % FEATURES.length] ?? '',
    tone: TONES[i % TONES.length] ?? '',
    ...change(i + 2),
  }))
}

export async function workbookOf(all: Product[]): Promise<Uint8Array> {
  const hasWords = all.some(({ maxWords }) => maxWords !== undefined)
  const headings = ['Name', 'Key features', 'Tone', ...(hasWords ? ['Max words'] : []), 'SKU']
  const rows = all.map(({ name, features, tone, maxWords }, i) => [
    name,
    features,
    tone,
    ...(hasWords ? [maxWords ?? null] : []),
    `${1_000 + i}`,
  ])
  return workbook('Products', [headings, ...rows])
}

async function workbook(sheet: string, rows: (string | number | null)[][]): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  book.addWorksheet(sheet).addRows(rows)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

/** Narrow enough for a phone to show its rows as a table. */
export async function giftWorkbook(
  rows: number,
  change: (row: number) => Partial<Product>,
): Promise<Uint8Array> {
  const all = Array.from({ length: rows }, (_, i) => {
    const [name = '', features = ''] = GIFTS[i % GIFTS.length] ?? []
    return { name, features, tone: TONES[i % TONES.length] ?? '', ...change(i + 2) }
  })
  const cells = all.map(({ name, features, tone }) => [name, features, tone])
  return workbook('Gifts', [['Name', 'Features', 'Tone'], ...cells])
}

const GIFTS = [
  ['Kettle', '1.7 l'],
  ['Desk lamp', 'USB-C'],
  ['Raincoat', '340 g'],
  ['Mug', '6 h warm'],
  ['Backpack', '24 l'],
]

export function letterWorkbook(): Promise<Uint8Array> {
  return workbook('Letters', [['Customer', 'Message'], ...LETTERS])
}

const LETTERS = [
  ['Ada Lind', 'The kettle arrived with a dent in its lid. Can I have a new lid?'],
  ['Jun Mori', 'Is the rain jacket also made for children?'],
  ['Eva Roth', 'My invoice names the wrong company. Please send a new one.'],
]

/** Rows with long texts that do not pack well: such a workbook has so many bytes, and a little more. */
export async function largeWorkbook(bytes: number): Promise<Uint8Array> {
  const text = () => Buffer.from(crypto.getRandomValues(new Uint8Array(CELL_BYTES))).toString('base64')
  const rows = products(Math.ceil(bytes / CELL_BYTES)).map(({ name, features, tone }) => [
    name,
    features,
    tone,
    text(),
  ])
  return workbook('Products', [['Name', 'Key features', 'Tone', 'Photo'], ...rows])
}

/** A cell has room for 32,767 characters; base64 needs four for three bytes. */
const CELL_BYTES = 24_000
