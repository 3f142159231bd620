import type { UploadFile } from '../../workbook/types.ts'

const NAME_CHARS = 200

/** A file as the wizard takes it: of a path, only the name. Bun has none at all for one that was sent without. */
export async function uploadOf(file: File): Promise<UploadFile> {
  return { name: nameOf(file.name || ''), bytes: await file.bytes() }
}

function nameOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? ''
  const cleaned = name
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .toWellFormed()
  return [...cleaned].slice(-NAME_CHARS).join('') || 'workbook'
}

/** What a form of the page sends. */
export interface SentForm {
  values: Record<string, string>
  file: File | undefined
}

export function sentFormOf(body: unknown): SentForm {
  const values: Record<string, string> = Object.create(null)
  let file: File | undefined
  for (const [name, given] of Object.entries(body ?? {})) {
    // Of several of one name, the last: no form of ours has them.
    const value: unknown = Array.isArray(given) ? given.at(-1) : given
    if (typeof value === 'string') values[name] = value
    // A field that was left empty comes as an empty file without a name.
    else if (name === 'file' && value instanceof File && (value.size > 0 || value.name)) file = value
  }
  return { values, file }
}
