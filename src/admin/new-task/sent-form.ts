import type { UploadFile } from '../../workbook/types.ts'

const NAME_CHARS = 200

/** The file as the wizard takes it, without the folders of its name. Bun leaves the name out if none was sent. */
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

/** A form of the page as sent. */
export interface SentForm {
  values: Record<string, string>
  file: File | undefined
}

export function sentFormOf(body: unknown): SentForm {
  const values: Record<string, string> = Object.create(null)
  let file: File | undefined
  for (const [name, given] of Object.entries(body ?? {})) {
    // The last of several fields with one name; our own forms have none.
    const value: unknown = Array.isArray(given) ? given.at(-1) : given
    if (typeof value === 'string') values[name] = value
    // A browser sends an empty file field as an empty file without a name.
    else if (name === 'file' && value instanceof File && (value.size > 0 || value.name)) file = value
  }
  return { values, file }
}
