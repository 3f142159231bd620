import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import type { TaskView } from '../db/tasks.ts'
import { resultName } from '../workbook/result-name.ts'
import { attachment } from './attachment.ts'
import type { TaskActs } from './options.ts'

export type Format = 'xlsx' | 'csv'

/** A task’s result as it stands, as an attachment. Its file is gone before the first byte is sent. */
export async function resultResponse(
  task: TaskView,
  format: Format,
  { writeResult }: Pick<TaskActs, 'writeResult'>,
): Promise<Response> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-download-'))
  try {
    const path = join(folder, `result.${format}`)
    await writeResult(task, { path, format })
    const file = await open(path)
    const { size } = await file.stat()
    // Open, it can be read to its end though nobody finds it any more: nothing is left behind, whoever leaves or dies.
    const body = new Response(Readable.toWeb(file.createReadStream())).body
    return attachment(body, resultName(task.fileName, format), size)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
