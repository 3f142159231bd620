import { expect, test } from 'bun:test'
import { listRunsOfRow } from '../../src/db/runs/run-facts.ts'
import { inputHash } from '../../src/engine/input-hash.ts'
import { aBot } from '../support/bot.ts'

test('each row has the hash of what it sent, and the version of the workflow that answered it', async () => {
  const { bot, sandbox, submit, ended } = await aBot()
  const versionOf = async (id: string) => {
    const { workflow_version, input_hash } = await bot.db
      .selectFrom('task_executions')
      .select(['workflow_version', 'input_hash'])
      .where('task_id', '=', id)
      .executeTakeFirstOrThrow()
    expect(input_hash).toBe(inputHash({ features: 'feature 2', name: 'Kettle 2' }))
    const [run] = await listRunsOfRow(bot.db, id, 2)
    expect(run?.workflowVersion).toBe(workflow_version ?? 'none')
    const { version } = await bot.db.selectFrom('workflows').select('version').executeTakeFirstOrThrow()
    expect(version).toBe(workflow_version)
    return version
  }
  bot.startRunner()
  const first = await submit(1)
  await ended(first.id)
  const before = await versionOf(first.id)
  expect(before).toBeString()

  sandbox.publish()
  const second = await submit(1)
  await ended(second.id)
  expect(await versionOf(second.id)).not.toBe(before)
})

test('a run that is found again by a look-up has its version, too', async () => {
  const { bot, sandbox, submit, ended } = await aBot()
  sandbox.misbehave({ stream: 'cut' })
  const { id } = await submit(1)
  bot.startRunner()
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 } })
  const { workflow_version } = await bot.db
    .selectFrom('task_executions')
    .select('workflow_version')
    .executeTakeFirstOrThrow()
  expect(workflow_version).toBeString()
})
