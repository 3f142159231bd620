import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { listTaskPage } from '../../../src/db/tasks/task-list.ts'
import { openBot, tempFolder } from '../../support/bot.ts'
import { openShelf } from '../../support/runner-store.ts'

const FIRST = { limit: 10, offset: 0 }

test('a process that is killed while it submits leaves no task, and its rows are removed at a later start', async () => {
  const folder = tempFolder()
  const path = join(folder, 'rowbot.db')
  const { db, workflow } = await openShelf({ path })
  const rows = () => db.selectFrom('task_executions').select('id').execute()

  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'submit-and-be-killed.ts'), path, workflow.id],
    { stderr: 'inherit' },
  )
  while ((await rows()).length === 0) {
    expect(child.exitCode).toBeNull()
    await Bun.sleep(5)
  }
  child.kill('SIGKILL')
  await child.exited
  expect((await rows()).length).toBeGreaterThan(0)
  expect(await listTaskPage(db, {}, FIRST)).toEqual({ tasks: [], total: 0 })

  await db.updateTable('submissions').set({ written_at: 1 }).execute() // long ago
  await db.destroy()
  await Bun.write(join(folder, 'secret.key'), 'a secret for tests only')
  const bot = await openBot(folder)
  expect(await bot.db.selectFrom('task_executions').select('id').execute()).toEqual([])
  expect(await bot.db.selectFrom('submissions').selectAll().execute()).toEqual([])
})
