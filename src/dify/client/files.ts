import type { Call, Outcome } from '../../engine/outcome.ts'
import { FileDamaged, FilesAway, type FileSource } from '../../engine/files.ts'
import { say } from '../../engine/sentence.ts'
import type { FileInput, Inputs, InputValue, LinkedFile, LocalFile } from '../../engine/task.ts'
import type { App } from '../../engine/workflow.ts'
import { outcomeOfAbort } from './faults.ts'
import { download, type DownloadPolicy } from './download.ts'
import { mimeTypeOf } from './file-names.ts'
import type { ApiAccess } from './http.ts'
import { type FileToUpload, upload, type UploadedFileInput, type UploadResult } from './upload.ts'

/** Which files may be fetched for apps that only take uploads, and how large they may be. */
export interface FilePolicy extends DownloadPolicy {
  limits: App['fileLimits']
  /** where files are that came along with the upload */
  source: FileSource
  /** how long one upload may take */
  uploadMs: number
}

/** Dify's default limits in MB, for servers that do not report theirs. */
const DEFAULT_LIMITS_MB = { document: 15, image: 10, audio: 50, video: 100 } as const
const MB = 1024 * 1024
const AT_ONCE = 3

type Ready = { kind: 'ready'; inputs: Inputs; uploads: number }
type Uploaded = Extract<UploadResult, { kind: 'uploaded' }>

/**
 * The inputs of a row. Files that came along are uploaded to Dify, and so are those behind a link if the app takes no
 * links. This happens before any run, so a failure is never `lost`.
 */
export async function inputsWithUploads(
  access: ApiAccess,
  policy: FilePolicy,
  call: Pick<Call, 'inputs' | 'variables' | 'user' | 'signal' | 'onUploading'>,
): Promise<Ready | Outcome> {
  const files = filesToUpload(call)
  if (files.size === 0) return { kind: 'ready', inputs: call.inputs, uploads: 0 }
  await call.onUploading?.()
  if (call.signal.aborted) return outcomeOfAbort()

  const uploaded = await allUploaded(access, policy, files, call)
  if (uploaded instanceof Map) {
    return { kind: 'ready', inputs: withIds(call, uploaded), uploads: uploaded.size }
  }
  return call.signal.aborted ? outcomeOfAbort() : uploaded
}

/** By content, so that a file that is in a row twice is uploaded once. */
function filesToUpload({ inputs, variables }: Pick<Call, 'inputs' | 'variables'>): Map<string, FileInput> {
  const files = new Map<string, FileInput>()
  for (const { name, remoteUrls } of variables) {
    const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    for (const file of filesIn(given)) if (mustUpload(file, remoteUrls)) files.set(keyOf(file), file)
  }
  return files
}

/** A few at a time. The first that fails ends the others, since the row cannot run without it. */
async function allUploaded(
  access: ApiAccess,
  policy: FilePolicy,
  files: Map<string, FileInput>,
  { user, signal }: Pick<Call, 'user' | 'signal'>,
): Promise<Map<string, Uploaded> | Outcome> {
  const waiting = [...files]
  const uploaded = new Map<string, Uploaded>()
  const ending = new AbortController()
  const either = AbortSignal.any([signal, ending.signal])
  let failure: Outcome | undefined

  async function lane(): Promise<void> {
    for (let next = waiting.shift(); next && !failure; next = waiting.shift()) {
      const [key, file] = next
      const result = await move(access, policy, file, user, either)
      if (result.kind === 'uploaded') uploaded.set(key, result)
      else {
        failure ??= result
        ending.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.size) }, lane))
  return failure ?? uploaded
}

function withIds({ inputs, variables }: Pick<Call, 'inputs' | 'variables'>, uploaded: Map<string, Uploaded>) {
  const ready = new Map<string, unknown>(Object.entries(inputs))
  for (const { name } of variables) {
    const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    const files = filesIn(given)
    if (files.length === 0) continue
    const moved = files.map((file): FileInput | UploadedFileInput => {
      const there = uploaded.get(keyOf(file))
      return there ? { type: file.type, ...there.file } : file
    })
    ready.set(name, Array.isArray(given) ? moved : moved[0])
  }
  // Only files became other files, by id, which InputValue knows as plain JSON objects or not at all.
  return Object.fromEntries(ready) as Inputs
}

async function move(
  access: ApiAccess,
  policy: FilePolicy,
  file: FileInput,
  user: string,
  signal: AbortSignal,
): Promise<UploadResult | Outcome> {
  return file.transfer_method === 'local_file'
    ? moveLocal(access, policy, file, user, signal)
    : moveLinked(access, policy, file, user, signal)
}

async function moveLocal(
  access: ApiAccess,
  { source, uploadMs }: FilePolicy,
  { name, sha256, size }: LocalFile,
  user: string,
  signal: AbortSignal,
): Promise<UploadResult | Outcome> {
  const kept = new KeptFile(source, sha256)
  try {
    if (!(await kept.isThere())) return { kind: 'rejected', error: say('file-not-kept', { name }) }
    const mimeType = mimeTypeOf(name, undefined)
    const file: FileToUpload = { name, mimeType, size, open: () => kept.bytes() }
    const result = await upload(access, file, user, uploadMs, signal)
    return kept.away && result.kind !== 'uploaded' && !signal.aborted ? untilBack(kept.away, name) : result
  } catch (fault) {
    if (!(fault instanceof FilesAway)) throw fault
    return untilBack(fault, name)
  }
}

/** It costs the row nothing, as it is no fault of its; but a file that was damaged does not come back. */
function untilBack(fault: FilesAway, name: string): Outcome {
  if (fault instanceof FileDamaged) return { kind: 'rejected', error: say('file-damaged', { name }) }
  const { says } = fault
  const error = say('uploading', { error: says.message })
  return { kind: 'throttled', by: 'server', error, slow: false, inTrouble: true }
}

/** A file that came along. Uploading hides why it could not be read, so that is remembered here. */
class KeptFile {
  away: FilesAway | undefined
  #opened: AsyncIterable<Uint8Array> | undefined

  constructor(
    private readonly source: FileSource,
    private readonly sha256: string,
  ) {}

  /** @throws FilesAway */
  async isThere(): Promise<boolean> {
    this.#opened = await this.source.open(this.sha256)
    return this.#opened !== undefined
  }

  /** From its beginning, each time. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    const opened = this.#opened
    this.#opened = undefined
    try {
      yield* opened ?? (await this.source.open(this.sha256)) ?? []
    } catch (fault) {
      if (fault instanceof FilesAway) this.away = fault
      throw fault
    }
  }
}

async function moveLinked(
  access: ApiAccess,
  policy: FilePolicy,
  file: LinkedFile,
  user: string,
  signal: AbortSignal,
): Promise<UploadResult | Outcome> {
  const limitMb = policy.limits[kindOf(file)] ?? DEFAULT_LIMITS_MB[kindOf(file)]
  const fetched = await download(file, limitMb * MB, policy, signal)
  if (fetched.kind !== 'fetched') return fetched
  const { name, mimeType, spooled } = fetched
  try {
    const { size } = spooled
    return await upload(
      access,
      { name, mimeType, size, open: () => spooled.open() },
      user,
      policy.uploadMs,
      signal,
    )
  } finally {
    await spooled.remove()
  }
}

function mustUpload(file: FileInput, remoteUrls: boolean | undefined): boolean {
  return file.transfer_method === 'local_file' || remoteUrls === false
}

function keyOf(file: FileInput): string {
  return file.transfer_method === 'local_file' ? `${file.sha256} ${file.name}` : `${file.type} ${file.url}`
}

function filesIn(value: InputValue | undefined): FileInput[] {
  if (Array.isArray(value)) return value
  return isFile(value) ? [value] : []
}

function isFile(value: InputValue | undefined): value is FileInput {
  if (typeof value !== 'object' || Array.isArray(value)) return false
  return value['transfer_method'] === 'remote_url' || value['transfer_method'] === 'local_file'
}

function kindOf({ type }: FileInput): keyof typeof DEFAULT_LIMITS_MB {
  return type === 'custom' ? 'document' : type
}
