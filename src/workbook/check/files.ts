import type { FileInput, FileType } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Limits } from '../limits.ts'
import type { Taken } from './values.ts'

/** What Dify takes for which type (api/constants/__init__.py). */
const EXTENSIONS: Record<Exclude<FileType, 'custom'>, string> = {
  image: 'jpg jpeg png webp gif svg',
  document: 'txt markdown md mdx pdf html htm xlsx xls vtt properties doc docx csv eml msg pptx ppt xml epub',
  audio: 'mp3 m4a wav amr mpga',
  video: 'mp4 mov mpeg webm',
}

type Rules = Pick<Limits, 'plainHttp'>

export function toFile(text: string, variable: Variable, rules: Rules): Taken {
  const file = fileOf(text.trim(), variable, rules)
  return 'fault' in file ? file : { value: file }
}

/** Addresses with line breaks, spaces or commas between them. A comma inside of an address stays in it. */
export function toFiles(text: string, variable: Variable, rules: Rules): Taken {
  const addresses = text
    .split(/\s+|[,;，；、]+(?=[a-z]+:\/\/)/i)
    .map((address) => address.replace(/[,;，；、]+$/, '').trim())
    .filter((address) => address !== '')
  const files: FileInput[] = []
  for (const address of addresses) {
    const file = fileOf(address, variable, rules)
    if ('fault' in file) return file
    files.push(file)
  }
  const { label, maxLength } = variable
  if (maxLength === undefined || maxLength <= 0 || files.length <= maxLength) return { value: files }
  return { fault: { code: 'too-many-files', label, length: files.length, max: maxLength } }
}

function fileOf(
  address: string,
  variable: Variable,
  rules: Rules,
): FileInput | Extract<Taken, { fault: unknown }> {
  const { label } = variable
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '' || /\s/.test(address)) {
    return { fault: { code: 'not-an-address', label, value: address } }
  }
  if (url.protocol === 'http:' && !rules.plainHttp)
    return { fault: { code: 'not-https', label, value: address } }
  const type = typeFor(extensionOf(url), variable)
  if (!type) return { fault: { code: 'file-type', label, value: address, allowed: allowedBy(variable) } }
  return { type, transfer_method: 'remote_url', url: address }
}

/**
 * The type to send an address as, undefined where the variable takes none of its kind. An address that does not tell
 * (`/download?id=3`) is sent as what the variable takes: the server looks at the file itself.
 */
function typeFor(extension: string, { fileTypes = [], fileExtensions = [] }: Variable): FileType | undefined {
  const standard = standardType(extension)
  if (extension === '') return fileTypes[0] ?? 'document'
  if (fileTypes.length === 0) return standard ?? 'custom'
  if (standard && fileTypes.includes(standard)) return standard
  if (!fileTypes.includes('custom')) return undefined
  return fileExtensions.length === 0 || fileExtensions.includes(`.${extension}`) ? 'custom' : undefined
}

function standardType(extension: string): FileType | undefined {
  const types = Object.keys(EXTENSIONS) as (keyof typeof EXTENSIONS)[] // the keys of the table above
  return types.find((type) => EXTENSIONS[type].split(' ').includes(extension))
}

/** In lower case, without its dot; '' where the last step of the path has none. */
function extensionOf(url: URL): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  return /\.([a-z0-9]{1,10})$/i.exec(last)?.[1]?.toLowerCase() ?? ''
}

function allowedBy({ fileTypes = [], fileExtensions = [] }: Variable): string[] {
  return fileTypes.flatMap((type) => (type === 'custom' ? fileExtensions : [type]))
}
