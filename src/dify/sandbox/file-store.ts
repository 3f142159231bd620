import { createHash } from 'node:crypto'
import type { AppFiles, ReadableFile } from './app.ts'
import type { ArrivedUpload } from './arriving-upload.ts'
import type { SignedLinks } from './signed-links.ts'
import { LatestBytes } from './latest-bytes.ts'

const MOST_STORED_BYTES = 64 * 1024 * 1024
const TENANT_ID = '7e4a9d1c-0000-4000-8000-00007e4a9d1c'

/** An uploaded file as Dify answers it. */
interface UploadAnswer {
  id: string
  name: string
  size: number
  extension: string
  mime_type: string
  created_by: string
  created_at: number
  source_url: string
  tenant_id: string
  /** storage, permissions and owner, which are empty here */
  reference: null
  preview_url: null
  original_url: null
  user_id: null
  conversation_id: null
  file_key: null
}

/** An upload, for tests. */
export interface UploadHit {
  id: string
  name: string
  mimeType: string
  user: string
  /** in bytes */
  size: number
  sha256: string
}

/** A file that can be fetched by its link. */
export interface FetchableFile {
  name: string
  mimeType: string
  bytes: Uint8Array
}

/** Uploaded files, and the ones that the apps make. */
export class SandboxFiles {
  readonly #uploads = new Map<string, UploadHit>()
  readonly #made = new Map<string, { name: string; mimeType: string }>()
  readonly #bytes = new LatestBytes(MOST_STORED_BYTES)
  readonly #forgotten = new Set<string>()

  constructor(readonly links: SignedLinks) {}

  add({ name, mimeType, size, sha256, bytes }: ArrivedUpload, user: string): UploadAnswer {
    const id = crypto.randomUUID()
    this.#uploads.set(id, { id, name, mimeType, user, size, sha256 })
    if (bytes) this.#bytes.add(id, bytes)
    return {
      id,
      name,
      size,
      extension: extensionIn(name),
      mime_type: mimeType,
      created_by: crypto.randomUUID(),
      created_at: Math.floor(Date.now() / 1000),
      source_url: this.links.to(`/files/${id}/file-preview`, id),
      tenant_id: TENANT_ID,
      reference: null,
      preview_url: null,
      original_url: null,
      user_id: null,
      conversation_id: null,
      file_key: null,
    }
  }

  /** Every upload so far, also the ones that are forgotten. */
  uploads(): UploadHit[] {
    return [...this.#uploads.values()]
  }

  /** As after a server has lost its storage: no run finds them. */
  forgetUploads(): void {
    for (const id of this.#uploads.keys()) this.forget(id)
  }

  forget(id: string): void {
    this.#forgotten.add(id)
    this.#bytes.delete(id)
  }

  /** In lower case, without the dot; '' if it has none. */
  extensionOf(id: string): string {
    return extensionIn(this.#uploads.get(id)?.name ?? '')
  }

  /** Only the user that uploaded a file can see it. */
  isVisible(id: string, user: string): boolean {
    return this.#uploads.get(id)?.user === user && !this.#forgotten.has(id)
  }

  /** undefined also if its bytes are not stored. */
  fetchable(id: string): FetchableFile | undefined {
    const file = this.#uploads.get(id) ?? this.#made.get(id)
    const bytes = this.#bytes.get(id)
    return file && bytes && { name: file.name, mimeType: file.mimeType, bytes }
  }

  /** What the run of an app can do with files. @param deadLinks the links to what it makes never work */
  forRun(deadLinks = false): AppFiles {
    return {
      read: (id) => this.#read(id),
      make: (name, mimeType, bytes) => this.#make(name, mimeType, bytes, deadLinks),
    }
  }

  #read(id: string): ReadableFile | undefined {
    const file = this.#uploads.get(id)
    const bytes = this.#bytes.get(id)
    return file && { name: file.name, size: file.size, ...(bytes && { bytes }) }
  }

  /** A file that is an output, with the fields that file-run.sse has. */
  #make(name: string, mimeType: string, bytes: Uint8Array, deadLinks: boolean): Record<string, unknown> {
    const id = idOf(name, bytes)
    this.#made.set(id, { name, mimeType })
    this.#bytes.delete(id)
    this.#bytes.add(id, bytes)
    const extension = extensionIn(name)
    const path = `/files/tools/${id}.${extension}`
    return {
      dify_model_identity: '__dify__file__',
      id: null,
      type: typeOfExtension(extension),
      transfer_method: 'tool_file',
      remote_url: '',
      reference: `dify-file-ref:${btoa(JSON.stringify({ record_id: id }))}`,
      filename: name,
      extension: `.${extension}`,
      mime_type: mimeType,
      size: bytes.length,
      related_id: id,
      url: deadLinks ? this.links.deadTo(path, id) : this.links.to(path, id),
    }
  }
}

/** The same file made again has the same id, so that many runs do not fill the memory. */
function idOf(name: string, bytes: Uint8Array): string {
  const hash = createHash('sha256').update(name).update('\0').update(bytes).digest('hex')
  return (
    [hash.slice(0, 8), hash.slice(8, 12), `4${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`].join('-') +
    `-${hash.slice(20, 32)}`
  )
}

/** The ending of a file's name, in lower case and without the dot; '' if it has none. */
export function extensionIn(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** What Dify takes a file for by its extension (api/constants); `custom` is everything else. */
export function typeOfExtension(extension: string): string {
  return Object.entries(EXTENSIONS).find(([, extensions]) => extensions.includes(extension))?.[0] ?? 'custom'
}

const EXTENSIONS: Record<string, string[]> = {
  image: 'jpg jpeg png webp gif svg'.split(' '),
  document:
    'txt markdown md mdx pdf html htm xlsx xls vtt properties doc docx csv eml msg pptx ppt xml epub'.split(
      ' ',
    ),
  audio: 'mp3 m4a wav amr mpga'.split(' '),
  video: 'mp4 mov mpeg webm'.split(' '),
}
