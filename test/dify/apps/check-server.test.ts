import { describe, expect, test } from 'bun:test'
import { askProbe, probesFor, type ServerFact } from '../../../src/dify/apps/check-server.ts'
import type { AppMode } from '../../../src/engine/workflow.ts'
import { sandboxForTests } from '../support/cast.ts'
import { serve } from '../support/serve.ts'

const here = sandboxForTests()

async function check(baseUrl: string, apiKey: string, mode: AppMode): Promise<ServerFact[]> {
  const facts: ServerFact[] = []
  for (const probe of probesFor(mode)) facts.push(await askProbe({ baseUrl, apiKey }, probe))
  return facts
}

test('a healthy server passes every check, and nothing is run', async () => {
  for (const { key, mode } of here.sandbox.apps) {
    const facts = await check(here.sandbox.url, key, mode)
    expect(facts.filter(({ kind }) => kind !== 'fine')).toEqual([])
    expect(facts[0]?.sentence).toContain('on Dify 1.16.1')
    expect(facts[1]?.sentence).toContain('documents up to 15 MB, images up to 10 MB')
  }
  expect(here.sandbox.hits()).toEqual([])
})

test('a workflow is asked most: by run, by user, for its stream, and to stop', () => {
  expect(probesFor('workflow', 'ID').map(({ call }) => `${call.method} ${call.path}`)).toEqual([
    'GET /info',
    'GET /parameters',
    'GET /workflows/run/ID',
    'GET /workflow/ID/events',
    'GET /workflows/logs',
    'POST /workflows/tasks/ID/stop',
  ])
})

describe('a server with a fault', () => {
  const facts = (answer: (path: string) => Response) => async () => {
    await using server = serve((request) => answer(new URL(request.url).pathname))
    return await check(server.url, 'app-x', 'workflow')
  }

  test('and does not know the key is broken', async () => {
    const refused = { code: 'unauthorized', message: 'Access token is invalid', status: 401 }
    const found = await facts(() => Response.json(refused, { status: 401 }))()
    expect(found[0]).toEqual({
      kind: 'broken',
      sentence: 'The app cannot be asked: HTTP 401 unauthorized: “Access token is invalid”.',
    })
  })

  test('and lacks a route, or answers with a page, can do less', async () => {
    const found = await facts((path) =>
      path === '/workflows/logs'
        ? Response.json({ data: [{ id: 'of somebody else' }] })
        : new Response('<title>404</title>', { status: 404, headers: { 'content-type': 'text/html' } }),
    )()
    const kinds = found.map(({ kind }) => kind).join(' ')
    expect(kinds).toBe('broken broken warning warning warning warning')
    expect(found[4]?.sentence).toContain('everybody’s runs')
  })

  test('and streams without an end does not keep the check', async () => {
    const endless = () =>
      new Response(new ReadableStream({ start: (one) => one.enqueue('event: ping\n\n') }), {
        headers: { 'content-type': 'text/event-stream' },
      })
    const found = await facts(endless)()
    expect(found[3]).toMatchObject({ kind: 'warning', sentence: expect.stringContaining('joined again') })
  })

  test('and is not there says so', async () => {
    expect((await check('http://127.0.0.1:1', 'app-x', 'workflow'))[0]).toMatchObject({
      kind: 'broken',
      sentence: expect.stringContaining('ECONNREFUSED'),
    })
  })
})
