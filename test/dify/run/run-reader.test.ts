import { describe, expect, test } from 'bun:test'
import { EventReader } from '../../../src/dify/client/events.ts'
import { RunReader } from '../../../src/dify/run/run-reader.ts'
import type { AppMode } from '../../../src/engine/workflow.ts'

const IDS = { task_id: 't', workflow_run_id: 'r' }
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
      usage: { price: 0.3, currency: 'USD', tokens: 30, seconds: 1.5 },
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
      usage: { price: 0.4 },
    })
  })

  test('is not told where two currencies would be added', () => {
    const yuan = node(1, { execution_metadata: { total_price: 1, currency: 'RMB' } })
    expect(usageIn(read(node(1), yuan, finished()))).toEqual({ tokens: 30, seconds: 1.5 })
  })

  test('is not told where Dify tells none', () => {
    expect(usageIn(read(finished()))).toEqual({ tokens: 30, seconds: 1.5 })
  })

  test('is told of a run that failed too', () => {
    expect(read(node(0.5), finished({ status: 'failed', error: 'no' }))).toMatchObject({
      kind: 'failed',
      usage: { price: 0.5 },
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
      read({ event: 'error', status: 400, code: 'provider_quota_exceeded', message: 'none left' }),
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

  test('by an error event that says nothing is lost', () => {
    expect(read({ event: 'error' })).toMatchObject({ kind: 'lost' })
  })
})

describe('the answer of a chatflow', () => {
  const said = (answer: string, event = 'message') => ({ event, task_id: 't', answer })

  test('is gathered where the run does not tell it', () => {
    expect(readAs('advanced-chat', said('Hel'), said('lo'), finished())).toMatchObject({
      outputs: { answer: 'Hello' },
    })
  })

  test('is the run’s own where a piece of it was lost', () => {
    const end = finished({ outputs: { answer: 'Hello', mood: 'good' } })
    expect(readAs('advanced-chat', said('Hel'), end)).toMatchObject({
      outputs: { answer: 'Hello', mood: 'good' },
    })
  })

  test('is what moderation put in its place', () => {
    const end = finished({ outputs: { answer: 'secret' } })
    expect(readAs('advanced-chat', said('sec'), said('Sorry.', 'message_replace'), end)).toMatchObject({
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

test('a completion ends with message_end and is paid by its usage', () => {
  const usage = { total_tokens: 10, total_price: '0.0012890', currency: 'USD', latency: 0.7 }
  const end = { event: 'message_end', task_id: 't', metadata: { usage } }
  expect(readAs('completion', { event: 'message', answer: 'Hi' }, end)).toEqual({
    kind: 'succeeded',
    outputs: { answer: 'Hi' },
    usage: { tokens: 10, price: 0.001289, currency: 'USD', seconds: 0.7 },
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
