import { describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStore } from '../../../src/files/file-store.ts'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import type { FileInput, Inputs } from '../../../src/engine/task.ts'
import type { App, Variable } from '../../../src/engine/workflow.ts'
import { appNamed, sandboxForTests } from '../support/cast.ts'
import { serve } from '../support/serve.ts'
import { later } from '../../support/bot.ts'
import { aFileStore } from '../../support/file-store.ts'
import { spoken } from '../../support/spoken.ts'

const here = sandboxForTests()
const DOCUMENTS: Variable = {
  name: 'documents',
  label: 'Documents',
  type: 'file-list',
  required: false,
  remoteUrls: false,
}
const PICTURE: Variable = {
  name: 'picture',
  label: 'Picture',
  type: 'file',
  required: false,
  remoteUrls: true,
}

test('a file by its address is sent as it is where the app takes addresses', async () => {
  const picture = file('https://example.com/cat.png', 'image')
  const { outcome, hit } = await run({ picture }, [PICTURE])
  expect(spoken(outcome.kind)).toBe('succeeded')
  expect(hit?.inputs['picture']).toEqual(picture)
})

test('where the app takes uploads only, each file is fetched and uploaded as the row’s own user', async () => {
  await using files = serve(
    (request) => new Response('%PDF', { headers: { 'content-type': typeOf(new URL(request.url).pathname) } }),
  )
  const documents = [file(`${files.url}/a.pdf`), file(`${files.url}/b.txt`)]
  const { outcome, hit } = await run({ documents }, [DOCUMENTS])
  expect(spoken(outcome.kind)).toBe('succeeded')
  expect(hit?.inputs['documents']).toEqual([
    { type: 'document', transfer_method: 'local_file', upload_file_id: expect.any(String) },
    { type: 'document', transfer_method: 'local_file', upload_file_id: expect.any(String) },
  ])
})

test('the files that come with a call are fetched and uploaded in the same way', async () => {
  await using files = serve(() => new Response('%PDF', { headers: { 'content-type': 'application/pdf' } }))
  const { key } = appNamed(here.sandbox, 'Support assistant')
  const access = { baseUrl: here.sandbox.url, apiKey: key, mode: 'advanced-chat' } as const
  const app = openApp({ ...access, fileHosts: [new URL(files.url).host], fileSource: aFileStore() })
  const outcome = await app.run({
    inputs: { query: 'What is this?', files: [file(`${files.url}/a.pdf`)] },
    variables: [{ ...DOCUMENTS, name: 'files', attached: true }],
    user: 'attached',
    signal: AbortSignal.timeout(5_000),
    onProgress() {},
  })
  expect(spoken(outcome.kind)).toBe('succeeded')
  expect(here.sandbox.hits().find(({ user }) => user === 'attached')?.files).toEqual([
    { type: 'document', transfer_method: 'local_file', upload_file_id: expect.any(String) },
  ])
})

test('a redirect is followed to the file', async () => {
  await using files = serve((request) =>
    request.url.endsWith('/moved') ? Response.redirect('/real.pdf', 302) : new Response('%PDF'),
  )
  expect(spoken((await run({ documents: [file(`${files.url}/moved`)] }, [DOCUMENTS])).outcome.kind)).toBe(
    'succeeded',
  )
})

test('a link that is in a row twice is fetched and uploaded once', async () => {
  let fetched = 0
  await using files = serve(() => {
    fetched++
    return new Response('text', { headers: { 'content-type': 'text/plain' } })
  })
  const documents = [file(`${files.url}/a.txt`), file(`${files.url}/a.txt`), file(`${files.url}/b.txt`)]
  const { hit } = await run({ documents }, [DOCUMENTS])
  const ids = JSON.stringify(hit?.inputs['documents']).match(/[0-9a-f-]{36}/g) ?? []
  expect(fetched).toBe(2)
  expect(ids[0]).toBe(ids[1] ?? '')
  expect(ids[2]).not.toBe(ids[0] ?? '')
})

test('a file that came along arrives byte by byte, under its name, as the row’s own user', async () => {
  const store = aFileStore()
  const bytes = Buffer.from('0123456789abcdef'.repeat(50_000)) // many pieces of a stream
  const { sha256, size } = await store.put(new Blob([bytes]).stream())
  let got: { user: unknown; name: string; sha256: string; length: string | null } | undefined
  await using server = serve(async (request) => {
    if (!new URL(request.url).pathname.endsWith('/files/upload')) return new Response('', { status: 500 })
    const form = await request.formData()
    const part = form.get('file') as File // of a form that Rowbot sent
    const hash = new Bun.CryptoHasher('sha256').update(await part.arrayBuffer()).digest('hex')
    const length = request.headers.get('content-length')
    got = { user: form.get('user'), name: part.name, sha256: hash, length }
    return Response.json({ id: 'f' }, { status: 201 })
  })
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow', fileSource: store })
  await app.run({
    inputs: { doc: { type: 'document', transfer_method: 'local_file', name: '报告: 1?.pdf', sha256, size } },
    variables: [{ name: 'doc', label: 'Doc', type: 'file', required: true }],
    user: 'me',
    signal: AbortSignal.timeout(5_000),
    onProgress() {},
  })
  expect(got).toEqual({ user: 'me', name: '报告_ 1_.pdf', sha256, length: expect.any(String) })
})

test('a run that is refused because Dify has lost the upload is worth another attempt', async () => {
  const store = aFileStore()
  const { sha256, size } = await store.put(new Blob(['text']).stream())
  await using server = serve((request) =>
    new URL(request.url).pathname.endsWith('/files/upload')
      ? Response.json({ id: 'f' }, { status: 201 })
      : Response.json(
          { code: 'invalid_param', message: 'Invalid upload file', status: 400 },
          { status: 400 },
        ),
  )
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow', fileSource: store })
  const news: string[] = []
  const outcome = await app.run({
    inputs: { doc: { type: 'document', transfer_method: 'local_file', name: 'a.txt', sha256, size } },
    variables: [{ name: 'doc', label: 'Doc', type: 'file', required: true }],
    user: 'me',
    signal: AbortSignal.timeout(5_000),
    onUploading: () => Promise.resolve(void news.push('uploading')),
    onPosting: () => Promise.resolve(void news.push('posting')),
    onProgress() {},
  })
  expect(outcome).toMatchObject({ kind: 'failed', filesGone: true })
  expect(news).toEqual(['uploading', 'posting'])
})

test('a sign-in page in place of the file is not uploaded', async () => {
  await using files = serve(() => new Response('<!doctype html><title>Sign in</title>'))
  const { outcome, hit } = await run({ documents: [file(`${files.url}/a.pdf`)] }, [DOCUMENTS])
  expect(spoken(outcome)).toMatchObject({ kind: 'rejected', error: expect.stringContaining('a web page') })
  expect(hit).toBeUndefined()
})

test('a redirect from a listed host to a private one that is not listed is refused', async () => {
  await using hidden = serve(() => new Response('secret'))
  await using files = serve(() => Response.redirect(`${hidden.url}/a.pdf`, 302))
  const { outcome } = await run({ documents: [file(`${files.url}/a.pdf`)] }, [DOCUMENTS])
  expect(spoken(outcome.kind)).toBe('rejected')
})

test('nothing of a fetched file is left on disk', async () => {
  const path = mkdtempSync(join(tmpdir(), 'rowbot-spool-'))
  await using files = serve(() => new Response('x'.repeat(2 * 1024 * 1024)))
  const { key } = appNamed(here.sandbox, 'Every input')
  const access = { baseUrl: here.sandbox.url, apiKey: key, mode: 'workflow' } as const
  const fileHosts = [new URL(files.url).host]
  for (const document of [1, 10]) {
    const app = openApp({ ...access, fileHosts, fileLimits: { document }, fileSource: new FileStore(path) })
    await app.run({
      inputs: { documents: [file(`${files.url}/a.txt`)] },
      variables: [DOCUMENTS],
      user: `spool-${document}`,
      signal: AbortSignal.timeout(5_000),
      onProgress() {},
    })
  }
  expect(readdirSync(join(path, 'tmp'))).toEqual([])
  rmSync(path, { recursive: true })
})

describe('a file that cannot be had', () => {
  for (const [what, answer, means] of [
    ['is gone', () => new Response('', { status: 404 }), 'rejected'],
    ['cannot be had now', () => new Response('', { status: 503 }), 'failed'],
    ['is too large', () => new Response('x'.repeat(2 * 1024 * 1024)), 'rejected'],
    ['leads in a circle', (request: Request) => Response.redirect(request.url, 302), 'rejected'],
    ['leads to a plain file', () => Response.redirect('file:///etc/passwd', 302), 'rejected'],
  ] as const) {
    test(`because it ${what}: ${means}, and nothing is run`, async () => {
      await using files = serve(answer)
      const { outcome, hit } = await run({ documents: [file(`${files.url}/a.pdf`)] }, [DOCUMENTS], {
        document: 1,
      })
      expect(spoken(outcome.kind)).toBe(means)
      expect(hit).toBeUndefined()
    })
  }

  test('because its server is not there: failed, as there is no run to look for', async () => {
    const { outcome } = await run({ documents: [file('http://127.0.0.1:1/a.pdf')] }, [DOCUMENTS])
    expect(spoken(outcome.kind)).toBe('failed')
  })

  test('when the row’s time is up: lost, as with every abort', async () => {
    await using files = serve(() => new Promise<Response>(() => {}))
    const signal = AbortSignal.timeout(20)
    const { outcome } = await run({ documents: [file(`${files.url}/a.pdf`)] }, [DOCUMENTS], {}, signal)
    expect(spoken(outcome.kind)).toBe('lost')
  })
})

describe('an upload that Dify does not take', () => {
  for (const [fault, means] of [
    [{ status: 413, code: 'file_too_large' }, 'rejected'],
    [{ status: 415, code: 'unsupported_file_type' }, 'rejected'],
    [{ status: 401, code: 'unauthorized' }, 'halted'],
    [{ status: 429, code: 'too_many_requests' }, 'throttled'],
    [{ status: 500, code: 'internal_server_error' }, 'failed'],
  ] as const) {
    test(`${fault.status}: ${means}, never lost, as nothing was run`, async () => {
      await using files = serve(() => new Response('%PDF'))
      here.sandbox.misbehave({ refuse: fault }, { route: 'upload' })
      const { outcome } = await run({ documents: [file(`${files.url}/a.pdf`)] }, [DOCUMENTS])
      expect(spoken(outcome.kind)).toBe(means)
    })
  }
})

describe('an upload that breaks', () => {
  const PAGE = '<title>504</title>'

  /** A server whose uploads break; `answers`: it says what is asked otherwise. */
  async function uploadTo(answers: boolean, breaks: (upload: number) => boolean) {
    const store = aFileStore()
    const { sha256, size } = await store.put(new Blob(['x'.repeat(100_000)]).stream())
    let uploads = 0
    await using server = serve(async (request) => {
      const { pathname } = new URL(request.url)
      if (pathname.endsWith('/parameters') && answers) return Response.json({})
      if (!pathname.endsWith('/files/upload')) return new Response(PAGE, { status: 504 })
      const { byteLength } = await request.arrayBuffer()
      uploads++
      return breaks(uploads) || byteLength < size
        ? new Response(PAGE, { status: 504 })
        : Response.json({ id: 'f' }, { status: 201 })
    })
    const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow', fileSource: store })
    let isPosted = false
    const outcome = await app.run({
      inputs: { doc: { type: 'document', transfer_method: 'local_file', name: 'a.txt', sha256, size } },
      variables: [{ name: 'doc', label: 'Doc', type: 'file', required: true }],
      user: 'me',
      signal: AbortSignal.timeout(5_000),
      onPosting: () => Promise.resolve(void (isPosted = true)),
      onProgress() {},
    })
    return { outcome, uploads, isPosted }
  }

  test('while the server answers nothing else either is not the row’s fault', async () => {
    const { outcome, uploads, isPosted } = await uploadTo(false, () => true)
    expect(outcome).toMatchObject({ kind: 'throttled', inTrouble: true })
    expect([uploads, isPosted]).toEqual([1, false])
  })

  test('while the server answers is tried again, from the beginning of the file', async () => {
    const { uploads, isPosted } = await uploadTo(true, (n) => n < 3)
    expect([uploads, isPosted]).toEqual([3, true])
  })

  test('because the connection is cut in the middle of the file, three times: failed', async () => {
    const store = aFileStore()
    const { sha256, size } = await store.put(new Blob(['x'.repeat(20_000_000)]).stream())
    let uploads = 0
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/files/upload')) {
        uploads++
        request.once('data', () => request.socket.destroy())
      } else response.setHeader('content-type', 'application/json').end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    later(() => server.closeAllConnections())
    later(() => server.close())
    const { port } = server.address() as { port: number } // of a server on TCP
    const baseUrl = `http://127.0.0.1:${port}/v1`
    const app = openApp({ baseUrl, apiKey: 'app-x', mode: 'workflow', fileSource: store })
    const outcome = await app.run({
      inputs: { doc: { type: 'document', transfer_method: 'local_file', name: 'a.txt', sha256, size } },
      variables: [{ name: 'doc', label: 'Doc', type: 'file', required: true }],
      user: 'me',
      signal: AbortSignal.timeout(20_000),
      onProgress() {},
    })
    expect(spoken(outcome)).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('Uploading a file: '),
    })
    expect(uploads).toBe(3)
  })

  test('again and again while the server answers is a failure of the row: else it would never end', async () => {
    const { outcome, uploads, isPosted } = await uploadTo(true, () => true)
    expect(spoken(outcome)).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('Uploading a file: '),
    })
    expect([uploads, isPosted]).toEqual([3, false])
  })
})

describe('without leave to fetch from private networks', () => {
  for (const address of [
    'http://example.com/a.pdf',
    'https://127.0.0.1/a.pdf',
    'https://[::1]/a.pdf',
    'https://2130706433/a.pdf',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/a.pdf',
    'https://user:pass@example.com/a.pdf',
    'ftp://example.com/a.pdf',
    'not an address',
  ]) {
    test(`${address} is refused`, async () => {
      const inputs = { documents: [file(address)] }
      const { outcome } = await run(inputs, [DOCUMENTS], {}, undefined, [])
      expect(spoken(outcome.kind)).toBe('rejected')
    })
  }
})

async function run(
  inputs: Inputs,
  variables: Variable[],
  fileLimits: App['fileLimits'] = {},
  signal = AbortSignal.timeout(5_000),
  fileHosts = hostsIn(inputs),
) {
  const { key } = appNamed(here.sandbox, 'Every input')
  const access = { baseUrl: here.sandbox.url, apiKey: key, mode: 'workflow' } as const
  const app = openApp({ ...access, fileLimits, fileHosts, fileSource: aFileStore() })
  const user = `files-${crypto.randomUUID()}`
  const outcome = await app.run({
    inputs: { short_text: 'x', ...inputs },
    variables,
    user,
    signal,
    onProgress() {},
  })
  return { outcome, hit: here.sandbox.hits().find((one) => one.user === user) }
}

/** The hosts of the files of a row: tests serve them on this machine. */
function hostsIn(inputs: Inputs): string[] {
  const files = Object.values(inputs).flat() as FileInput[] // a row of these tests has nothing but files
  return files.flatMap((one) => (one.transfer_method === 'remote_url' ? new URL(one.url).host : []))
}

function file(url: string, type: FileInput['type'] = 'document'): FileInput {
  return { type, transfer_method: 'remote_url', url }
}

function typeOf(path: string): string {
  return path.endsWith('.pdf') ? 'application/pdf' : ''
}
