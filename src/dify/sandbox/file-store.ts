/** Uploaded files. Their bytes are not stored, because the sample apps do not read them. */
interface StoredFile {
  id: string
  name: string
  size: number
  extension: string
  mime_type: string
  created_by: string
  created_at: number
  /** storage, permissions and owner, which are empty here */
  reference: null
  preview_url: null
  source_url: string
  original_url: null
  user_id: null
  tenant_id: null
  conversation_id: null
  file_key: null
}

export class SandboxFiles {
  readonly #files = new Map<string, { file: StoredFile; user: string }>()

  add(file: File, user: string): StoredFile {
    const stored: StoredFile = {
      id: crypto.randomUUID(),
      name: file.name,
      size: file.size,
      extension: extensionIn(file.name),
      mime_type: file.type.split(';')[0] ?? file.type,
      created_by: crypto.randomUUID(),
      created_at: Math.floor(Date.now() / 1000),
      reference: null,
      preview_url: null,
      source_url: '',
      original_url: null,
      user_id: null,
      tenant_id: null,
      conversation_id: null,
      file_key: null,
    }
    this.#files.set(stored.id, { file: stored, user })
    return stored
  }

  /** In lower case, without the dot; '' if it has none. */
  extensionOf(id: string): string {
    return this.#files.get(id)?.file.extension ?? ''
  }

  /** Only the user that uploaded a file can see it. */
  isVisible(id: string, user: string): boolean {
    return this.#files.get(id)?.user === user
  }
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
