import { expect, test } from 'bun:test'
import { setWorkflowEnabled } from '../../src/db/workflows/workflows.ts'
import { stopTask } from '../../src/app/tasks.ts'
import { createRowStore } from '../../src/db/store.ts'
import { createWriter } from '../../src/db/writer.ts'
import { createRunnerStore } from '../../src/queue/runner-store.ts'
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
  const task = await createRunnerStore(bot.db, bot.clock).take(id)
  const rows = createRowStore(bot.db, createWriter(bot.db))
  const claim = task && (await rows.claim(task, bot.clock.now()))
  if (!claim) throw new Error('not claimed')
  await rows.note({ executionId: claim.id, attempt: 1 }, { difyTaskId: 'of-a-dead-process' })
  await setWorkflowEnabled(bot.db, workflow.id, false)
  await stopTask(bot, SETUP, id)
  expect(sandbox.stops()).toHaveLength(1)
})
