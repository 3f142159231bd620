import { expect, test } from 'bun:test'
import { TaskRun } from '../../src/engine/task-run.ts'
import { until } from '../support/bot.ts'
import { aDify, aTask, ended } from './support/cast.ts'

/** Two rows and one lane; the first was in flight when its last runner died. */
async function aRun(onLookUp: () => Response, secondsSince = 0) {
  const called = Promise.withResolvers<string>()
  const dify = aDify({
    onLookUp,
    onRun(name) {
      called.resolve(name)
      return ended('succeeded')
    },
  })
  const cast = await aTask(dify, { rows: 2, random: () => 0.5 })
  await cast.claimed()
  await cast.clock.pass(secondsSince * 1000)
  const run = new TaskRun(await cast.run(), cast.line, cast.services, async () => {})
  return { ...cast, run, called: called.promise }
}

test('a run that Dify does not list yet does not hold up the others: the next row is called at once', async () => {
  const { run, called } = await aRun(() => Response.json({ has_more: false, data: [] }))
  const ending = run.run()
  expect(await called).toBe('Kettle 3')
  run.drain()
  expect(await ending).toBe('drained')
})

test('if a run cannot be looked up, no row is called until a hold is over', async () => {
  let asked = 0
  const { db, clock, run, called } = await aRun(
    () => (asked++ === 0 ? new Response('', { status: 502 }) : Response.json({ has_more: false, data: [] })),
    300,
  )
  const ending = run.run()
  await until(
    () => db.selectFrom('task_executions').select('throttles').where('row_number', '=', 2).execute(),
    ([row]) => row?.throttles === 1,
  )
  let isCalled = false
  void called.then(() => (isCalled = true))
  await clock.pass(499)
  expect(isCalled).toBe(false)
  await clock.pass(1)
  expect(await called).toBe('Kettle 2')
  run.drain()
  await ending
})
