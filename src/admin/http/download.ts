import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import type { Db } from '../../db/schema.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import { resultName, writeTaskResult } from '../../app/results.ts'
import { safeName } from '../../wizard/templates.ts'

export type Format = 'xlsx' | 'csv'

/** A task’s result as it stands, as an attachment. Its file is gone before the first byte is sent. */
export async function resultResponse(
  task: ListedTask,
  format: Format,
  { db }: { db: Db },
): Promise<Response> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-download-'))
  try {
    const path = join(folder, `result.${format}`)
    await writeTaskResult(db, task, task.workflowName, { path, format })
    const file = await open(path)
    const { size } = await file.stat()
    // Open, it can be read to its end though nobody finds it any more: nothing is left behind, whoever leaves or dies.
    const body = new Response(Readable.toWeb(file.createReadStream())).body
    return attachment(body, resultName(task.fileName, format), size)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const TYPES: Record<string, string> = {
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.csv': 'text/csv; charset=utf-8',
}

/** A file to keep, never to open in the page: what people and models wrote is nothing of ours. */
export function attachment(
  content: Blob | ReadableStream | null,
  name: string,
  bytes = content instanceof Blob ? content.size : undefined,
): Response {
  const safe = fileName(name)
  const plain = safe.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  return new Response(content, {
    headers: {
      'content-type': TYPES[/\.[a-z]+$/.exec(safe)?.[0] ?? ''] ?? 'application/octet-stream',
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded(safe)}`,
      'cache-control': 'no-store',
      ...(bytes !== undefined && { 'content-length': String(bytes) }),
    },
  })
}

/** Without folders, control characters, and marks that would show the name’s ending elsewhere than it is. */
function fileName(name: string): string {
  const [, stem = '', ending = ''] = /^([^]*?)((?:\.[a-z]{3,8}){0,2})$/.exec(name) ?? []
  const safe = safeName(stem.replaceAll(BIDI, '').toWellFormed())
  return safe.replaceAll(/\s+/g, ' ').replace(/^[. ]+/, '') + ending
}

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}
