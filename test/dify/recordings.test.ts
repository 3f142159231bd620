import { describe, expect, test } from 'bun:test'
import { AppMemory } from '../../src/dify/run/app-memory.ts'
import { inShort, joined, lookedUp, outcomeOf } from './support/read-recording.ts'
import { allRecordings, type Recording } from './support/recordings.ts'
import { JOINED, LOOKED_UP, NOT_OF_RUNS, RUNS } from './support/recordings-mean.ts'

const RECORDINGS = new Map(allRecordings().map((one) => [one.name, one]))

describe('an answer to a run', () => {
  test.each(RUNS)('%s', async (name, means) => {
    expect(inShort((await outcomeOf(named(name))).outcome)).toBe(means)
  })
})

describe('what Dify did step by step', () => {
  const stepsOf = async (name: string) => {
    const { outcome } = await outcomeOf(named(name))
    return 'usage' in outcome ? outcome.usage?.steps : undefined
  }

  test('is told with what each step took, without those that only pass on', async () => {
    expect(await stepsOf('llm-run')).toEqual([
      { title: 'LLM', type: 'llm', seconds: 0.251, tokens: 30, price: '0.000039' },
    ])
  })

  test('is told of the step that failed, with the server’s words', async () => {
    expect(await stepsOf('llm-err500')).toEqual([
      { title: 'LLM', type: 'llm', seconds: 0.009, error: 'Server Unavailable Error' },
    ])
  })
})

describe('a stream that is joined', () => {
  test.each(JOINED)('%s', async (name, means) => {
    const mode = name.includes('chatflow') ? 'advanced-chat' : 'workflow'
    expect(inShort((await joined(named(name), mode)).outcome)).toBe(means)
  })

  test('counts its events as heard, and not its pings', async () => {
    const { heard } = await joined(named('llm-events-snapshot'), 'workflow')
    const { chunks } = named('llm-events-snapshot')
    const withEvents = chunks.filter((chunk) => Buffer.from(chunk).includes('data: '))
    expect(chunks.length).toBeGreaterThan(withEvents.length)
    expect(heard).toBeLessThanOrEqual(withEvents.length)
    expect(heard).toBeGreaterThan(0)
  })
})

describe('a look-up', () => {
  const now = () => Date.parse('2027-01-01T00:00:00Z')
  test.each(LOOKED_UP)('of a %s by %j: %j', async (mode, by, answers, means) => {
    expect(inShort(await lookedUp(mode, by, answers.map(named), { now }))).toBe(means)
  })

  test('finds an empty message of a chatbot still being written while it is young', async () => {
    const answers = ['chat-conversations', 'chat-messages-list'].map(named)
    const begun = () => 1_795_690_080_000 + 30_000 // created_at of that message, and half a minute
    expect((await lookedUp('chat', {}, answers, { now: begun })).kind).toBe('running')
  })
})

describe('where answers of the app come with tokens', () => {
  for (const name of ['completion-stopped', 'chat-stopped', 'openai/chat-stop-mid-stream']) {
    test(`one without was stopped, and that is not the row’s fault: ${name}`, async () => {
      expect((await outcomeOf(named(name), { memory: usual() })).outcome).toMatchObject({
        kind: 'failed',
        stopped: true,
        usage: { seconds: expect.any(Number) },
      })
    })
  }

  test('a looked-up one without was stopped too', async () => {
    const answers = ['openai/chat-stop-mid-conversations', 'openai/chat-stop-mid-messages'].map(named)
    expect(await lookedUp('chat', {}, answers, { memory: usual() })).toMatchObject({
      kind: 'failed',
      stopped: true,
    })
  })
})

test('an app of which three answers in a row have no tokens never tells them', async () => {
  const memory = new AppMemory()
  const kinds: string[] = []
  for (let call = 0; call < 4; call++) {
    kinds.push((await outcomeOf(named('completion-stopped'), { memory })).outcome.kind)
  }
  expect(kinds).toEqual(['failed', 'failed', 'succeeded', 'succeeded'])
})

describe('what a stream tells on the way', () => {
  test('a call that waits in Dify’s queue is accepted and not started', async () => {
    expect((await outcomeOf(named('queued-no-worker'))).news).toEqual([{ accepted: true }])
  })

  test('a run is started with its first event', async () => {
    const { news } = await outcomeOf(named('worker-sigkill'))
    expect(news.filter(({ accepted }) => accepted)).toHaveLength(1)
    expect(news.filter(({ started }) => started)).toEqual([
      expect.objectContaining({
        started: true,
        workflowRunId: expect.any(String),
        difyTaskId: expect.any(String),
      }),
    ])
  })

  test('a failure that Dify made up is of no run that was started, and has no task to stop', async () => {
    for (const name of RUNS.map(([one]) => one).filter(
      (one) => one.startsWith('err-') && isStream(named(one)),
    )) {
      const { news, outcome } = await outcomeOf(named(name))
      expect(
        news.some(({ started, difyTaskId }) => started || difyTaskId),
        name,
      ).toBe(false)
      expect(outcome.ids?.difyTaskId, name).toBeUndefined()
    }
  })

  test('the answer of a text generator has the id of its message', async () => {
    expect((await outcomeOf(named('completion-run'))).outcome.ids?.messageId).toMatch(/^[0-9a-f-]{36}$/)
  })
})

test('every recording is here', () => {
  const inTables = new Set([...RUNS, ...JOINED].map(([name]) => name))
  for (const name of [...LOOKED_UP.flatMap(([, , answers]) => answers), ...NOT_OF_RUNS]) inTables.add(name)
  expect([...RECORDINGS.keys()].filter((name) => !inTables.has(name))).toEqual([])
  expect(NOT_OF_RUNS.filter((name) => isRun(named(name)))).toEqual([])
})

function usual(): AppMemory {
  const memory = new AppMemory()
  memory.heard(31)
  return memory
}

function isRun({ method, path }: Recording): boolean {
  return (
    method === 'POST' && /^\/(workflows\/([0-9a-f-]{36}\/)?run|chat-messages|completion-messages)$/.test(path)
  )
}

function isStream({ headers }: Recording): boolean {
  return Object.values(headers).some((value) => value.startsWith('text/event-stream'))
}

function named(name: string): Recording {
  const found = RECORDINGS.get(name)
  if (!found) throw new Error(`there is no recording ${name}`)
  return found
}
