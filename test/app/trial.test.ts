import { expect, test } from 'bun:test'
import { findTrial } from '../../src/app/trial.ts'
import { aBot, orderOf } from '../support/bot.ts'

test('the estimate of a trial is of the calls that are left, not of rows that have the answer of another', async () => {
  const { bot, workflow, ended } = await aBot()
  const order = orderOf(workflow, 9, {}, (row) => (row < 5 ? 'different' : 'the same'))
  const rows = order.rows.map((row) =>
    row.row < 5 ? row : { ...row, inputs: { ...row.inputs, name: 'Kettle' } },
  )
  const { id } = await bot.engine.submit({ ...order, rows, tryFirst: 1 })
  bot.startRunner()
  const trial = await findTrial(bot.db, await ended(id), 5)
  const tokens = trial?.rows[0]?.tokens ?? Number.NaN
  // Eight rows are left: two that differ, and six that ask the same, of which one is called.
  expect(trial?.estimate).toMatchObject({ rows: 8, tokens: 3 * tokens })
})
