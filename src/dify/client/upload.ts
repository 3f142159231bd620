import type { Outcome } from '../../engine/outcome.ts'
import type { FileType } from '../../engine/task.ts'
import { parsed, UploadedFile } from './answers.ts'
import { outcomeOfFault, refusalOf } from './faults.ts'
import { nameForDify } from './file-names.ts'
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
  open(): AsyncIterable<Uint8Array>
}

export type UploadResult = { kind: 'uploaded'; file: Omit<UploadedFileInput, 'type'> }

/** Uploads a file as the user of the attempt, because a run only sees files of its own user. */
export async function upload(
  access: ApiAccess,
  file: FileToUpload,
  user: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<UploadResult | Outcome> {
  return within(limitMs, signal, (limit) => sent(access, file, user, limit)).catch((fault: unknown) =>
    beforeAnyRun(outcomeOfFault(fault)),
  )
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
    return refusal.status === 500 ? failed(outcome) : beforeAnyRun(outcome)
  }
  const uploaded = UploadedFile.safeParse(parsed(await textOf(answer)))
  if (!uploaded.success) return { kind: 'failed', error: 'Dify did not say where it put the uploaded file.' }
  return { kind: 'uploaded', file: { transfer_method: 'local_file', upload_file_id: uploaded.data.id } }
}

/**
 * No run has started yet, so there is none to look up: the attempt failed and may be repeated. If the server itself is
 * in trouble, it does not even count as an attempt.
 */
function beforeAnyRun(outcome: Outcome): Outcome {
  if (outcome.kind !== 'lost' || !outcome.inTrouble) return failed(outcome)
  return { kind: 'throttled', by: 'server', error: wordsOf(outcome), slow: false, inTrouble: true }
}

function failed(outcome: Outcome): Outcome {
  return outcome.kind === 'lost' ? { kind: 'failed', error: wordsOf(outcome) } : outcome
}

function wordsOf({ error }: { error: string }): string {
  return `Uploading a file: ${error}`
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
