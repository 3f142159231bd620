import type { Call, Outcome } from '../../engine/outcome.ts'
import type { FileSource } from '../../engine/files.ts'
import type { FileInput, Inputs, InputValue, LocalFile } from '../../engine/task.ts'
import type { App } from '../../engine/workflow.ts'
import { download, type DownloadPolicy, type FetchedFile } from './download.ts'
import { mimeTypeOf } from './file-names.ts'
import type { ApiAccess } from './http.ts'
import { upload, type UploadedFileInput } from './upload.ts'

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

type Ready = { kind: 'ready'; inputs: Inputs }
type Uploaded = { kind: 'uploaded'; file: UploadedFileInput }

/**
 * The inputs of a row. Files that the app does not take by address are downloaded here and uploaded to Dify. This
 * happens before any run, so a failure is never `lost`.
 */
export async function inputsWithUploads(
  access: ApiAccess,
  policy: FilePolicy,
  { inputs, variables, user, signal }: Call,
): Promise<Ready | Outcome> {
  const ready = new Map<string, unknown>(Object.entries(inputs))
  for (const variable of variables) {
    const given = Object.hasOwn(inputs, variable.name) ? inputs[variable.name] : undefined
    const moved: (FileInput | UploadedFileInput)[] = []
    for (const file of filesIn(given)) {
      if (file.transfer_method === 'remote_url' && variable.remoteUrls !== false) {
        moved.push(file)
        continue
      }
      const result = await move(access, policy, file, user, signal)
      if (result.kind !== 'uploaded') return result
      moved.push(result.file)
    }
    if (moved.length > 0) ready.set(variable.name, Array.isArray(given) ? moved : moved[0])
  }
  // Only files became other files, by id, which InputValue knows as plain JSON objects or not at all.
  return { kind: 'ready', inputs: Object.fromEntries(ready) as Inputs }
}

async function move(
  access: ApiAccess,
  policy: FilePolicy,
  file: FileInput,
  user: string,
  signal: AbortSignal,
): Promise<Uploaded | Outcome> {
  const limitMb = policy.limits[kindOf(file)] ?? DEFAULT_LIMITS_MB[kindOf(file)]
  const fetched =
    file.transfer_method === 'local_file'
      ? await read(file, policy.source)
      : await download(file.url, limitMb * MB, policy, signal)
  if (fetched.kind !== 'fetched') return fetched
  const sent = await upload(access, fetched, user, policy.uploadMs, signal)
  return sent.kind === 'uploaded' ? { kind: 'uploaded', file: { ...sent.file, type: file.type } } : sent
}

async function read(
  { name, sha256 }: LocalFile,
  files: FileSource,
): Promise<({ kind: 'fetched' } & FetchedFile) | Outcome> {
  const source = await files.open(sha256)
  if (!source) return { kind: 'rejected', error: `The file “${name}” is no longer kept.` }
  const bytes = Buffer.concat(await Array.fromAsync(source))
  return { kind: 'fetched', name, mimeType: mimeTypeOf(name, undefined), bytes }
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
