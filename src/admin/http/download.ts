import { open, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import { z } from 'zod'
import { temporaryFolder } from '../../files/temporary.ts'
import type { Db } from '../../db/schema.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Comparison } from '../../app/comparison.ts'
import { comparisonName, writeComparison } from '../../app/comparison-result.ts'
import { RESULT_FORMATS, resultNameOf, writeTaskResult } from '../../app/results.ts'
import type { Limits } from '../../workbook/limits.ts'
import { safeName } from '../../wizard/templates.ts'

/** What an address may ask for; `xlsx` is the person’s own workbook, as it was before there was a choice. */
export const DOWNLOAD_FORMAT = z
  .enum([...RESULT_FORMATS, 'xlsx'])
  .default('own')
  .describe('own: your own workbook with columns added, if it is one; plain: a new workbook; csv')
type DownloadFormat = z.infer<typeof DOWNLOAD_FORMAT>

/** A task’s result so far, as an attachment. The file is unlinked before the first byte is sent. */
export async function resultResponse(
  task: ListedTask,
  asked: DownloadFormat,
  { db, limits }: { db: Db; limits: Limits },
): Promise<Response> {
  const format = asked === 'xlsx' ? 'own' : asked
  return written(resultNameOf(task, format), (path) =>
    writeTaskResult(db, task, task.workflowName, { path, format, limits }),
  )
}

/** What two workflows gave for the same rows, as an attachment. */
export async function comparisonResponse(
  comparison: Comparison,
  format: 'xlsx' | 'csv',
  { db, limits }: { db: Db; limits: Limits },
): Promise<Response> {
  return written(comparisonName(comparison, format), (path) =>
    writeComparison(db, comparison, { path, format, limits }),
  )
}

async function written(name: string, write: (path: string) => Promise<unknown>): Promise<Response> {
  const folder = await temporaryFolder('download')
  try {
    const path = join(folder, 'result')
    await write(path)
    const file = await open(path)
    const { size } = await file.stat()
    // An open file can be read to its end after its name is gone: nothing is left behind if the client leaves or we
    // crash.
    const body = new Response(Readable.toWeb(file.createReadStream())).body
    return attachment(body, name, size)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const TYPES: Record<string, string> = {
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.csv': 'text/csv; charset=utf-8',
  '.zip': 'application/zip',
}

/**
 * An attachment, never shown inline: its content was written by people and models and must not run as part of our
 * page.
 */
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

/** Without folders, control characters, and marks that would make the file’s extension look like another one. */
function fileName(name: string): string {
  const [, stem = '', ending = ''] = /^([^]*?)((?:\.[A-Za-z0-9]{1,8}){0,2})$/.exec(name) ?? []
  const safe = safeName(stem.replaceAll(BIDI, '').toWellFormed())
  return safe.replaceAll(/\s+/g, ' ').replace(/^[. ]+/, '') + ending
}

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}
