import { describe, expect, test } from 'bun:test'
import { pauseTask } from '../../../src/app/tasks.ts'
import { SETUP } from '../../support/bot.ts'
import { aProgram } from './support/program.ts'

interface RowJson {
  version: string
  status: string
  inputs: Record<string, unknown>
  inputs_edited: Record<string, unknown>
  outputs: Record<string, unknown>
  outputs_from_before: boolean
  former: unknown[]
}

/** A task of four rows that has ended; row 3 has failed. */
async function aTask() {
  const program = await aProgram()
  const { id } = await program.submit(4, { retries: 0 }, (row) =>
    row === 3 ? '[sandbox: failed]' : `feature ${row}`,
  )
  await program.ended(id)
  const again = (body?: object) => program.ask('POST', `/api/batch/${id}/run-again`, body)
  const row = async (number: number) =>
    (await program.ask('GET', `/api/batch/${id}/executions/${number}`)).json as RowJson
  return { ...program, id, again, row }
}

test('rows are named by numbers or ranges, and run again whatever came of them', async () => {
  const { again, ended, id, sandbox } = await aTask()
  expect(await again({ rows: [2, 3] })).toMatchObject({
    status: 200,
    json: { rows: 2, retried_count: 2, task: { task_id: id } },
  })
  await ended(id)
  expect((await again({ rows: '4-40,2' })).json).toMatchObject({ rows: 3 })
  await ended(id)
  expect(sandbox.hits()).toHaveLength(9)
})

test('one row is sent other inputs, and says what the file has and what it gave before', async () => {
  const { again, ended, id, row } = await aTask()
  const before = await row(2)
  expect(before).toMatchObject({ inputs_edited: {}, outputs_from_before: false, former: [] })
  const inputs = { name: 'A lamp', max_words: 30 }
  expect((await again({ rows: [2], inputs, version: before.version })).status).toBe(200)
  await ended(id)
  const after = await row(2)
  expect(after).toMatchObject({
    status: 'succeeded',
    inputs: { ...before.inputs, ...inputs },
    inputs_edited: {
      name: { from: 'Kettle 2', by: 'API', at: expect.any(String) },
      max_words: { from: null },
    },
    former: [
      {
        inputs: before.inputs,
        outputs: before.outputs,
        edited: {},
        workflow_run_id: expect.any(String),
        answered_at: expect.any(String),
        again_at: expect.any(String),
        again_by: 'API',
      },
    ],
  })
  const late = await again({ rows: [2], inputs: { name: 'A chair' }, version: before.version })
  expect(late).toMatchObject({ status: 409, json: { message: 'A row has changed since you looked.' } })
  expect((await again({ rows: [2], inputs_as_in_file: true })).status).toBe(200)
  await ended(id)
  expect(await row(2)).toMatchObject({ inputs: before.inputs, inputs_edited: {} })
})

test('rows that stand still with others left, or that are to run anyway, are refused, and nothing runs', async () => {
  const { bot, again, id, sandbox } = await aTask()
  await bot.stopRunner(0)
  expect((await again({ rows: [2] })).status).toBe(200)
  expect(await again({ rows: [2, 4] })).toMatchObject({
    status: 409,
    json: { code: 'conflict', message: 'Row 2 is still to run by itself. Nothing was changed.' },
  })
  await pauseTask(bot, SETUP, id)
  expect(await again({ rows: [4] })).toMatchObject({ status: 409 })
  expect(sandbox.hits()).toHaveLength(4)
})

describe('refused before anything runs', () => {
  test.each([
    ['no row', { rows: [] }],
    ['no list of rows', { rows: 'all' }],
    ['inputs without a row', { inputs: { name: 'A lamp' } }],
    ['inputs that are as in the file and are not', { rows: [2], inputs: {}, inputs_as_in_file: true }],
    ['an input that the workflow does not have', { rows: [2], inputs: { colour: 'red' } }],
    ['a value that no cell might have', { rows: [2], inputs: { tone: 'shouting' } }],
    ['nothing for an input that must be there', { rows: [2], inputs: { name: null } }],
    ['an unknown field', { rows: [2], loud: true }],
  ])('%s', async (_, body) => {
    const { again, sandbox } = await aTask()
    expect(await again(body)).toMatchObject({ status: 422, json: { code: 'invalid' } })
    expect(sandbox.hits()).toHaveLength(4)
  })

  test('a row that is not there, inputs for several rows, and a viewer', async () => {
    const { again, ask, id, sandbox } = await aTask()
    expect((await again({ rows: [2, 99] })).status).toBe(409)
    expect((await again({ rows: [2, 4], inputs: { name: 'A lamp' } })).status).toBe(409)
    const viewed = await ask('POST', `/api/batch/${id}/run-again`, { rows: [2] }, { as: 'viewer' })
    expect(viewed.status).toBe(403)
    expect(sandbox.hits()).toHaveLength(4)
  })
})
