import type { ReadableFile } from '../app.ts'
import { extensionIn } from '../file-store.ts'

/** What an invoice says by plain rules; '' for what was not found. */
export interface InvoiceFields {
  number: string
  /** as YYYY-MM-DD, or as it stands there if day and month could be swapped */
  date: string
  total: number | ''
  /** ISO code of the currency */
  currency: string
}

/** The text of a text-like file; undefined for everything else, and for a PDF whose text is compressed. */
export function textIn({ name, bytes }: ReadableFile): string | undefined {
  if (!bytes) return undefined
  switch (extensionIn(name)) {
    case 'txt':
    case 'csv':
    case 'md':
      return new TextDecoder().decode(bytes)
    case 'htm':
    case 'html':
      return htmlText(new TextDecoder().decode(bytes))
    case 'pdf':
      return pdfText(new TextDecoder('windows-1252').decode(bytes))
    default:
      return undefined
  }
}

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&nbsp;': ' ',
  '&euro;': '€',
}

function htmlText(html: string): string {
  return html
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<(?:\/tr|\/p|\/div|\/h\d|\/li|br)\b[^>]*>/gi, '\n')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
}

const PDF_STRING = /\(((?:\\[\s\S]|[^\\()])*)\)/g
/** `(text) Tj`, `(text) '` and `[(te) -20 (xt)] TJ`: what a page shows. */
const PDF_SHOWN = /(?:\((?:\\[\s\S]|[^\\()])*\)\s*(?:Tj|')|\[[^\]]*\]\s*TJ)/g

/** One line for each string that is shown; undefined if there is none. */
function pdfText(pdf: string): string | undefined {
  const lines = (pdf.match(PDF_SHOWN) ?? []).map((shown) =>
    [...shown.matchAll(PDF_STRING)].map(([, text = '']) => unescaped(text)).join(''),
  )
  return lines.length === 0 ? undefined : lines.join('\n')
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{1,3}|[\s\S])/g, (_, code: string) =>
    /^[0-7]/.test(code)
      ? new TextDecoder('windows-1252').decode(Uint8Array.of(Number.parseInt(code, 8) & 0xff))
      : code,
  )
}

const NUMBER =
  /(?:invoice|rechnung(?:snummer)?|发票)\s*(?:number|no\.?|nr\.?|号码|号|#)?\s*[:：#]?\s*([A-Z]*[-/]?\d[\w/-]*)/i
const TOTAL = /grand total|amount due|\btotal|gesamtbetrag|合计|总计/i
const SUBTOTAL = /sub-?\s?total|小计/i
const AMOUNT = /\d[\d.,'’ \u00a0]*/g

/** The fields, where a line says what they are. */
export function invoiceIn(text: string): InvoiceFields {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const totals = lines.filter((line) => TOTAL.test(line) && !SUBTOTAL.test(line) && /\d/.test(line))
  const total = totals.at(-1) ?? ''
  return {
    number: NUMBER.exec(text)?.[1] ?? '',
    date: dateIn(text),
    total: amountIn(total),
    currency: currencyIn(total) || currencyIn(text),
  }
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)
const DATES = new RegExp(
  String.raw`(?<!\d)(?:(\d{4}-\d{2}-\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{1,2}) (${MONTHS.join('|')}) (\d{4})|(\d{4})年(\d{1,2})月(\d{1,2})日|(\d{1,2}\/\d{1,2}\/\d{4}))(?!\d)`,
  'gi',
)

/** The first date after the word for it, or else the first at all. */
function dateIn(text: string): string {
  const found = [...text.matchAll(DATES)]
  const word = text.search(/\bdate\b|datum|日期/i)
  const match = found.find(({ index }) => word >= 0 && index > word) ?? found[0]
  if (!match) return ''
  const [whole, , day, month, year, dayOf, name = '', yearOf, y, m, d] = match
  if (year !== undefined) return iso(year, month, day)
  if (yearOf !== undefined) {
    const at = MONTHS.findIndex((one) => one.toLowerCase() === name.toLowerCase())
    return iso(yearOf, String(at + 1), dayOf)
  }
  return y === undefined ? whole : iso(y, m, d)
}

function iso(year: string, month = '', day = ''): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** The last amount of a line: “1,190.00” as well as “1.190,00”. */
function amountIn(line: string): number | '' {
  const amount = line
    .match(AMOUNT)
    ?.at(-1)
    ?.replaceAll(/['’ \u00a0]/g, '')
    .replace(/[.,]+$/, '')
  if (amount === undefined) return ''
  const cents = /[.,](\d{1,2})$/.exec(amount)
  const units = (cents ? amount.slice(0, cents.index) : amount).replaceAll(/[.,]/g, '')
  return Number(`${units}.${cents?.[1] ?? '0'}`)
}

const SIGNS: [currency: string, sign: RegExp][] = [
  ['EUR', /€|\bEUR\b/],
  ['USD', /\$|\bUSD\b/],
  ['GBP', /£|\bGBP\b/],
  ['CNY', /¥|\bCNY\b|元/],
]

function currencyIn(text: string): string {
  return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? ''
}
