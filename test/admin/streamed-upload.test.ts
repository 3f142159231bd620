import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { servePage } from '../../src/serve/page-server.ts'
import { aBot, later } from '../support/bot.ts'
import { ADMIN_TOKEN, anAdmin } from './support/admin.ts'

const MB = 2 ** 20

/** A multipart body that is made while it is sent: a sheet, and a file of this size. */
function body(boundary: string, bytes: number): ReadableStream<Uint8Array> {
  const part = (name: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\n\r\n`
  const piece = new Uint8Array(MB).fill(97)
  let left = bytes
  const text = new TextEncoder()
  return new ReadableStream({
    start(to) {
      to.enqueue(text.encode(`${part('orders.csv')}Name,Key features\nKettle,hot\n\r\n${part('scan.tif')}`))
    },
    pull(to) {
      if (left > 0) {
        to.enqueue(piece.slice(0, Math.min(MB, left)))
        left -= MB
        return
      }
      to.enqueue(text.encode(`\r\n--${boundary}--\r\n`))
      to.close()
    },
  })
}

test('300 MB beside a sheet go to disk as they arrive, and memory does not grow by them', async () => {
  const { baseURL, left } = await listening()
  Bun.gc(true)
  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
  const response = await fetch(`${baseURL}/api/batch/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'multipart/form-data; boundary=edge' },
    body: body('edge', 300 * MB),
  })
  clearInterval(watch)
  expect(await response.json()).toMatchObject({ rows: 1, files: [{ name: 'scan.tif', size: 300 * MB }] })
  // On a busy machine the collector comes late; whoever keeps the file has all 300.
  expect((most - before) / MB).toBeLessThan(250)
  await until(async () => (await left()).length === 0)
}, 120_000)

test('a client that hangs up in the middle leaves nothing behind', async () => {
  const { baseURL, left } = await listening()
  const { port } = new URL(baseURL)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    [
      'POST /api/batch/upload HTTP/1.1',
      'host: 127.0.0.1',
      `authorization: Bearer ${ADMIN_TOKEN}`,
      'content-type: multipart/form-data; boundary=edge',
      `content-length: ${50 * MB}`,
      '',
      '--edge',
      'content-disposition: form-data; name="file"; filename="a.pdf"',
      '',
      'whole',
      '--edge',
      'content-disposition: form-data; name="file"; filename="b.pdf"',
      '',
      'x'.repeat(3 * MB),
    ].join('\r\n'),
  )
  await until(async () => (await left()).length === 2)
  socket.destroy()
  await until(async () => (await left()).length === 0)
})

test('of a refused or unknown upload nothing is left, either', async () => {
  const { baseURL, left } = await listening()
  const send = (headers: Record<string, string>, more: Record<string, string> = {}) => {
    const form = new FormData()
    form.set('file', new File(['%PDF-1.7'], 'a.pdf'))
    for (const [name, value] of Object.entries(more)) form.set(name, value)
    return fetch(`${baseURL}/api/batch/upload`, { method: 'POST', headers, body: form })
  }
  const known = { authorization: `Bearer ${ADMIN_TOKEN}` }
  expect((await send(known, { heading_row: 'none' })).status).toBe(422)
  expect((await send({})).status).toBe(401)
  await until(async () => (await left()).length === 0)
})

test('a store that fails is no fault of the form: it is logged, and the person gets the id of the log entry', async () => {
  const { call, bot } = await anAdmin()
  bot.files.spool = () => Promise.reject(new Error('no place'))
  const form = new FormData()
  form.set('file', new File(['Name\nKettle'], 'a.csv'))
  const response = await call('/api/batch/upload', { method: 'POST', body: form })
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ code: 'internal' })
})

test('a form that breaks off is one that cannot be read', async () => {
  const { call } = await anAdmin()
  const response = await call('/api/batch/upload', {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=edge' },
    body: '--edge\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nName',
  })
  expect(response.status).toBe(400)
})

test('more files than the limit are refused', async () => {
  const { call, bot } = await anAdmin()
  const form = new FormData()
  for (let i = 0; i < bot.config.limits.maxFiles + 2; i++) form.append('files', new File(['x'], `${i}.txt`))
  const response = await call('/api/batch/upload', { method: 'POST', body: form })
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({
    message: 'Those are more than 2000 files, which is the limit.',
  })
})

/** The page as it really listens, and what is left in its folder for files that are arriving. */
async function listening() {
  const { bot, folder } = await aBot()
  const health = () => Promise.resolve({ ready: true, parts: {} })
  const page = await servePage(bot, { token: ADMIN_TOKEN, health, port: 0 })
  later(() => page.stop(0))
  const left = () => readdir(join(folder, 'files', 'tmp')).catch((): string[] => [])
  return { baseURL: page.address, left }
}

/** Waits for something on disk, which tells nobody. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await Bun.sleep(10)
}
