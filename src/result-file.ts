import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResultFile } from './bots/result-file.ts'
import type { Db } from './db/schema.ts'
import type { TaskView } from './db/tasks.ts'
import { findWorkflow } from './db/workflows.ts'
import { writeTaskResult } from './result.ts'
import { resultName } from './workbook/result-name.ts'

/** A task's result as a file of its own, for a chat: `products-q3.results.xlsx`. */
export async function makeResultFile(db: Db, task: TaskView): Promise<ResultFile> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-result-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'result.xlsx')
  try {
    const workflow = await findWorkflow(db, task.workflowId)
    await writeTaskResult(db, task, workflow?.name ?? '', { path })
  } catch (fault) {
    await remove()
    throw fault
  }
  return { name: resultName(task.fileName), content: Bun.file(path), remove }
}
