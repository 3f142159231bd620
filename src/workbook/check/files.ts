import type { FileInput, FileType } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Fault } from '../fault.ts'
import type { Limits } from '../limits.ts'
import { downloadOf } from './share-links.ts'
import type { Taken } from './values.ts'

/** The file extensions that Dify accepts for each type (api/constants/__init__.py). */
const EXTENSIONS: Record<Exclude<FileType, 'custom'>, string> = {
  image: 'jpg jpeg png webp gif svg',
  document: 'txt markdown md mdx pdf html htm xlsx xls vtt properties doc docx csv eml msg pptx ppt xml epub',
  audio: 'mp3 m4a wav amr mpga',
  video: 'mp4 mov mpeg webm',
}

type Rules = Pick<Limits, 'fileHosts'>

/** @param name what the cell calls the file, if its address is a link behind that text */
export function toFile(text: string, variable: Variable, rules: Rules, name = ''): Taken {
  const addresses = addressesIn(text)
  const { label } = variable
  if (addresses.length > 1 && addresses.every((address) => URL.canParse(address)))
    return { fault: { code: 'too-many-files', label, length: addresses.length, max: 1 } }
  const taken = fileOf(text.trim(), variable, rules, name)
  return 'fault' in taken ? taken : { value: taken.file, notes: taken.notes }
}

export function toFiles(text: string, variable: Variable, rules: Rules, name = ''): Taken {
  const files: FileInput[] = []
  const notes = new Map<string, Fault>()
  for (const address of addressesIn(text)) {
    const taken = fileOf(address, variable, rules, name)
    if ('fault' in taken) return taken
    files.push(taken.file)
    for (const note of taken.notes) notes.set(JSON.stringify(note), note)
  }
  const { label, maxLength } = variable
  if (files.length === 0) return { fault: { code: 'not-an-address', label, value: text.trim() } }
  if (maxLength === undefined || maxLength <= 0 || files.length <= maxLength)
    return { value: files, notes: [...notes.values()] }
  return { fault: { code: 'too-many-files', label, length: files.length, max: maxLength } }
}

/** Addresses separated by line breaks, spaces, commas or semicolons. A comma inside of one does not separate. */
function addressesIn(text: string): string[] {
  return text
    .split(/\s+|[,;，；、]+(?=[a-z]+:\/\/)/i)
    .map((address) => address.replace(/[,;，；、]+$/, '').trim())
    .filter((address) => address !== '')
}

type TakenFile = { file: FileInput; notes: Fault[] } | { fault: Fault }

function fileOf(address: string, variable: Variable, rules: Rules, name: string): TakenFile {
  const { label } = variable
  const given = URL.parse(address)
  if (!given || !/^https?:$/.test(given.protocol) || given.hostname === '' || /\s/.test(address)) {
    return { fault: { code: 'not-an-address', label, value: address } }
  }
  const shared = downloadOf(given)
  if (shared && 'refused' in shared) {
    const { service, refused } = shared
    return { fault: { code: `share-${refused}`, label, value: address, service } }
  }
  const url = shared ? new URL(shared.url) : given
  if (url.protocol === 'http:' && !rules.fileHosts.includes(url.host))
    return { fault: { code: 'not-https', label, value: address } }
  const extension = shared?.extension ?? (extensionIn(url.pathname) || namedExtension(name, variable))
  const type = typeFor(extension, variable)
  if (!type) return { fault: { code: 'file-type', label, value: address, allowed: allowedBy(variable) } }
  const file: FileInput = { type, transfer_method: 'remote_url', url: shared?.url ?? address }
  const notes: Fault[] = []
  if (shared) notes.push(noteOnShareLink(shared, label))
  if (extension === '' && variable.fileTypes?.length !== 1)
    notes.push({ code: 'guessed-file-type', label, as: type })
  return { file, notes }
}

function noteOnShareLink({ service, as }: { service: string; as?: string }, label: string): Fault {
  return { code: 'share-link', label, service, ...(as !== undefined && { as }) }
}

/**
 * The type to send a URL as; undefined if the variable does not accept that kind. A URL without an extension
 * (`/download?id=3`) is sent as the type that the variable accepts, or as a document, the most frequent: the server looks at
 * the file itself, and refuses another type.
 */
function typeFor(extension: string, { fileTypes = [], fileExtensions = [] }: Variable): FileType | undefined {
  const standard = standardType(extension)
  if (extension === '') return fileTypes.includes('document') ? 'document' : (fileTypes[0] ?? 'document')
  if (fileTypes.length === 0) return standard ?? 'custom'
  if (standard && fileTypes.includes(standard)) return standard
  if (!fileTypes.includes('custom')) return undefined
  return fileExtensions.length === 0 || fileExtensions.includes(`.${extension}`) ? 'custom' : undefined
}

function standardType(extension: string): FileType | undefined {
  const types = Object.keys(EXTENSIONS) as (keyof typeof EXTENSIONS)[] // `as`: the keys of the table above
  return types.find((type) => EXTENSIONS[type].split(' ').includes(extension))
}

/** In lower case, without the dot; '' if the last segment of the path has none. */
function extensionIn(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1).trim()
  return /\.([a-z0-9]{1,10})$/i.exec(last)?.[1]?.toLowerCase() ?? ''
}

/** Of a text that may be no name at all: the 5 of “No.5” is no ending. */
function namedExtension(name: string, { fileExtensions = [] }: Variable): string {
  const extension = extensionIn(name)
  return standardType(extension) || fileExtensions.includes(`.${extension}`) ? extension : ''
}

function allowedBy({ fileTypes = [], fileExtensions = [] }: Variable): string[] {
  return fileTypes.flatMap((type) => (type === 'custom' ? fileExtensions : [type]))
}
