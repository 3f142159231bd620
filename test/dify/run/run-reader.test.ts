import { describe, expect, test } from 'bun:test'
import { EventReader } from '../../../src/dify/client/events.ts'
import { RunReader } from '../../../src/dify/run/run-reader.ts'
import type { AppMode } from '../../../src/engine/workflow.ts'
import { spoken } from '../../support/spoken.ts'
import { nano } from '../../support/nano.ts'

const IDS = { task_id: 't', workflow_run_id: 'r' }
const NEVER_RAN = { total_steps: 0, elapsed_time: 0 }
const finished = (more: object = {}) => ({
  event: 'workflow_finished',
  ...IDS,
  data: {
    id: 'r',
    status: 'succeeded',
    outputs: {},
    error: null,
    elapsed_time: 1.5,
    total_tokens: 30,
    ...more,
  },
})
const node = (price: unknown, more: object = {}) => ({
  event: 'node_finished',
  ...IDS,
  data: { node_type: 'llm', execution_metadata: { total_price: price, currency: 'USD' }, ...more },
})

describe('what a run costs', () => {
  test('is the sum of its nodes, however the price is written', () => {
    expect(read(node('0.1'), node(0.2), node(null), finished())).toMatchObject({
      usage: { price: nano(0.3), currency: 'USD', tokens: 30, seconds: 1.5 },
    })
  })

  test('does not count an iteration on top of the nodes inside it', () => {
    const inside = { iteration_id: 'i' }
    const completed = {
      event: 'iteration_completed',
      ...IDS,
      data: { execution_metadata: { total_price: 0.4, currency: 'USD' } },
    }
    const again = node(0.4, { node_type: 'iteration' })
    expect(read(node(0.2, inside), node(0.2, inside), completed, again, finished())).toMatchObject({
      usage: { price: nano(0.4) },
    })
  })

  test('is not told where two currencies would be added', () => {
    const yuan = node(1, { execution_metadata: { total_price: 1, currency: 'RMB' } })
    expect(usageIn(read(node(1), yuan, finished()))).toEqual({
      tokens: 30,
      seconds: 1.5,
      steps: expect.any(Array),
    })
  })

  test('counts a step once that is told twice', () => {
    const one = { id: 'execution-1' }
    const two = { id: 'execution-2' }
    expect(read(node(0.1, one), node(0.1, one), node(0.1, two), finished())).toMatchObject({
      usage: { price: nano(0.2) },
    })
  })

  test('is not told where Dify tells none', () => {
    expect(usageIn(read(finished()))).toEqual({ tokens: 30, seconds: 1.5 })
  })

  test('is told step by step, of at most sixty steps', () => {
    const steps = usageIn(read(node(0.1, { title: 'A\0  b', elapsed_time: 1.23456 }), finished()))?.steps
    expect(steps).toEqual([{ title: 'A b', type: 'llm', seconds: 1.235, price: '0.1' }])
    const many = Array.from({ length: 100 }, () => node(0.1))
    expect(usageIn(read(...many, finished()))?.steps).toHaveLength(60)
    expect(usageIn(read(...many, finished()))?.price).toBe(nano(10))
  })

  test('is told of a run that failed too', () => {
    expect(spoken(read(node(0.5), finished({ status: 'failed', error: 'no' })))).toMatchObject({
      kind: 'failed',
      usage: { price: nano(0.5) },
    })
  })
})

describe('the ids of a run', () => {
  test('come from whichever event has them first', () => {
    const reader = new RunReader('workflow')
    feed(reader, { event: 'text_chunk', data: {} })
    expect(reader.ids).toEqual({})
    feed(reader, { event: 'agent_log', task_id: 't' })
    expect(reader.ids).toEqual({ difyTaskId: 't' })
    feed(reader, { event: 'node_started', ...IDS })
    expect(reader.ids).toEqual({ difyTaskId: 't', workflowRunId: 'r' })
  })
})

describe('what is of another run', () => {
  const other = { workflow_run_id: 'nested', task_id: 't2' }

  test('does not end ours', () => {
    const reader = new RunReader('workflow')
    const nested = { ...finished({ id: 'nested', outputs: { no: 1 } }), ...other }
    expect(feed(reader, { event: 'workflow_started', ...IDS }, nested)).toBeUndefined()
    expect(feed(reader, { event: 'workflow_paused', ...other })).toBeUndefined()
    expect(feed(reader, { event: 'error', ...other, message: 'no' })).toBeUndefined()
    expect(reader.ids).toEqual({ workflowRunId: 'r', difyTaskId: 't' })
    expect(feed(reader, finished({ outputs: { yes: 1 } }))).toMatchObject({ outputs: { yes: 1 } })
  })

  test('costs nothing twice', () => {
    const nested = { ...node(0.5), ...other }
    expect(read({ event: 'workflow_started', ...IDS }, nested, node(0.2), finished())).toMatchObject({
      usage: { price: nano(0.2) },
    })
  })

  test('is a failure that Dify made up after a header told the real id, and it is looked up', () => {
    const reader = new RunReader('workflow')
    reader.ids.workflowRunId = 'real'
    const madeUp = finished({ id: 'r', status: 'failed', error: 'q is required in input form', ...NEVER_RAN })
    expect(feed(reader, { ...madeUp, task_id: 'r' })).toMatchObject({
      kind: 'lost',
      ifUnknown: { kind: 'rejected' },
    })
    expect(reader.ids).toEqual({ workflowRunId: 'real' })
  })
})

describe('a failure that Dify made up', () => {
  test('in the middle of a real run is looked up by the run’s own id', () => {
    const reader = new RunReader('workflow')
    const end = finished({ status: 'failed', error: 'Connection closed by server.', ...NEVER_RAN })
    const outcome = feed(reader, { event: 'workflow_started', ...IDS }, { ...end, task_id: 'r' })
    expect(outcome).toMatchObject({ kind: 'lost' })
    expect(outcome).not.toHaveProperty('ifUnknown')
    expect(reader.ids).toEqual({ workflowRunId: 'r', difyTaskId: 't' })
  })

  test('is none where the run took a moment or a step', () => {
    const failed = { status: 'failed', error: 'no' }
    expect(read(finished({ ...failed, total_steps: 0, elapsed_time: 0.01 }))?.kind).toBe('failed')
    expect(read(finished({ ...failed, total_steps: 1, elapsed_time: 0 }))?.kind).toBe('failed')
  })
})

test('a task whose id changes is stopped by the new one', () => {
  const reader = new RunReader('workflow')
  feed(reader, { event: 'workflow_started', ...IDS }, { event: 'node_started', ...IDS, task_id: 't2' })
  expect(reader.ids).toEqual({ workflowRunId: 'r', difyTaskId: 't2' })
})

test('a partial success names the steps that failed', () => {
  const bad = (title: string, status: string) => node(null, { title, status })
  const steps = [bad('Search', 'exception'), bad('Write', 'succeeded'), bad('Search', 'failed')]
  expect(spoken(read(...steps, finished({ status: 'partial-succeeded' })))).toMatchObject({
    kind: 'succeeded',
    warning: 'Some steps of the workflow failed (“Search”).',
  })
})

test('a run that failed without words has those of its last step', () => {
  const step = node(null, { title: 'LLM', status: 'failed', error: 'Rate limit reached' })
  expect(spoken(read(step, finished({ status: 'failed', error: '' })))).toMatchObject({
    kind: 'throttled',
    by: 'provider',
  })
})

describe('an end that cannot be read', () => {
  test.each([
    ['an array', []],
    ['a word', 'done'],
    ['nothing', null],
    ['a status that is no word', { status: ['succeeded'] }],
    ['outputs that are a list', { status: 'succeeded', outputs: [1] }],
  ])('%s: looked up, and settled should Dify not have it', (_what, data) => {
    expect(spoken(read({ ...finished(), data }))).toMatchObject({
      kind: 'lost',
      ifUnknown: { kind: 'failed', error: expect.stringContaining('cannot read') },
    })
  })

  test('a status of next year: the run is over all the same', () => {
    expect(spoken(read(finished({ status: 'vanished' })))).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('“vanished”'),
    })
  })

  test('NaN is no value', () => {
    const text = JSON.stringify(finished({ outputs: { a: 'NaN', b: 1 } })).replace(
      '"b":1',
      '"b":NaN,"c":-Infinity',
    )
    const [event] = new EventReader().read(new TextEncoder().encode(`data: ${text}\n\n`))
    expect(event && new RunReader('workflow').take(event)).toMatchObject({
      kind: 'succeeded',
      outputs: { a: 'NaN', b: null, c: null },
    })
  })

  test('outputs nested 200,000 deep cannot be stored, and the row is told so', () => {
    const deep = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`
    const text = JSON.stringify(finished()).replace('"outputs":{}', `"outputs":{"deep":${deep}}`)
    const [event] = new EventReader().read(new TextEncoder().encode(`data: ${text}\n\n`))
    expect(spoken(event && new RunReader('workflow').take(event))).toMatchObject({
      kind: 'rejected',
      error: expect.stringContaining('levels deep'),
    })
  })
})

test('outputs with the names of things in JavaScript are outputs', () => {
  const text = JSON.stringify(finished()).replace('"outputs":{}', '"outputs":{"__proto__":1,"constructor":2}')
  const [event] = new EventReader().read(new TextEncoder().encode(`data: ${text}\n\n`))
  const outcome = event && new RunReader('workflow').take(event)
  expect(outcome?.kind === 'succeeded' && Object.entries(outcome.outputs)).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ])
})

describe('a run that was stopped', () => {
  test('costs what nobody knows, not nothing', () => {
    expect(usageIn(read(finished({ status: 'stopped', total_tokens: 0 })))).toEqual({ seconds: 1.5 })
  })

  test('by Dify, because it took too long, may take too long again: the attempt counts', () => {
    const end = { status: 'stopped', error: 'Stopped by user.' }
    expect(read(finished({ ...end, elapsed_time: 1_199 }))).toMatchObject({ stopped: true })
    expect(read(finished({ ...end, elapsed_time: 1_200.4 }))).not.toHaveProperty('stopped')
  })

  test('keeps what it had put out, and says so', () => {
    expect(
      spoken(read(finished({ status: 'stopped', error: 'Aborted', outputs: { note: 'fine' } }))),
    ).toMatchObject({
      kind: 'failed',
      stopped: true,
      error: 'The run was stopped in Dify: “Aborted” Dify keeps what it had put out by then: note.',
      outputs: { note: 'fine' },
    })
  })
})

describe('the end of a run', () => {
  test('is nothing that an unknown event tells', () => {
    expect(read({ event: 'confetti', ...IDS, data: { status: 'succeeded' } })).toBeUndefined()
  })

  test('without a status cannot be read, so it is asked for', () => {
    expect(read(finished({ status: null }))).toMatchObject({ kind: 'lost' })
  })

  test('that says it is still running is asked for', () => {
    expect(read(finished({ status: 'running' }))).toMatchObject({ kind: 'lost' })
  })

  test('without outputs has none', () => {
    expect(read(finished({ outputs: null }))).toMatchObject({ kind: 'succeeded', outputs: {} })
  })

  test('by an error event with the quota’s name halts the task', () => {
    expect(
      spoken(read({ event: 'error', status: 400, code: 'provider_quota_exceeded', message: 'none left' })),
    ).toMatchObject({
      kind: 'halted',
      sure: true,
    })
  })

  test('by “too many requests” is a refusal only while there is no run', () => {
    const refusal = { event: 'error', status: 429, code: 'too_many_requests', message: 'wait' }
    expect(read(refusal)).toMatchObject({ kind: 'throttled' })
    expect(read({ event: 'workflow_started', ...IDS }, refusal)).toMatchObject({ kind: 'lost' })
  })

  test('by “wrong inputs” is a failure of the run once there is one', () => {
    const refusal = { event: 'error', status: 400, code: 'invalid_param', message: 'a ValueError' }
    expect(read(refusal)).toMatchObject({ kind: 'rejected' })
    expect(read({ event: 'workflow_started', ...IDS }, refusal)).toMatchObject({ kind: 'failed' })
  })

  test('by “wrong inputs” rejects the row though a header told an id before anything was begun', () => {
    const reader = new RunReader('workflow')
    reader.ids.workflowRunId = 'r'
    const refusal = { event: 'error', status: 500, message: 'tone is required in input form' }
    expect(feed(reader, refusal)).toMatchObject({ kind: 'rejected' })
  })

  test('by the provider’s limit is throttling, whatever had begun', () => {
    const limit = { event: 'error', status: 429, code: 'rate_limit_error', message: '' }
    expect(read(limit)).toMatchObject({ kind: 'throttled', by: 'provider', slow: true })
    expect(read({ event: 'workflow_started', ...IDS }, node(0.1), limit)).toMatchObject({
      kind: 'throttled',
      by: 'provider',
      usage: { price: nano(0.1) },
    })
  })

  test('by an error event that says nothing is lost', () => {
    expect(spoken(read({ event: 'error' }))).toMatchObject({ kind: 'lost' })
  })
})

describe('the answer of a chatflow', () => {
  const said = (answer: string, event = 'message') => ({ event, task_id: 't', answer })

  test('is gathered where the run does not tell it', () => {
    expect(spoken(readAs('advanced-chat', said('Hel'), said('lo'), finished()))).toMatchObject({
      outputs: { answer: 'Hello' },
    })
  })

  test('is the run’s own where a piece of it was lost', () => {
    const end = finished({ outputs: { answer: 'Hello', mood: 'good' } })
    expect(spoken(readAs('advanced-chat', said('Hel'), end))).toMatchObject({
      outputs: { answer: 'Hello', mood: 'good' },
    })
  })

  test('is what moderation put in its place', () => {
    const end = finished({ outputs: { answer: 'secret' } })
    expect(
      spoken(readAs('advanced-chat', said('sec'), said('Sorry.', 'message_replace'), end)),
    ).toMatchObject({
      outputs: { answer: 'Sorry.' },
    })
  })

  test('does not end with message_end', () => {
    expect(readAs('advanced-chat', said('Hello'), { event: 'message_end', metadata: {} })).toBeUndefined()
  })

  test('from an annotation comes without any run, and ends with the stream', () => {
    const reader = new RunReader('advanced-chat')
    feed(reader, said('Hello'), { event: 'message_end', metadata: {} })
    expect(reader.end()).toEqual({ kind: 'succeeded', outputs: { answer: 'Hello' }, usage: {} })
  })

  test('is not all where a run was begun and its end is missing', () => {
    const reader = new RunReader('advanced-chat')
    feed(reader, { event: 'node_started', ...IDS }, said('Hello'), { event: 'message_end', metadata: {} })
    expect(reader.end()).toMatchObject({ kind: 'lost' })
  })
})

describe('the answer of a chatbot or an agent', () => {
  const said = (answer: string, event = 'message') => ({ event, task_id: 't', message_id: 'm', answer })
  const end = (more: object = {}) => ({
    event: 'message_end',
    task_id: 't',
    message_id: 'm',
    metadata: { usage: { total_tokens: 12, total_price: '0.5', currency: 'USD', latency: 2 } },
    ...more,
  })

  test('of a chatbot is made of its pieces', () => {
    expect(spoken(readAs('chat', said('Hel'), said('lo'), end()))).toEqual({
      kind: 'succeeded',
      outputs: { answer: 'Hello' },
      usage: { tokens: 12, price: nano(0.5), currency: 'USD', seconds: 2 },
    })
  })

  test('of an agent is what it writes, not what it thinks', () => {
    const thought = { event: 'agent_thought', task_id: 't', thought: 'Let me look.', tool: 'search' }
    const pieces = [said('Hel', 'agent_message'), thought, said('lo', 'agent_message')]
    expect(readAs('agent-chat', ...pieces, end())).toMatchObject({ outputs: { answer: 'Hello' } })
  })

  test('of an agent of the new kind comes whole once more at the end, and counts once', () => {
    const pieces = [said('Hel', 'agent_message'), said('lo', 'agent_message'), said('Hello')]
    expect(readAs('agent', ...pieces, end())).toMatchObject({ outputs: { answer: 'Hello' } })
  })

  test('has the files that the app made, each once, and not those of the question', () => {
    const file = (id: string, belongs_to: string) => ({
      event: 'message_file',
      task_id: 't',
      id,
      type: 'image',
      belongs_to,
      url: `https://x/${id}`,
    })
    const events = [file('q', 'user'), file('a', 'assistant'), said('Here.')]
    expect(readAs('agent-chat', ...events, end({ files: [{ id: 'a', url: 'https://x/a' }] }))).toMatchObject({
      outputs: { answer: 'Here.', files: [{ id: 'a', type: 'image', url: 'https://x/a' }] },
    })
  })

  test('that a person wrote beforehand needs no tokens', () => {
    const noModel = { annotation_reply: { id: 'x' }, usage: { total_tokens: 0 } }
    expect(spoken(readAs('chat', said('Hello'), end({ metadata: noModel }))?.kind)).toBe('succeeded')
  })

  test('that moderation put in its place needs none either', () => {
    const events = [said('se'), said('Sorry.', 'message_replace')]
    expect(readAs('chat', ...events, end({ metadata: {} }))).toMatchObject({ outputs: { answer: 'Sorry.' } })
  })

  test('without tokens was cut short', () => {
    expect(spoken(readAs('agent', said('Hel', 'agent_message'), end({ metadata: {} })))).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('cut short after 3 characters'),
    })
  })
})

test('a completion ends with message_end and is paid by its usage', () => {
  const usage = { total_tokens: 10, total_price: '0.0012890', currency: 'USD', latency: 0.7 }
  const end = { event: 'message_end', task_id: 't', metadata: { usage } }
  expect(spoken(readAs('completion', { event: 'message', answer: 'Hi' }, end))).toEqual({
    kind: 'succeeded',
    outputs: { answer: 'Hi' },
    usage: { tokens: 10, price: nano(0.001289), currency: 'USD', seconds: 0.7 },
  })
})

function read(...events: object[]) {
  return readAs('workflow', ...events)
}

function readAs(mode: AppMode, ...events: object[]) {
  return feed(new RunReader(mode), ...events)
}

function feed(reader: RunReader, ...events: object[]) {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return new EventReader()
    .read(new TextEncoder().encode(text))
    .map((event) => reader.take(event))
    .find((outcome) => outcome !== undefined)
}

function usageIn(outcome: ReturnType<typeof read>) {
  return outcome && 'usage' in outcome ? outcome.usage : undefined
}
