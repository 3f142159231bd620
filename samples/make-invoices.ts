/*
 * Makes samples/invoices/, six invoices as text, HTML and PDF, and samples/invoices.csv, a sheet that names them:
 * `bun samples/make-invoices.ts`. The sandbox app “Invoice reader” reads them.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

interface Invoice {
  file: string
  customer: string
  lines: string[]
}

const INVOICES: Invoice[] = [
  {
    file: 'INV-2026-001.pdf',
    customer: 'Harbour Café',
    lines: [
      'Invoice number: INV-2026-001',
      'Date: 2026-01-14',
      'To: Harbour Café',
      '12 kg coffee beans  228.00',
      'VAT 19 %  43.32',
      'Total EUR 271.32',
    ],
  },
  {
    file: 'INV-2026-002.pdf',
    customer: 'Lumo Lighting (UK)',
    lines: [
      'Invoice number: INV-2026-002',
      'Date: 3 February 2026',
      'To: Lumo Lighting (UK)',
      'Subtotal £950.00',
      'Total £1,140.00',
    ],
  },
  {
    file: 'rechnung-417.txt',
    customer: 'Bäckerei Vogt',
    lines: ['Rechnung Nr. 417', 'Datum: 19.02.2026', 'An: Bäckerei Vogt', 'Gesamtbetrag: 1.190,00 €'],
  },
  {
    file: 'INV-2026-004.html',
    customer: 'Smith & Daughters',
    lines: ['Invoice INV-2026-004', 'Date: 2026-03-02', 'To: Smith & Daughters', 'Total: $ 88.40'],
  },
  {
    file: '发票-0052.txt',
    customer: '东方书店',
    lines: ['发票号码：0052', '日期：2026年3月9日', '客户：东方书店', '合计：¥360.00'],
  },
  {
    file: 'INV-2026-006.txt',
    customer: 'Harbour Café',
    lines: ['Invoice number: INV-2026-006', 'Date: 2026-03-31', 'To: Harbour Café', 'Total due: EUR 96.00'],
  },
]

const folder = join(import.meta.dir, 'invoices')
await mkdir(folder, { recursive: true })
for (const { file, lines } of INVOICES) await Bun.write(join(folder, file), bytesOf(file, lines))
const rows = INVOICES.map(({ file, customer }) => `${customer},${file}`)
await Bun.write(join(import.meta.dir, 'invoices.csv'), `${['Customer,Invoice', ...rows].join('\n')}\n`)

function bytesOf(file: string, lines: string[]): string | Buffer {
  if (file.endsWith('.pdf')) return pdf(lines)
  return file.endsWith('.html') ? html(lines) : `${lines.join('\n')}\n`
}

function html(lines: string[]): string {
  const [title = '', ...rest] = lines.map((line) => line.replaceAll('&', '&amp;'))
  const paragraphs = rest.map((line) => `<p>${line}</p>\n`).join('')
  return `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n${paragraphs}</html>\n`
}

/** One page with its text as plain strings, in the encoding that PDF calls WinAnsi. */
function pdf(lines: string[]): Buffer {
  const escaped = lines.map((line) => line.replaceAll(/[\\()]/g, String.raw`\$&`))
  const text = `BT /F1 12 Tf 72 760 Td 18 TL ${escaped.map((line) => `(${line}) Tj T*`).join('\n')} ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ]
  let file = '%PDF-1.4\n'
  const places = objects.map((object, at) => {
    const place = file.length
    file += `${at + 1} 0 obj\n${object}\nendobj\n`
    return `${String(place).padStart(10, '0')} 00000 n \n`
  })
  const size = objects.length + 1
  file += `xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`
  return Buffer.from(file, 'latin1') // the same as WinAnsi for é and £
}
