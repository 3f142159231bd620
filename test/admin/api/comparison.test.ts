import { expect, test } from 'bun:test'
import { z } from 'zod'
import { deleteOld, KEEP_ALL } from '../../../src/app/retention.ts'
import { until, withWorkflow } from '../../support/bot.ts'
import { aProgram } from './support/program.ts'

const FILE = 'Name,Key features,Topic\nKettle,hot,hot water\nLamp,bright,light\nTent,dry,rain\n'
const TASK = z.looseObject({ task_id: z.string(), compared: z.looseObject({ b: z.string() }) })
const COMPARISON = z.object({ comparison: z.looseObject({ over: z.boolean() }) })

async function compared(order: Record<string, unknown>) {
  const program = await aProgram()
  const { bot, sandbox, workflow } = program
  const slogans = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: 'app-sandbox-slogan-writer' })
  const { upload_id } = await program.uploaded(FILE, 'products.csv', { workflow_id: workflow.id })
  const made = await program.execute({ upload_id, workflow_id: workflow.id, against: slogans.id, ...order })
  return { ...program, slogans, made }
}

test('a program compares two workflows, gets both results in one file, and goes on with one', async () => {
  const { made, ask, slogans, bot } = await compared({ sample: 2 })
  expect(made.status).toBe(201)
  const { task_id: id, compared: pair } = TASK.parse(made.json)
  const { comparison } = await until(
    async () => COMPARISON.parse((await ask('GET', `/api/batch/${pair.b}/comparison`)).json),
    (one) => one.comparison.over,
  )
  expect(comparison).toMatchObject({
    rows: 2,
    compared: 2,
    same: null,
    a: { task_id: id, succeeded: 2 },
    b: { workflow_id: slogans.id, succeeded: 2 },
  })
  const file = await ask('GET', `/api/batch/${id}/comparison/download?format=csv`)
  expect(file.text.split('\r\n')[0]).toContain('row,Name,Key features,Topic,A · title')
  expect(file.headers.get('content-disposition')).toContain('products.compared.csv')
  await ask('POST', `/api/batch/${id}/resume`)
  await until(
    async () => (await ask('GET', `/api/batch/${id}/status`)).json,
    (json) => z.looseObject({ status: z.string() }).parse(json).status === 'completed',
  )
  expect((await ask('GET', `/api/batch/${pair.b}/status`)).json).toMatchObject({ status: 'cancelled' })

  await bot.db.updateTable('batch_tasks').set({ finished_at: 0 }).where('id', '=', id).execute()
  await deleteOld(bot, { ...KEEP_ALL, outputs: 10 }, () => Promise.resolve(true))
  expect(await ask('GET', `/api/batch/${pair.b}/comparison/download`)).toMatchObject({
    status: 409,
    json: { message: expect.stringMatching(/^The outputs of “.*” were deleted on \d{4}-\d\d-\d\d/) },
  })
})

test('a workflow that is not there, or the same one, is refused by the field’s name', async () => {
  const gone = await compared({ against: 'nobody' })
  expect(gone.made).toMatchObject({ status: 422, json: { message: 'against: There is no workflow nobody.' } })
  const { made } = await compared({ mapping: { topic: 'Nowhere' } })
  expect(made).toMatchObject({ status: 422, json: { message: expect.stringContaining('Nowhere') } })
})
