import { describe, expect, test } from 'bun:test'
import {
  type ConsoleAccess,
  consoleAccess,
  deleteAppKey,
  listAppKeys,
  listConsoleApps,
  makeAppKey,
} from '../../../src/dify/console/console.ts'
import { SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE } from '../../../src/dify/sandbox/console.ts'
import { productCopywriter } from '../../../src/dify/sandbox/apps/product-copywriter.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import { aSandbox, later } from '../../support/bot.ts'
import { serve } from '../support/serve.ts'

const APP = '0e8f1c1e-2f8e-4d0a-9a57-0d1c7d4c3f10'

function accessTo(url: string, changed: Partial<ConsoleAccess> = {}): ConsoleAccess {
  return { baseUrl: url, adminKey: SANDBOX_ADMIN_KEY, workspaceId: SANDBOX_WORKSPACE, ...changed }
}

/** A server that gives this answer to everything. */
function answering(answer: (request: Request) => Response) {
  return accessTo(`${served(answer)}/v1`)
}

function served(answer: (request: Request) => Response): string {
  const server = serve(answer)
  later(() => server[Symbol.asyncDispose]())
  return server.url
}

async function refusalOf(work: Promise<unknown>): Promise<UserError> {
  const fault: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (fault instanceof UserError) return fault
  throw new Error('it was not refused')
}

describe('what a person gives', () => {
  const given = { adminKey: ' key ', workspaceId: SANDBOX_WORKSPACE.toUpperCase() }

  test.each([
    ['https://dify.example.com/v1/', 'https://dify.example.com/v1'],
    [' https://dify.example.com ', 'https://dify.example.com/v1'],
    ['https://example.com/dify', 'https://example.com/dify/v1'],
  ])('%p is the service API at %p', (baseUrl, expected) => {
    expect(consoleAccess({ ...given, baseUrl })).toEqual({
      baseUrl: expected,
      adminKey: 'key',
      workspaceId: SANDBOX_WORKSPACE,
    })
  })

  test.each([
    [{ baseUrl: 'top-secret-key' }, 'That is not the address of a server.'],
    [{ baseUrl: 'https://mei:top-secret-key@dify.example.com/v1' }, 'That is not the address of a server.'],
    [{ baseUrl: 'https://dify.example.com/v1?key=top-secret-key' }, 'That is not the address of a server.'],
    [{ adminKey: '' }, 'That is not an admin API key.'],
    [{ adminKey: 'top-secret-key\nX-More: 1' }, 'That is not an admin API key.'],
    [{ workspaceId: 'top-secret-key' }, 'That is not the id of a workspace.'],
  ])('%p is refused before anything is sent, and not repeated', (wrong, message) => {
    const asked = () => consoleAccess({ ...given, baseUrl: 'https://dify.example.com', ...wrong })
    expect(asked).toThrow(message)
    expect(asked).not.toThrow(/top-secret-key/)
  })
})

describe('the apps of a workspace', () => {
  test('come over as many pages as there are', async () => {
    const apps = Array.from({ length: 230 }, (_, i) => ({
      ...productCopywriter,
      name: `Copywriter ${i}`,
      key: `app-copywriter-${i}`,
    }))
    const listed = await listConsoleApps(accessTo(aSandbox({ apps }).url))
    expect(listed.map(({ name }) => name)).toEqual(apps.map(({ name }) => name))
    expect(new Set(listed.map(({ id }) => id)).size).toBe(230)
  })

  test('end, though a server says “more” for ever', async () => {
    let calls = 0
    const access = answering(() => {
      calls++
      return Response.json({ data: [{ id: APP, name: 'A', mode: 'chat' }], has_more: true })
    })
    expect(await listConsoleApps(access)).toEqual([{ id: APP, name: 'A', mode: 'chat', description: '' }])
    expect(calls).toBe(2)
  })

  test('are asked for with the key and the workspace, at the address of the console', async () => {
    const seen: string[] = []
    const access = answering(({ url, headers }) => {
      const { pathname, search } = new URL(url)
      seen.push(
        `${pathname}${search} ${headers.get('authorization') ?? ''} ${headers.get('x-workspace-id') ?? ''}`,
      )
      return Response.json({ data: [], total: 0, extra: true })
    })
    expect(await listConsoleApps(access)).toEqual([])
    expect(seen).toEqual([
      `/console/api/apps?page=1&limit=100 Bearer ${SANDBOX_ADMIN_KEY} ${SANDBOX_WORKSPACE}`,
    ])
  })
})

describe('what is not the right answer is said, and what to do', () => {
  const unauthorized = (message: string) => Response.json({ code: 'unauthorized', message }, { status: 401 })

  test.each([
    ['another key', { adminKey: 'wrong-key-of-mine' }],
    ['another workspace', { workspaceId: '00000000-0000-4000-8000-000000000000' }],
  ])('%s', async (_what, changed) => {
    const { message, hint } = await refusalOf(listConsoleApps(accessTo(aSandbox().url, changed)))
    expect(message).toStartWith('Dify does not let this admin API key into this workspace')
    expect(hint).toContain('ADMIN_API_KEY_ENABLE=true')
    expect(`${message} ${hint}`).not.toContain('wrong-key-of-mine')
  })

  test.each<[string, () => Response, string]>([
    [
      'a version that asks for a CSRF token',
      () => unauthorized('CSRF token is missing or invalid.'),
      'This version of Dify lets no admin API key in.',
    ],
    [
      'the page of a proxy, with 200',
      () => new Response('<html><title>Sign in</title>', { headers: { 'content-type': 'text/html' } }),
      'answers, but not as Dify’s API does.',
    ],
    [
      'a server without a console',
      () => new Response('<h1>Not Found</h1>', { status: 404 }),
      'There is no console of Dify at this address.',
    ],
    ['JSON of something else', () => Response.json({ ok: true }), 'answers, but not as Dify’s API does.'],
    [
      'an id that would lead elsewhere',
      () => Response.json({ data: [{ id: '..', name: 'A', mode: 'chat' }] }),
      'answers, but not as Dify’s API does.',
    ],
    [
      'a proxy in trouble',
      () => new Response('<h1>502 Bad Gateway</h1>', { status: 502 }),
      '502 Bad Gateway',
    ],
  ])('%s', async (_what, answer, said) => {
    expect((await refusalOf(listConsoleApps(answering(answer)))).message).toContain(said)
  })

  test('no server there', async () => {
    const sandbox = aSandbox()
    await sandbox.stop()
    expect((await refusalOf(listConsoleApps(accessTo(sandbox.url)))).message).toContain('cannot be reached')
  })

  test('a redirect, which is not followed: the key would go along', async () => {
    const seen: string[] = []
    const elsewhere = served((request) => {
      seen.push(request.url)
      return Response.json({ data: [] })
    })
    const access = answering(() => Response.redirect(`${elsewhere}/console/api/apps`, 302))
    expect((await refusalOf(listConsoleApps(access))).message).toContain(elsewhere)
    expect(seen).toEqual([])
  })

  test('a server that says the key back is not quoted with it', async () => {
    const access = answering((request) => unauthorized(`no: ${request.headers.get('authorization')}`))
    const { message } = await refusalOf(listConsoleApps({ ...access, adminKey: 'a~key/of=mine' }))
    expect(message).toContain('no: ')
    expect(message).not.toContain('a~key')
  })
})

describe('the keys of an app', () => {
  async function anApp() {
    const sandbox = aSandbox()
    const access = accessTo(sandbox.url)
    const app = (await listConsoleApps(access)).find(({ name }) => name === 'Product copywriter')
    if (!app) throw new Error('the sandbox has no copywriter')
    return { sandbox, access, id: app.id }
  }

  test('come newest first; one that is made is among them, until it is deleted', async () => {
    const { access, id } = await anApp()
    const made = await makeAppKey(access, id)
    if (made === 'too many') throw new Error('it has one key so far')
    expect((await listAppKeys(access, id)).map(({ token }) => token)).toEqual([
      made.token,
      productCopywriter.key,
    ])
    await deleteAppKey(access, id, made.id)
    expect((await listAppKeys(access, id)).map(({ token }) => token)).toEqual([productCopywriter.key])
    expect((await refusalOf(deleteAppKey(access, id, made.id))).message).toContain('not_found')
  })

  test('are ten at most', async () => {
    const { access, id } = await anApp()
    for (let i = 0; i < 9; i++) expect(await makeAppKey(access, id)).not.toBe('too many')
    expect(await makeAppKey(access, id)).toBe('too many')
  })

  test('are too many by the code of older versions, too; any other 400 is a refusal', async () => {
    const refusing = (code: string, message: string) =>
      makeAppKey(
        answering(() => Response.json({ code, message }, { status: 400 })),
        APP,
      )
    expect(await refusing('max_keys_exceeded', 'No.')).toBe('too many')
    expect((await refusalOf(refusing('bad_request', 'Not today.'))).message).toContain('Not today.')
  })
})
