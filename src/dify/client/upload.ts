import type { Outcome } from '../../engine/outcome.ts'
import type { FileType } from '../../engine/task.ts'
import { parsed, UploadedFile } from './answers.ts'
import type { FetchedFile } from './download.ts'
import { outcomeOfFault, refusalOf } from './faults.ts'
import { textOf, within, type ApiAccess, ask } from './http.ts'
import { outcomeOfRefusal } from '../outcome.ts'

export interface UploadedFileInput {
  type: FileType
  transfer_method: 'local_file'
  upload_file_id: string
}

export type UploadResult = { kind: 'uploaded'; file: Omit<UploadedFileInput, 'type'> }

/** Uploads a file as the user of the attempt, because a run only sees files of its own user. */
export async function upload(
  access: ApiAccess,
  file: FetchedFile,
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
  file: FetchedFile,
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

/** Built by hand: Dify needs a content type for the file part, and undici sends none for a plain Buffer. */
function multipart({ name, mimeType, bytes }: FetchedFile, user: string) {
  const boundary = `rowbot-${crypto.randomUUID()}`
  const head =
    `--${boundary}\r\ncontent-disposition: form-data; name="user"\r\n\r\n${user}\r\n` +
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${quotable(name)}"\r\n` +
    `content-type: ${mimeType}\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return { contentType: `multipart/form-data; boundary=${boundary}`, body }
}

/** Escaped as browsers do it, because a quote or a line break would end the name. */
function quotable(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
