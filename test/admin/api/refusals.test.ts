import { expect, test } from 'bun:test'
import { aProgram, FAULTY } from './support/program.ts'

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

test('what is wrong with a field is said in the language of whoever asks', async () => {
  const { ask, uploaded } = await aProgram({ runs: false })
  const { upload_id } = await uploaded(FAULTY, 'products.csv')
  const inBoth = async (method: string, path: string, body?: unknown) => {
    const [en, zh] = await Promise.all(
      ['en', 'zh-CN'].map((language) =>
        ask(method, path, body, { headers: { 'accept-language': language } }),
      ),
    )
    return [en?.json, zh?.json].map((json) => (json as { message: string }).message)
  }
  const executed = (wrong: object) => inBoth('POST', '/api/batch/execute', { upload_id, ...wrong })
  expect(await executed({ concurrency: 'many' })).toEqual([
    'concurrency: must be a number.',
    'concurrency：必须是数字。',
  ])
  expect(await executed({ concurrency: 1.5, retries: 99, name: ' ' })).toEqual([
    expect.stringMatching(
      /^name: must not be empty; concurrency: must be a whole number; retries: must be at most \d+\.$/,
    ),
    expect.stringMatching(/^name：不能为空；concurrency：必须是整数；retries：不能大于 \d+。$/),
  ])
  expect(await executed({ upload_id: undefined })).toEqual([
    'upload_id: is missing.',
    'upload_id：没有填写。',
  ])
  expect(await executed({ values: 'x', limit: 'lots' })).toEqual([
    expect.stringMatching(/^values: must be one of shown, raw; limit: must be an amount/),
    expect.stringMatching(/^values：必须是其中之一：shown、raw；limit：必须是金额/),
  ])
  expect(await executed({ skip_faulty: false })).toEqual([
    expect.stringContaining('cannot run'),
    expect.stringMatching(/^[^A-Za-z]*“products”[^A-Za-z]*$/),
  ])
  expect(await inBoth('GET', '/api/batch/?colour=red')).toEqual([
    expect.stringMatching(/^“colour” is not known\. Known: .*[a-z]\.$/),
    expect.stringMatching(/^没有“colour”这个名称。可用的名称：.*[a-z]。$/),
  ])
  expect(await inBoth('GET', '/api/workflows?colour=red')).toEqual([
    '“colour” is not known. This route takes none.',
    '没有“colour”这个名称。这个接口没有参数。',
  ])
  expect(await inBoth('PUT', '/api/usage/limits', { of: 'workflow', id: 'x', per_mont: '5 USD' })).toEqual([
    expect.stringContaining('“per_mont” is not known. Did you mean “per_month”?'),
    expect.stringContaining('是否指“per_month”？'),
  ])
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
