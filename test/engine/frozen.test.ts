import { expect, test } from 'bun:test'
import { aTask } from './support/run-cast.ts'

/** A process takes a row and is frozen before it calls it; another takes the task over, and then the first one wakes. */
async function takenOverWhileFrozen(
  options: Parameters<typeof aTask>[0] & { sleeps?: boolean; at?: 'claim' | 'beginAttempt' } = {},
) {
  const { sleeps = false, at = 'claim', ...rest } = options
  const cast = await aTask(rest)
  const { life, clock } = cast
  const frozen = life()
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
  const { rows } = frozen.services
  frozen.services.rows = {
    ...rows,
    // `as`: whichever of the two it is, it gives what it gave
    [at]: async (...args: never[]) => {
      const claim = await (rows[at] as (...all: never[]) => Promise<unknown>)(...args)
      await woken
      return claim
    },
  }
  await frozen.start()
  if (sleeps) clock.sleep(13_000)
  else await clock.pass(13_000)
  return { ...cast, other: life(), frozen, wake }
}

const usersOf = (runs: { user: string }[]) => runs.map(({ user }) => user.split('-').at(-1))

for (const sleeps of [false, true]) {
  const how = sleeps ? 'whose machine slept' : 'that was frozen'
  test(`a process ${how} between its claim and its call does not make the call when its task was taken over`, async () => {
    const { other, wake, clock, dify, find, runs, account } = await takenOverWhileFrozen({ sleeps })
    await other.start()
    await other.rest()
    expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
    wake()
    await clock.pass(60_000)
    expect(usersOf(dify.runs)).toEqual(['2'])
    expect(await runs()).toMatchObject([{ status: 'absent' }, { status: 'succeeded' }])
    await account()
  })
}

test('one that wakes before anybody took its task over makes the call, and who takes it over then waits for that', async () => {
  const { frozen, other, wake, clock, dify, find, account } = await takenOverWhileFrozen({ seconds: 30 })
  wake()
  await clock.pass(1_000)
  expect(usersOf(dify.runs)).toEqual(['1'])
  await frozen.leave()
  await other.start()
  await other.rest()
  expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
  expect(usersOf(dify.runs)).toEqual(['1'])
  await account()
})

test('it is so for a second attempt, too', async () => {
  const { other, wake, clock, dify, find, account } = await takenOverWhileFrozen({
    at: 'beginAttempt',
    troubles: (n) => (n === 1 ? { cutAtOnce: 'never' } : {}),
  })
  await clock.pass(60_000)
  await other.start()
  await other.rest()
  wake()
  await clock.pass(60_000)
  expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
  expect(dify.runs).toHaveLength(1)
  await account()
})

test('files that were being uploaded meanwhile are uploaded in vain: the run itself is not asked for', async () => {
  const { life, clock, dify, find, runs, account } = await aTask({
    troubles: (n) => (n === 1 ? { uploadsForMs: 20_000 } : { uploadsForMs: 1_000 }),
  })
  await life().start()
  await clock.pass(13_000)
  const other = life()
  await other.start()
  await other.rest()
  await clock.pass(60_000)
  expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
  expect(usersOf(dify.runs)).toEqual(['2'])
  expect(await runs()).toMatchObject([{ status: 'absent', posted_at: null }, { status: 'succeeded' }])
  await account()
})

test('a process that was frozen while its connection was set up does not make the call either', async () => {
  const { life, clock, dify, find, runs, account } = await aTask({
    troubles: (n) => (n === 1 ? { connectsForMs: 13_000 } : {}),
  })
  await life().start()
  await clock.pass(12_500)
  const other = life()
  await other.start()
  await other.rest()
  await clock.pass(60_000)
  expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
  expect(usersOf(dify.runs)).toEqual(['2'])
  expect(await runs()).toMatchObject([{ status: 'absent' }, { status: 'succeeded' }])
  await account()
})

test('where a connection takes its time, the claim is asked for once more, and then the call is made', async () => {
  const { life, dify, find } = await aTask({ troubles: () => ({ connectsForMs: 6_000 }) })
  const { start, rest, services } = life()
  const { rows } = services
  let asked = 0
  services.rows = { ...rows, posting: (...args) => (asked++, rows.posting(...args)) }
  await start()
  await rest()
  expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
  expect(dify.runs).toHaveLength(1)
  expect(asked).toBe(1)
})

test('files are not uploaded for a claim that is lost', async () => {
  const { other, wake, clock, dify } = await takenOverWhileFrozen({
    troubles: () => ({ uploadsForMs: 1_000 }),
  })
  await other.start()
  await other.rest()
  wake()
  await clock.pass(60_000)
  expect(dify.uploads).toBe(1)
  expect(usersOf(dify.runs)).toEqual(['2'])
})

test('a claim that was made a moment ago is not asked for again', async () => {
  const { life, dify } = await aTask({ rows: 30, seconds: 30 })
  const { start, rest, services } = life()
  const { rows } = services
  let asked = 0
  services.rows = { ...rows, posting: (...args) => (asked++, rows.posting(...args)) }
  await start()
  await rest()
  expect(dify.runs).toHaveLength(30)
  expect(asked).toBe(0)
})
