import { z } from 'zod'
import { input, SANDBOX_NOTE, type ReadableFile, type SandboxApp } from '../app.ts'
import { extensionIn } from '../file-store.ts'
import { invoiceIn, textIn, type InvoiceFields } from './invoice-text.ts'
import { textOf } from './text.ts'

const Reference = z.object({ upload_file_id: z.string().optional(), url: z.string().optional() })
const NOTHING: InvoiceFields = { number: '', date: '', total: '', currency: '' }

/** Reads what was really uploaded, so that a wrong file in a row is seen in its result. */
export const invoiceReader: SandboxApp = {
  name: 'Invoice reader',
  key: 'app-sandbox-invoice-reader',
  mode: 'workflow',
  description:
    'Reads number, date and total from an invoice in a text file, HTML or PDF. Sandbox: no model is called.',
  form: [
    input('file', 'invoice', 'Invoice', {
      required: true,
      allowed_file_types: ['document', 'image'],
      allowed_file_extensions: [],
      allowed_file_upload_methods: ['local_file', 'remote_url'],
    }),
    input('select', 'currency', 'Currency', { options: ['EUR', 'USD', 'GBP', 'CNY'] }),
  ],
  delayMs: 500,
  work(inputs, _query, _files, appFiles) {
    const { upload_file_id: id, url } = Reference.parse(inputs['invoice'])
    const file = id === undefined ? undefined : appFiles.read(id)
    const text = file && textIn(file)
    const found = text === undefined ? NOTHING : invoiceIn(text)
    const currency = textOf(inputs['currency']) || found.currency
    const summary = file ? said(file, text, { ...found, currency }) : `given by its address: ${url ?? ''}`
    const { number, date, total } = found
    const name = file?.name ?? nameIn(url)
    const facts = { file: name, size: file?.size ?? null, type: extensionIn(name).toUpperCase() }
    return {
      outputs: { ...facts, number, date, total, currency, summary, note: SANDBOX_NOTE },
      text: summary,
    }
  },
}

function said(file: ReadableFile, text: string | undefined, found: InvoiceFields): string {
  const { number, date, total, currency } = found
  const what = `${sizeOf(file.size)}, ${extensionIn(file.name).toUpperCase() || 'no ending'}.`
  if (!file.bytes) return `The sandbox stores only small files; ${what}`
  if (text === undefined) return `The sandbox reads only text; ${what}`
  if (number === '' && date === '' && total === '') return `There is no invoice in the text; ${what}`
  const price = total === '' ? 'no total' : `${total.toFixed(2)} ${currency}`.trim()
  return `Invoice ${number || 'without a number'}, ${date || 'no date'}: ${price}`
}

function sizeOf(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KB`
}

function nameIn(url = ''): string {
  return URL.canParse(url) ? decodeURI(new URL(url).pathname.split('/').at(-1) ?? '') : ''
}
