import { describe, expect, test } from 'bun:test'
import { nano } from '../support/nano.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import { lackingOutputs, withRequired } from '../../src/engine/required-outputs.ts'
import type { Outputs } from '../../src/engine/task.ts'
import { aTask } from './support/run-cast.ts'

test.each<[string, unknown, boolean]>([
  ['nothing', null, true],
  ['an empty text', '', true],
  ['blanks', ' \n\u3000', true],
  ['an empty list', [], true],
  ['a list of blanks', ['', ' '], true],
  ['an empty object', {}, true],
  ['a text', 'no', false],
  ['zero', 0, false],
  ['false', false, false],
  ['a list', [0], false],
  ['an object', { a: null }, false],
])('an output that is %s', (_name, value, lacks) => {
  expect(lackingOutputs({ text: value }, ['text'])).toEqual(lacks ? ['text'] : [])
})

test('an output that is not there lacks, also where its name is one that every object has', () => {
  expect(lackingOutputs({ a: 1 }, ['text', 'constructor', 'a'])).toEqual(['text', 'constructor'])
})

test('a success without them is a failure that keeps what came and what it cost; anything else stays as it is', () => {
  const usage = { tokens: 7 }
  const partial: Outcome = { kind: 'succeeded', outputs: { text: '', score: 2 }, warning: 'Half.', usage }
  expect(withRequired(partial, ['text', 'mood', 'score'])).toEqual({
    kind: 'failed',
    error: 'The workflow gave no “text” and no “mood”.',
    usage,
    incomplete: { text: '', score: 2 },
  })
  expect(withRequired(partial, ['score'])).toBe(partial)
  expect(withRequired(partial)).toBe(partial)
  for (const other of [
    { kind: 'failed', error: 'No.' },
    { kind: 'lost', error: 'Cut.' },
    { kind: 'waiting', forms: [] },
  ] satisfies Outcome[])
    expect(withRequired(other, ['text'])).toBe(other)
})

/** A task whose workflow must give “text”; the outputs of its calls, in order, and then a good answer. */
async function aStrictTask(given: Outputs[], more: Parameters<typeof aTask>[0] = {}) {
  const cast = await aTask({
    ...more,
    parameters: { retries: 2, concurrency: 1, ...more.parameters },
    troubles: (call) => ({
      ...more.troubles?.(call),
      end: {
        kind: 'succeeded',
        outputs: given[call - 1] ?? { text: 'good' },
        usage: { tokens: 10, price: nano(0.25), currency: 'USD' },
      },
    }),
  })
  const life = () => {
    const one = cast.life()
    one.runtime.requiredOutputs = ['text']
    return one
  }
  return { ...cast, life }
}

describe('a row whose run lacks an output that must be there', () => {
  test('is called again, and each call is booked', async () => {
    const { life, dify, results, runs, account } = await aStrictTask([{ text: '' }, { other: 1 }])
    const { start, rest } = life()
    await start()
    await rest()
    expect(dify.calls).toBe(3)
    expect(await results()).toMatchObject([
      {
        status: 'succeeded',
        outputs: { text: 'good' },
        attempts: 3,
        tokens: 30,
        price: nano(0.75),
        error: null,
      },
    ])
    expect((await runs()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    await account()
  })

  test('has failed after the retries of the task, and what came is there to see', async () => {
    const bad = { text: ' ', score: 3 }
    const { life, dify, results, find, account } = await aStrictTask([bad, bad, bad])
    const { start, rest } = life()
    await start()
    await rest()
    expect(dify.calls).toBe(3)
    expect(await find()).toMatchObject({ status: 'completed', counts: { failed: 1, succeeded: 0 } })
    expect(await results()).toMatchObject([
      {
        status: 'failed',
        error: 'The workflow gave no “text”.',
        outputs: bad,
        attempts: 3,
        price: nano(0.75),
      },
    ])
    await account()
  })

  test('is called anew after a crash: the run that ended meanwhile is looked up once, and not again', async () => {
    const { life, clock, dify, results, runs, account } = await aStrictTask([{ text: '' }], { seconds: 20 })
    const first = life()
    await first.start()
    await clock.pass(5_000)
    await first.leave()
    await clock.pass(60_000)
    const second = life()
    await second.start()
    await second.rest()
    expect(dify.calls).toBe(2)
    expect(await results()).toMatchObject([{ status: 'succeeded', outputs: { text: 'good' } }])
    expect((await runs()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
    await account()
  })

  test('is called again when a person retries it', async () => {
    const bad = { text: '' }
    const { life, dify, engine, id, results, account } = await aStrictTask([bad], {
      parameters: { retries: 0 },
    })
    const first = life()
    await first.start()
    await first.rest()
    expect(await results()).toMatchObject([{ status: 'failed', attempts: 1 }])
    await engine.retry(id, 'mei')
    const second = life()
    await second.start()
    await second.rest()
    expect(dify.calls).toBe(2)
    expect(await results()).toMatchObject([{ status: 'succeeded', outputs: { text: 'good' } }])
    await account()
  })
})
