import { describe, expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import type { FileInput, Inputs } from '../../../src/engine/task.ts'
import type { App, Variable } from '../../../src/engine/workflow.ts'
import { appNamed, sandboxForTests } from '../support/cast.ts'
import { serve } from '../support/serve.ts'

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
  expect(outcome.kind).toBe('succeeded')
  expect(hit?.inputs['picture']).toEqual(picture)
})

test('where the app takes uploads only, each file is fetched and uploaded as the row’s own user', async () => {
  await using files = serve(
    (request) => new Response('%PDF', { headers: { 'content-type': typeOf(new URL(request.url).pathname) } }),
  )
  const documents = [file(`${files.url}/a.pdf`), file(`${files.url}/b.txt`)]
  const { outcome, hit } = await run({ documents }, [DOCUMENTS])
  expect(outcome.kind).toBe('succeeded')
  expect(hit?.inputs['documents']).toEqual([
    { type: 'document', transfer_method: 'local_file', upload_file_id: expect.any(String) },
    { type: 'document', transfer_method: 'local_file', upload_file_id: expect.any(String) },
  ])
})

test('the files that come with a call are fetched and uploaded in the same way', async () => {
  await using files = serve(() => new Response('%PDF', { headers: { 'content-type': 'application/pdf' } }))
  const { key } = appNamed(here.sandbox, 'Support assistant')
  const access = { baseUrl: here.sandbox.url, apiKey: key, mode: 'advanced-chat' } as const
  const app = openApp({ ...access, allowPrivateFiles: true })
  const outcome = await app.run({
    inputs: { query: 'What is this?', files: [file(`${files.url}/a.pdf`)] },
    variables: [{ ...DOCUMENTS, name: 'files', attached: true }],
    user: 'attached',
    signal: AbortSignal.timeout(5_000),
    onProgress() {},
  })
  expect(outcome.kind).toBe('succeeded')
  expect(here.sandbox.hits().find(({ user }) => user === 'attached')?.files).toEqual([
    { type: 'document', transfer_method: 'local_file', upload_file_id: expect.any(String) },
  ])
})

test('a redirect is followed to the file', async () => {
  await using files = serve((request) =>
    request.url.endsWith('/moved') ? Response.redirect('/real.pdf', 302) : new Response('%PDF'),
  )
  expect((await run({ documents: [file(`${files.url}/moved`)] }, [DOCUMENTS])).outcome.kind).toBe('succeeded')
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
      expect(outcome.kind).toBe(means)
      expect(hit).toBeUndefined()
    })
  }

  test('because its server is not there: failed, as there is no run to look for', async () => {
    const { outcome } = await run({ documents: [file('http://127.0.0.1:1/a.pdf')] }, [DOCUMENTS])
    expect(outcome.kind).toBe('failed')
  })

  test('when the row’s time is up: lost, as with every abort', async () => {
    await using files = serve(() => new Promise<Response>(() => {}))
    const signal = AbortSignal.timeout(20)
    const { outcome } = await run({ documents: [file(`${files.url}/a.pdf`)] }, [DOCUMENTS], {}, signal)
    expect(outcome.kind).toBe('lost')
  })
})

describe('an upload that Dify does not take', () => {
  for (const [fault, means] of [
    [{ status: 413, code: 'file_too_large' }, 'rejected'],
    [{ status: 415, code: 'unsupported_file_type' }, 'rejected'],
    [{ status: 401, code: 'unauthorized' }, 'halted'],
    [{ status: 429, code: 'too_many_requests' }, 'throttled'],
    [{ status: 500, code: 'internal_server_error' }, 'failed'],
    [{ status: 504, html: '<title>504</title>' }, 'throttled'],
  ] as const) {
    test(`${fault.status}: ${means}, never lost, as nothing was run`, async () => {
      await using files = serve(() => new Response('%PDF'))
      here.sandbox.misbehave({ refuse: fault }, { route: 'upload' })
      const { outcome } = await run({ documents: [file(`${files.url}/a.pdf`)] }, [DOCUMENTS])
      expect(outcome.kind).toBe(means)
    })
  }
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
      const { outcome } = await run(inputs, [DOCUMENTS], {}, undefined, false)
      expect(outcome.kind).toBe('rejected')
    })
  }
})

async function run(
  inputs: Inputs,
  variables: Variable[],
  fileLimits: App['fileLimits'] = {},
  signal = AbortSignal.timeout(5_000),
  allowPrivateFiles = true,
) {
  const { key } = appNamed(here.sandbox, 'Every input')
  const access = { baseUrl: here.sandbox.url, apiKey: key, mode: 'workflow' } as const
  const app = openApp({ ...access, fileLimits, allowPrivateFiles })
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

function file(url: string, type: FileInput['type'] = 'document'): FileInput {
  return { type, transfer_method: 'remote_url', url }
}

function typeOf(path: string): string {
  return path.endsWith('.pdf') ? 'application/pdf' : ''
}
