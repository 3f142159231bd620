import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { invoiceIn } from '../../../src/dify/sandbox/apps/invoice-text.ts'
import { apiOf } from '../support/api.ts'
import { attempt, sandboxForTests } from '../support/cast.ts'
import { recorded } from './support/recorded.ts'
import { differences, eventsIn } from './support/shape.ts'

const here = sandboxForTests()
const { call } = apiOf(() => here.sandbox)
const SAMPLES = join(import.meta.dir, '../../../samples/invoices')

const Answer = z.object({
  workflow_run_id: z.string(),
  data: z.object({ outputs: z.record(z.string(), z.unknown()) }),
})

async function run(app: string, inputs: object) {
  const body = { inputs, user: 'u', response_mode: 'blocking' }
  const { workflow_run_id: id, data } = Answer.parse(
    await (await call('POST', '/workflows/run', body, app)).json(),
  )
  return { id, outputs: data.outputs }
}

async function read(name: string, bytes: Uint8Array<ArrayBuffer>, type = 'document', more = {}) {
  const form = new FormData()
  form.set('user', 'u')
  form.set('file', new File([bytes], name, { type: 'text/plain' }))
  const { id } = z.object({ id: z.string() }).parse(await (await call('POST', '/files/upload', form)).json())
  const invoice = { type, transfer_method: 'local_file', upload_file_id: id }
  return (await run('Invoice reader', { invoice, ...more })).outputs
}

describe('the invoice reader', () => {
  test.each([
    ['INV-2026-001.pdf', 'INV-2026-001', '2026-01-14', 271.32, 'EUR'],
    ['INV-2026-002.pdf', 'INV-2026-002', '2026-02-03', 1140, 'GBP'],
    ['rechnung-417.txt', '417', '2026-02-19', 1190, 'EUR'],
    ['INV-2026-004.html', 'INV-2026-004', '2026-03-02', 88.4, 'USD'],
    ['发票-0052.txt', '0052', '2026-03-09', 360, 'CNY'],
    ['INV-2026-006.txt', 'INV-2026-006', '2026-03-31', 96, 'EUR'],
  ])('reads the sample %s', async (file, number, date, total, currency) => {
    const bytes = new Uint8Array(readFileSync(join(SAMPLES, file)))
    const fields = { file, size: bytes.length, number, date, total, currency }
    expect(await read(file, bytes)).toMatchObject(fields)
  })

  test('the samples’ sheet names each of them', () => {
    const rows = readFileSync(join(SAMPLES, '../invoices.csv'), 'utf8').trim().split('\n')
    const named = rows.slice(1).map((row) => row.split(',')[1] ?? '')
    expect(rows[0]).toBe('Customer,Invoice')
    expect(named).toHaveLength(6)
    for (const name of named) expect(readFileSync(join(SAMPLES, name)).length).toBeGreaterThan(0)
  })

  test('the currency of the row goes first', async () => {
    const bytes = new TextEncoder().encode('Invoice 7\nTotal: $5')
    expect(await read('a.txt', bytes, 'document', { currency: 'EUR' })).toMatchObject({
      summary: 'Invoice 7, no date: 5.00 EUR',
    })
  })

  test('says of a picture what it is', async () => {
    expect(await read('scan.png', new Uint8Array(48 * 1024), 'image')).toMatchObject({
      file: 'scan.png',
      type: 'PNG',
      number: '',
      total: '',
      summary: 'The sandbox reads only text; 48 KB, PNG.',
    })
  })

  test('says of a large file and of an empty one what they are', async () => {
    expect(await read('a.txt', new Uint8Array(3 * 1024 * 1024))).toMatchObject({
      summary: 'The sandbox stores only small files; 3072 KB, TXT.',
    })
    expect(await read('a.txt', new Uint8Array(0))).toMatchObject({
      summary: 'There is no invoice in the text; 0 bytes, TXT.',
    })
  })

  test('fetches nothing that is given by its address', async () => {
    const invoice = { type: 'document', transfer_method: 'remote_url', url: 'https://example.com/a/b.pdf' }
    expect((await run('Invoice reader', { invoice })).outputs).toMatchObject({
      file: 'b.pdf',
      summary: 'given by its address: https://example.com/a/b.pdf',
    })
  })

  test('a subtotal is not the total, and a date that could be two is left as it stands', () => {
    expect(invoiceIn('Invoice no. A-1\n03/04/2026\nSubtotal 10.00\nTotal 12,50\nSub-total 99')).toEqual({
      number: 'A-1',
      date: '03/04/2026',
      total: 12.5,
      currency: '',
    })
  })
})

const OutputFile = z.object({
  url: z.string(),
  filename: z.string(),
  extension: z.string(),
  mime_type: z.string(),
  size: z.number(),
  transfer_method: z.string(),
  dify_model_identity: z.string(),
})

describe('the label maker', () => {
  const INPUTS = { product: 'Kettle 1.7 l', price: 12.5 }
  const made = async (inputs: object = INPUTS) => {
    const { id, outputs } = await run('Label maker', inputs)
    return { id, outputs, label: OutputFile.parse(outputs['label']) }
  }

  test('gives a PNG whose link works without a key', async () => {
    const { label, outputs } = await made()
    expect(label).toMatchObject({
      dify_model_identity: '__dify__file__',
      transfer_method: 'tool_file',
      filename: 'label-kettle-1-7-l.png',
      extension: '.png',
      mime_type: 'image/png',
    })
    expect(outputs).not.toHaveProperty('labels')
    const fetched = await fetch(label.url)
    expect([fetched.status, fetched.headers.get('content-type')]).toEqual([200, 'image/png'])
    const bytes = Buffer.from(await fetched.arrayBuffer())
    expect(bytes.length).toBe(label.size)
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
    const data = bytes.subarray(41, 41 + bytes.readUInt32BE(33)) // after signature, IHDR, and the head of IDAT
    expect(inflateSync(data).length).toBe(height * (width + 1))
  })

  test('gives a list when there are several copies, at most five', async () => {
    for (const [copies, names] of [
      [2, ['label-tea-1.png', 'label-tea-2.png']],
      [9, [1, 2, 3, 4, 5].map((n) => `label-tea-${n}.png`)],
    ] as const) {
      const { outputs } = await made({ product: 'Tea', price: 1, copies })
      const labels = z.array(OutputFile).parse(outputs['labels'])
      expect(labels.map(({ filename }) => filename)).toEqual([...names])
    }
  })

  test('two products have two pictures', async () => {
    const bytesOf = async (product: string) =>
      Buffer.from(await (await fetch((await made({ product, price: 1 })).label.url)).arrayBuffer())
    expect((await bytesOf('Tea')).equals(await bytesOf('Coffee'))).toBe(false)
  })

  test('a forged link is refused in Dify’s words, and a look-up has the old one', async () => {
    const { id, label } = await made()
    const forged = new URL(label.url)
    forged.searchParams.set('timestamp', '1')
    const answer = await fetch(forged)
    expect([answer.status, await answer.json()]).toEqual([
      403,
      { code: 'forbidden', message: 'Invalid request.', status: 403 },
    ])
    const detail = await (await call('GET', `/workflows/run/${id}`, undefined, 'Label maker')).json()
    expect(detail).toMatchObject({ outputs: { label: { url: label.url } } })
  })

  test('its links can be dead at once', async () => {
    here.sandbox.misbehave('dead-links')
    expect((await fetch((await made()).label.url)).status).toBe(403)
    expect((await fetch((await made()).label.url)).status).toBe(200)
  })

  test('a marker in its own text does that, too', async () => {
    const { label } = await made({ product: 'Tea [sandbox: dead-links]', price: 1 })
    expect((await fetch(label.url)).status).toBe(403)
  })

  test('a file among the outputs has the fields of a recorded one, in each event that has it', async () => {
    const body = { inputs: { product: 'Tea', price: 1, copies: 2 }, user: 'u', response_mode: 'streaming' }
    const text = await (await call('POST', '/workflows/run', body, 'Label maker')).text()
    const endOf = (all: string) => eventsIn(all).at(-1)?.body['data']
    const End = z.object({ outputs: z.record(z.string(), z.unknown()), files: z.array(z.unknown()) })
    const real = End.parse(endOf(recorded('file-run').text))
    const ours = End.parse(endOf(text))
    expect(differences(real.outputs['doc'], ours.outputs['label'])).toEqual([])
    expect(differences(real.files[0], ours.files[0])).toEqual([])
    expect(ours.files).toHaveLength(3) // the one in `label`, and the two in `labels`
  })

  test('Rowbot reads its answer', async () => {
    const { outcome } = await attempt(here.sandbox, { app: 'Label maker', inputs: { ...INPUTS } })
    expect(outcome.kind).toBe('succeeded')
  })
})
