import { expect, test } from 'bun:test'
import { setWorkflowEnabled } from '../../src/db/workflows/workflows.ts'
import { stopTask } from '../../src/app/tasks.ts'
import { aBot, SETUP } from '../support/bot.ts'

test('of a workflow that is switched off, tasks that are there go on', async () => {
  const { bot, workflow, submit, ended } = await aBot()
  const { id } = await submit(2)
  await setWorkflowEnabled(bot.db, workflow.id, false)
  bot.startRunner()
  expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
})

test('and what a dead process left of them is stopped at Dify', async () => {
  const { bot, sandbox, workflow, submit } = await aBot()
  const { id } = await submit(2)
  await bot.db.updateTable('batch_tasks').set({ status: 'running' }).execute()
  const left = { status: 'running' as const, attempt: 1, attempted_at: 1, dify_task_id: 'of-a-dead-process' }
  await bot.db.updateTable('task_executions').set(left).where('row_number', '=', 2).execute()
  await setWorkflowEnabled(bot.db, workflow.id, false)
  await stopTask(bot, SETUP, id)
  expect(sandbox.stops()).toHaveLength(1)
})
