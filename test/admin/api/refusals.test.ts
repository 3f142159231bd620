import { expect, test } from 'bun:test'
import { aProgram } from './support/program.ts'

test('an unknown parameter is refused by name, with what is meant or known', async () => {
  const { ask, submit } = await aProgram({ runs: false })
  const { id } = await submit(1)
  for (const [path, words] of [
    ['/api/batch/?page_sise=5', ['“page_sise” is not known', 'Did you mean “page_size”?', 'workflow_id']],
    ['/api/batch/?colour=red', ['“colour” is not known', 'Known: page, page_size']],
    [`/api/batch/${id}/status?page=1`, ['“page” is not known', 'takes none']],
    [`/api/batch/${id}/executions?statsu=failed`, ['Did you mean “status”?']],
  ] as const) {
    const { status, text } = await ask('GET', path)
    expect([path, status]).toEqual([path, 422])
    for (const word of words) expect(text).toContain(word)
  }
  const { json } = await ask('POST', '/api/batch/execute', { upload_id: 'x', retires: 2 })
  expect(json).toMatchObject({ code: 'invalid', message: expect.stringContaining('Did you mean “retries”?') })
})

test('every fault of the API is one shape: problem details, with a code and what to do', async () => {
  const { ask } = await aProgram({ runs: false })
  for (const [method, path, as, status, code] of [
    ['GET', '/api/batch/none/status', 'admin', 404, 'not_found'],
    ['GET', '/api/batch/?page=0', 'admin', 422, 'invalid'],
    ['GET', '/api/batch/', 'nobody', 401, 'signed_out'],
    ['POST', '/api/batch/none/stop', 'viewer', 403, 'read_only'],
    ['GET', '/api/nothing', 'admin', 404, 'not_found'],
    ['PUT', '/api/batch/none/status', 'admin', 405, 'method_not_allowed'],
  ] as const) {
    const answer = await ask(method, path, undefined, { as })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect([path, answer.status, answer.json]).toMatchObject([
      path,
      status,
      {
        type: `urn:rowbot:fault:${code}`,
        title: expect.any(String),
        status,
        detail: expect.any(String),
        code,
        message: expect.any(String),
      },
    ])
  }
})

test('a method that a path does not have is 405, with those that it has', async () => {
  const { ask } = await aProgram({ runs: false })
  for (const [method, path, allow] of [
    ['PUT', '/api/batch/some/status', 'GET'],
    ['GET', '/api/batch/some/stop', 'POST'],
    ['PUT', '/api/workflows', 'GET, POST'],
  ] as const) {
    const answer = await ask(method, path)
    expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow])
  }
})

test('a page of a list links to those around it, with everything else that was asked for', async () => {
  const { ask, submit } = await aProgram({ runs: false })
  const { id } = await submit(5)
  const link = async (page: number) =>
    (await ask('GET', `/api/batch/${id}/executions?page=${page}&page_size=2&status=pending`)).headers.get(
      'link',
    )
  const to = (page: number, rel: string) =>
    `</api/batch/${id}/executions?page=${page}&page_size=2&status=pending>; rel="${rel}"`
  expect(await link(1)).toBe([to(1, 'first'), to(2, 'next'), to(3, 'last')].join(', '))
  expect(await link(2)).toBe([to(1, 'first'), to(1, 'prev'), to(3, 'next'), to(3, 'last')].join(', '))
  expect(await link(3)).toBe([to(1, 'first'), to(2, 'prev'), to(3, 'last')].join(', '))
})
