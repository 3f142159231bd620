import { createHash } from 'node:crypto'
import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { SandboxFiles } from '../../../src/dify/sandbox/file-store.ts'
import { SignedLinks } from '../../../src/dify/sandbox/signed-links.ts'
import { startSandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import { apiOf } from '../support/api.ts'
import { sandboxForTests } from '../support/cast.ts'

const here = sandboxForTests()
const { call } = apiOf(() => here.sandbox)

const Uploaded = z.object({ id: z.string(), name: z.string(), size: z.number(), source_url: z.string() })

async function upload(bytes: string | Uint8Array<ArrayBuffer>, name = 'a.txt') {
  const form = new FormData()
  form.set('user', 'u')
  form.set('file', new File([bytes], name, { type: 'text/plain' }))
  const answer = await call('POST', '/files/upload', form)
  expect(answer.status).toBe(201)
  return Uploaded.parse(await answer.json())
}

test('an upload is counted and hashed, and its signed link gives it back', async () => {
  const { id, source_url } = await upload('Hello', 'Rechnung für Zoë.txt')
  const sha256 = createHash('sha256').update('Hello').digest('hex')
  expect(here.sandbox.uploads().at(-1)).toEqual({
    id,
    name: 'Rechnung für Zoë.txt',
    mimeType: 'text/plain',
    user: 'u',
    size: 5,
    sha256,
  })
  expect(source_url).toStartWith(here.sandbox.url.replace('/v1', '/files/'))
  const fetched = await fetch(source_url)
  expect([fetched.status, fetched.headers.get('content-type'), await fetched.text()]).toEqual([
    200,
    'text/plain',
    'Hello',
  ])
})

test('of a large file the size and the hash are known, and the bytes are not stored', async () => {
  const bytes = new Uint8Array(3 * 1024 * 1024).fill(7)
  const { source_url } = await upload(bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  expect(here.sandbox.uploads().at(-1)).toMatchObject({ size: bytes.length, sha256 })
  expect((await fetch(source_url)).status).toBe(404)
})

test('when the store is full, the oldest file makes room', () => {
  const files = new SandboxFiles(new SignedLinks(() => '', 300))
  const bytes = new Uint8Array(2 * 1024 * 1024)
  const add = () =>
    files.add({ name: 'a.txt', mimeType: 'text/plain', size: bytes.length, sha256: '', bytes }, 'u').id
  const ids = Array.from({ length: 33 }, add)
  const stored = ids.map((id) => files.fetchable(id) !== undefined)
  expect(stored).toEqual([false, ...Array<boolean>(32).fill(true)])
})

test('a body that is cut short is no upload', async () => {
  const { key } = here.sandbox.apps[0] ?? { key: '' }
  const answer = await fetch(`${here.sandbox.url}/files/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nHel',
  })
  expect([answer.status, await answer.json()]).toEqual([
    400,
    expect.objectContaining({ code: 'no_file_uploaded' }),
  ])
})

describe('a signed link', () => {
  let seconds = 1_000
  const links = new SignedLinks(
    () => 'http://here',
    300,
    () => seconds * 1000,
  )
  const queryOf = (link: string) => new URL(link).searchParams

  test('works for 300 s', () => {
    const link = queryOf(links.to('/files/a', 'a'))
    seconds += 300
    expect(links.isGood('a', link)).toBe(true)
    seconds += 1
    expect(links.isGood('a', link)).toBe(false)
  })

  test('works for its own file only, and not with another time', () => {
    const link = queryOf(links.to('/files/a', 'a'))
    expect(links.isGood('b', link)).toBe(false)
    link.set('timestamp', String(seconds + 1))
    expect(links.isGood('a', link)).toBe(false)
    expect(links.isGood('a', new URLSearchParams())).toBe(false)
  })
})

describe('uploads that go wrong', () => {
  const isFound = async (id: string) => {
    const picture = { type: 'document', transfer_method: 'local_file', upload_file_id: id }
    const body = { inputs: { short_text: 'x', documents: [picture] }, user: 'u', response_mode: 'blocking' }
    return (await call('POST', '/workflows/run', body, 'Every input')).status === 200
  }

  test('all so far are lost, and the next ones are stored', async () => {
    const { id } = await upload('x')
    expect(await isFound(id)).toBe(true)
    await here.sandbox.cause('uploads-lost')
    expect(await isFound(id)).toBe(false)
    expect(await isFound((await upload('x')).id)).toBe(true)
  })

  test('every second one is lost', async () => {
    here.sandbox.misbehave('upload-lost', { route: 'upload', every: 2, times: 2 })
    const found = []
    for (let n = 0; n < 5; n++) found.push(await isFound((await upload('x')).id))
    expect(found).toEqual([true, false, true, false, true])
  })

  test('the answer takes its time', async () => {
    here.sandbox.misbehave({ delayMs: 50 }, { route: 'upload' })
    const start = performance.now()
    await upload('x')
    expect(performance.now() - start).toBeGreaterThanOrEqual(49)
  })

  for (const [fault, stored] of [
    ['cut-at-once', 0],
    ['cut', 1],
  ] as const) {
    test(`${fault}: no whole answer comes, and ${stored} file is stored`, async () => {
      const before = here.sandbox.uploads().length
      here.sandbox.misbehave(fault, { route: 'upload' })
      expect(await upload('x').catch(() => 'broken')).toBe('broken')
      expect(here.sandbox.uploads().length - before).toBe(stored)
    })
  }
})

describe('from another process', () => {
  const tell = (path: string, wish: object) =>
    fetch(`${here.sandbox.url.replace('/v1', '')}/sandbox/${path}`, {
      method: 'POST',
      body: JSON.stringify(wish),
    })

  test('uploads are lost, and listed', async () => {
    const wish = { fault: 'upload-lost', route: 'upload', every: 2 }
    expect((await tell('faults', wish)).status).toBe(201)
    expect((await tell('trouble', { trouble: 'uploads-lost' })).status).toBe(200)
    const { id } = await upload('over HTTP')
    const Hits = z.object({ uploads: z.array(z.object({ id: z.string(), sha256: z.string() })) })
    const hits = await (await fetch(`${here.sandbox.url.replace('/v1', '')}/sandbox/hits`)).json()
    const sha256 = createHash('sha256').update('over HTTP').digest('hex')
    expect(Hits.parse(hits).uploads.at(-1)).toEqual({ id, sha256 })
  })

  test('a description of a fault that is not one is refused', async () => {
    expect((await tell('faults', { fault: 'upload-lost', every: 0 })).status).toBe(400)
    expect((await tell('faults', { fault: { deadLinks: 'yes' } })).status).toBe(400)
  })
})

test('links that are dead at once, if the server is started so', async () => {
  const sandbox = startSandbox({ linkSeconds: -1 })
  try {
    const form = new FormData()
    form.set('file', new File(['x'], 'a.txt', { type: 'text/plain' }))
    const answer = await apiOf(() => sandbox).call('POST', '/files/upload', form)
    expect((await fetch(Uploaded.parse(await answer.json()).source_url)).status).toBe(404)
  } finally {
    await sandbox.stop()
  }
})
