import { z } from 'zod'
import type { Outcome } from '../../engine/outcome.ts'
import { type Coded, say, type Sentence } from '../../engine/sentence.ts'
import type { FileType } from '../../engine/task.ts'
import { parsed, UploadedFile } from './answers.ts'
import { outcomeOfFault, refusalOf } from './faults.ts'
import { nameForDify } from './file-names.ts'
import { get } from './get.ts'
import { textOf, within, type ApiAccess, ask } from './http.ts'
import { outcomeOfRefusal } from '../outcome.ts'

export interface UploadedFileInput {
  type: FileType
  transfer_method: 'local_file'
  upload_file_id: string
}

/** A file that is to be uploaded. */
export interface FileToUpload {
  name: string
  mimeType: string
  /** in bytes */
  size: number
  /** from its beginning, each time */
  open(): AsyncIterable<Uint8Array>
}

export type UploadResult = { kind: 'uploaded'; file: Omit<UploadedFileInput, 'type'> }

/** So often the same file is uploaded while the server answers everything else. */
const MOST_TRIES = 3
const ANSWERS_WITHIN_MS = 15_000

/**
 * Uploads a file as the user of the attempt, because a run only sees files of its own user. If the upload breaks, the
 * server is asked for something small. If it does not answer, it is in trouble, which costs the row nothing. If it does,
 * it may be this very file that it cannot take: after three tries the attempt has failed, or the row would never end.
 */
export async function upload(
  access: ApiAccess,
  file: FileToUpload,
  user: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<UploadResult | Outcome> {
  for (let tries = 1; ; tries++) {
    const result = await within(limitMs, signal, (limit) => sent(access, file, user, limit)).catch(
      outcomeOfFault,
    )
    if (result.kind !== 'lost' || !result.inTrouble || signal.aborted) return failed(result)
    const answers = await get(
      access,
      { path: '/parameters', withinMs: ANSWERS_WITHIN_MS, signal },
      z.unknown(),
    )
    if (answers.kind !== 'read') return inTrouble(result)
    if (tries === MOST_TRIES) return failed(result)
  }
}

/** @throws what the network throws */
async function sent(
  access: ApiAccess,
  file: FileToUpload,
  user: string,
  signal: AbortSignal,
): Promise<UploadResult | Outcome> {
  const raw = multipart(file, user)
  const answer = await ask(access, { method: 'POST', path: '/files/upload', raw, signal })
  if (answer.statusCode !== 201 && answer.statusCode !== 200) {
    const refusal = await refusalOf(answer)
    const outcome = outcomeOfRefusal(refusal)
    // A 500 from Dify may be caused by this file: if it cost no attempt, it would be tried for ever.
    return refusal.status === 500 ? failed(outcome) : outcome
  }
  const uploaded = UploadedFile.safeParse(parsed(await textOf(answer)))
  if (!uploaded.success) return { kind: 'failed', error: say('upload-without-place') }
  return { kind: 'uploaded', file: { transfer_method: 'local_file', upload_file_id: uploaded.data.id } }
}

function inTrouble(outcome: { error: Sentence }): Outcome {
  return { kind: 'throttled', by: 'server', error: whileUploading(outcome), slow: false, inTrouble: true }
}

/** No run has started yet, so there is none to look up: the attempt failed and may be repeated. */
function failed<T extends UploadResult>(outcome: T | Outcome): T | Outcome {
  return outcome.kind === 'lost' ? { kind: 'failed', error: whileUploading(outcome) } : outcome
}

function whileUploading({ error }: { error: Sentence }): Coded {
  return say('uploading', { error })
}

/**
 * Built by hand, so that the length can be sent before the first byte is read, and no file is ever held in memory.
 * Werkzeug, which reads it, takes the bytes of the name as UTF-8, as browsers send them.
 */
function multipart(file: FileToUpload, user: string) {
  const { name, mimeType, size } = file
  const boundary = `rowbot-${crypto.randomUUID()}`
  const head = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="user"\r\n\r\n${user}\r\n` +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${nameForDify(name)}"\r\n` +
      `content-type: ${mimeType}\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    size: head.byteLength + size + tail.byteLength,
    body: around(head, file.open(), tail),
  }
}

async function* around(head: Uint8Array, middle: AsyncIterable<Uint8Array>, tail: Uint8Array) {
  yield head
  yield* middle
  yield tail
}
