import { describe, expect, test } from 'bun:test'
import { outcomeOfBreak, outcomeOfFault, retryAfterMs } from '../../src/dify/client/faults.ts'
import { BY_CODE, outcomeOfRefusal, type Refusal } from '../../src/dify/outcome.ts'
import { resultOfRun } from '../../src/dify/run/run-status.ts'
import { inEnglish } from '../../src/engine/sentence.ts'
import { spoken } from '../support/spoken.ts'

const PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>'

const TOO_MANY =
  'Too many requests. Please try again later. The current maximum concurrent requests allowed for x is 3.'

/** What a server answers, and what that means for the row. Short for kind and, in brackets, what else matters. */
const TABLE: [status: number, code: string | undefined, text: string, means: string][] = [
  // this row never
  [400, 'invalid_param', 'tone is required in input form', 'rejected'],
  [400, 'bad_request', 'Bad', 'rejected'],
  [400, 'conversation_completed', 'ended', 'rejected'],
  [400, 'no_file_uploaded', 'Please upload your file.', 'rejected'],
  [400, 'too_many_files', 'Only one file is allowed.', 'rejected'],
  [400, 'filename_not_exists_error', 'none', 'rejected'],
  [413, 'file_too_large', '', 'rejected'],
  [415, 'unsupported_file_type', 'File type not allowed.', 'rejected'],
  [400, 'a_word_of_next_year', 'No', 'rejected'],
  [400, undefined, '<title>Bad Request</title>', 'rejected'],
  [413, undefined, PAGE, 'rejected'],
  [415, undefined, PAGE, 'rejected'],
  // the error event of a stream whose inputs were wrong: 500, no code
  [500, undefined, 'tone in input form must be one of the following: [‘a’]', 'rejected'],
  [500, undefined, '(type ‘text-input’) name in input form must be a string', 'rejected'],
  // worth another attempt
  [400, 'completion_request_error', 'Completion request failed.', 'failed'],
  // the whole task, at once
  [401, 'unauthorized', 'Access token is invalid', 'halted (sure)'],
  [401, undefined, '<title>Sign in</title>', 'halted (sure)'],
  [403, 'forbidden', 'The app no longer exists.', 'halted (sure)'],
  [403, 'workflow_version_execution_not_allowed', 'Plan', 'halted (sure)'],
  [400, 'app_unavailable', 'App unavailable', 'halted (sure)'],
  [400, 'agent_not_published', 'Publish', 'halted (sure)'],
  [400, 'not_workflow_app', 'mode', 'halted (sure)'],
  [400, 'not_chat_app', 'mode', 'halted (sure)'],
  [400, 'not_completion_app', 'mode', 'halted (sure)'],
  [400, 'provider_not_initialize', 'No credentials', 'halted (sure)'],
  [400, 'provider_quota_exceeded', 'Exhausted', 'halted (sure)'],
  [400, 'model_currently_not_support', 'GPT-4', 'halted (sure)'],
  [429, 'rate_limit_error', 'Rate Limit Error', 'halted (sure)'],
  [400, 'invalid_param', 'Workflow not published', 'halted (sure)'],
  // the whole task, if three rows in a row say so
  [403, undefined, '<title>Attention Required! | Cloudflare</title>', 'halted'],
  [404, 'not_found', 'Workflow not found', 'halted'],
  [404, undefined, '<title>404 Not Found</title>', 'halted'],
  [405, undefined, '<title>405 Not Allowed</title>', 'halted'],
  [405, 'method_not_allowed', 'The method is not allowed', 'halted'],
  [407, undefined, '', 'halted'],
  [301, undefined, '', 'halted'],
  // turned away: costs no attempt
  [429, 'too_many_requests', 'Too many requests.', 'throttled (slow, app)'],
  [400, 'invalid_param', TOO_MANY, 'throttled (slow, app)'],
  [400, 'completion_request_error', 'Rate limit reached for fake-1', 'throttled (slow, provider)'],
  [
    400,
    'completion_request_error',
    'Please try again in 1.5s, rate limit',
    'throttled (slow, provider, 1500 ms)',
  ],
  [429, 'some_other_limit', 'Slow down', 'throttled (slow)'],
  [429, undefined, '<title>Access denied | 1015</title>', 'throttled (slow, proxy, 60000 ms)'],
  // a run may be there: ask first
  [408, undefined, '', 'lost (in trouble)'],
  [500, 'internal_server_error', 'Internal Server Error.', 'lost (in trouble)'],
  [500, 'unknown', 'unknown', 'lost (in trouble)'],
  [500, undefined, '', 'lost (in trouble)'],
  [502, undefined, PAGE, 'lost (in trouble)'],
  [503, undefined, PAGE, 'lost (in trouble)'],
  [504, undefined, PAGE, 'lost (in trouble)'],
  [524, undefined, PAGE, 'lost (in trouble)'],
  [200, undefined, PAGE, 'lost (in trouble)'],
  [204, undefined, '', 'lost'],
  [999, undefined, '', 'lost (in trouble)'],
]

describe('what a refusal means', () => {
  for (const [status, code, text, means] of TABLE) {
    test(`${status} ${code ?? (text === '' ? 'with nothing' : text.slice(0, 30))}: ${means}`, () => {
      expect(inShort({ status, code, text })).toBe(means)
    })
  }

  test('every code that we know is in this table', () => {
    const tried = new Set(TABLE.map(([, code]) => code))
    expect(Object.keys(BY_CODE).filter((code) => !tried.has(code))).toEqual([])
  })

  test('a code that is the name of something in JavaScript is just an unknown code', () => {
    expect(inShort({ status: 400, code: 'constructor', text: 'x' })).toBe('rejected')
  })

  test('Retry-After overrides our own wait', () => {
    const refusal = { status: 429, code: undefined, text: PAGE, retryAfterMs: 2_000 }
    expect(inShort(refusal)).toBe('throttled (slow, proxy, 2000 ms)')
  })
})

describe('the sentence of a refusal', () => {
  const said = (text: string, code?: string) => {
    const outcome = outcomeOfRefusal({ status: 500, code, text })
    return 'error' in outcome ? outcome.error : ''
  }

  test('of a page the title is quoted, not the markup', () => {
    expect(spoken(said(PAGE))).toBe('The server failed, and the run may go on (HTTP 500): “502 Bad Gateway”')
  })

  test('Dify’s sentence is quoted with its code', () => {
    expect(spoken(said('Boom.', 'internal_server_error'))).toBe(
      'The server failed, and the run may go on (500 internal_server_error): “Boom.”',
    )
  })

  test('a long text is clipped', () => {
    expect(inEnglish(said('x'.repeat(5_000))).length).toBeLessThan(500)
  })

  test('a key in it is not passed on', () => {
    const text =
      'Incorrect API key provided: sk-proj-abcdefghij1234567890. Authorization: Bearer app-Abc123Def456Ghi7'
    expect(spoken(said(text))).not.toMatch(/abcdefghij|Abc123/)
  })

  test('a key of Dify’s that happens to have no digit is a key all the same', () => {
    expect(spoken(said('Unknown key app-abcdefghijklmnopqrstuvwx'))).toContain('app-***')
  })

  test('an app that lets in one call at a time is told how to let in more', () => {
    const refusal = { status: 400, code: 'invalid_param', text: TOO_MANY.replace('is 3', 'is 1') }
    expect(spoken(outcomeOfRefusal(refusal))).toMatchObject({ error: expect.stringContaining('2 or more') })
    expect(spoken(JSON.stringify(outcomeOfRefusal({ ...refusal, text: TOO_MANY })))).not.toContain(
      '2 or more',
    )
  })

  test('every halt says what to fix', () => {
    for (const [status, code, text, means] of TABLE.filter(([, , , means]) => means.startsWith('halted'))) {
      const outcome = outcomeOfRefusal({ status, code, text })
      expect(spoken(outcome.kind === 'halted' && outcome.hint), means).toMatch(/\.$/)
    }
  })
})

describe('what a broken connection means', () => {
  const fault = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall })

  for (const code of [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ]) {
    test(`${code}: nothing was sent, so nothing is spent`, () => {
      expect(outcomeOfFault(fault(code))).toMatchObject({
        kind: 'throttled',
        by: 'server',
        slow: false,
        inTrouble: true,
      })
    })
  }

  test('ETIMEDOUT while connecting is one thing, while reading another', () => {
    expect(spoken(outcomeOfFault(fault('ETIMEDOUT', 'connect')).kind)).toBe('throttled')
    expect(spoken(outcomeOfFault(fault('ETIMEDOUT', 'read')).kind)).toBe('lost')
  })

  for (const code of ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_BODY_TIMEOUT', 'ABC']) {
    test(`${code}: a run may go on`, () => {
      expect(outcomeOfFault(fault(code))).toMatchObject({ kind: 'lost', inTrouble: true })
      expect(outcomeOfBreak(fault(code))).not.toHaveProperty('inTrouble')
    })
  }

  test('anything else that is thrown is lost too', () => {
    expect(spoken(outcomeOfFault('oh').kind)).toBe('lost')
    expect(spoken(outcomeOfFault(new Error('no code')).kind)).toBe('lost')
  })
})

describe('what the status of a run means', () => {
  for (const [status, means] of [
    ['succeeded', 'succeeded'],
    ['partial-succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['stopped', 'failed'],
    ['paused', 'waiting'],
    ['running', 'running'],
    ['pending', 'running'],
    ['scheduled', 'running'],
    ['a-status-of-next-year', 'lost'],
  ] as const) {
    test(`${status}: ${means}`, () => {
      expect(resultOfRun({ status, outputs: {}, usage: {} }).kind).toBe(means)
    })
  }
})

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  for (const [value, ms] of [
    ['3', 3_000],
    ['0', 0],
    ['0.5', 500],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', undefined],
    ['soon', undefined],
    ['-5', undefined],
    [undefined, undefined],
  ] as const) {
    test(`${value}: ${ms} ms`, () => {
      expect(retryAfterMs(value, now)).toBe(ms as number)
    })
  }
})

function inShort(refusal: Refusal): string {
  const outcome = outcomeOfRefusal(refusal)
  switch (outcome.kind) {
    case 'halted':
      return outcome.sure ? 'halted (sure)' : 'halted'
    case 'throttled': {
      const by = outcome.by === undefined ? '' : `, ${outcome.by}`
      const pause = outcome.retryAfterMs === undefined ? '' : `, ${outcome.retryAfterMs} ms`
      return `throttled (${outcome.slow ? 'slow' : 'as fast'}${by}${pause})`
    }
    case 'lost':
      return outcome.inTrouble ? 'lost (in trouble)' : 'lost'
    case 'succeeded':
    case 'failed':
    case 'rejected':
    case 'waiting':
      return outcome.kind
  }
}
