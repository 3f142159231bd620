import type { Limits } from '../limits.ts'
import type { UploadFile } from '../types.ts'
import type { Book } from './book.ts'
import { openOds } from './ods.ts'
import { relationships } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import { openXlsb } from './xlsb.ts'
import { openXlsx } from './xlsx.ts'
import { Zip } from './zip.ts'

/** Opens an archive by the parts in it: .xlsx, .xlsb or .ods. */
export async function openArchive(file: UploadFile, limits: Limits): Promise<Book> {
  const zip = new Zip(file.bytes, limits)
  if (isOds(zip)) return openOds(zip, limits)
  if (zip.has('Index/Document.iwa') || zip.has('Index.zip')) {
    throw new FileRefusal(/\.(pages|key)$/i.test(file.name) ? 'document' : 'numbers')
  }
  const main = mainPart(zip)
  return main?.endsWith('.bin') ? openXlsb(zip, main, limits) : openXlsx(file.bytes, limits)
}

/** True unless it is certainly another kind of archive. */
export function isXlsx(zip: Zip): boolean {
  return !isOds(zip) && mainPart(zip)?.endsWith('.bin') !== true
}

function mainPart(zip: Zip): string | undefined {
  return [...relationships(zip, '').values()].find(({ type }) => type === 'officeDocument')?.target
}

/** By its media type, or, where a program leaves that out, by its list of parts. */
function isOds(zip: Zip): boolean {
  const part = ['mimetype', 'META-INF/manifest.xml'].find((name) => zip.has(name))
  const bytes = part === undefined ? undefined : zip.read(part)
  return bytes !== undefined && Buffer.from(bytes).includes('application/vnd.oasis.opendocument.spreadsheet')
}
