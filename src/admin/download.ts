import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import type { TaskView } from '../db/tasks.ts'
import { resultName } from '../workbook/result-name.ts'
import type { TaskActs } from './options.ts'

export type Format = 'xlsx' | 'csv'

const TYPES: Record<Format, string> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
}

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
    return attachment(body, {
      name: resultName(task.fileName, format),
      type: TYPES[format],
      size,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export interface Attachment {
  name: string
  type: string
  size?: number
}

/** Never shown in the page, whatever it is: always a file, under a name that means nothing to a header or a disk. */
export function attachment(body: ReadableStream | Blob | null, { name, type, size }: Attachment): Response {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%;]/g, '_')
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded(name)}`,
      'cache-control': 'no-store',
      ...(size !== undefined && { 'content-length': String(size) }),
    },
  })
}

/** RFC 5987: what encodeURIComponent leaves alone, a header may not have. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
