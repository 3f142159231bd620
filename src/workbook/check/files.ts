import type { GivenFile } from '../../engine/files.ts'
import type { FileInput, LocalFile } from '../../engine/task.ts'
import type { App, Variable } from '../../engine/workflow.ts'
import type { Fault } from '../fault.ts'
import type { Limits } from '../limits.ts'
import {
  allowedBy,
  extensionIn,
  isMisnamed,
  limitFor,
  namedExtension,
  standardType,
  typeFor,
  typeForAddress,
} from './file-kinds.ts'
import { isAddress, mentionsIn } from './file-mentions.ts'
import { baseName, type FoundFile, type GivenFiles } from './given-files.ts'
import { downloadOf } from './share-links.ts'
import type { Taken } from './values.ts'

/** What decides about the files that cells mention. */
export interface CellFileRules extends Pick<Limits, 'fileHosts'> {
  /** that came along */
  files?: GivenFiles
  /** of a value for all rows: what was uploaded as that value, which its names mean first */
  own?: GivenFiles
  /** the rows are those files: see `Book` */
  listsFiles?: boolean
  /** the server’s */
  fileLimits?: App['fileLimits']
}

/** @param name what the cell calls the file, if its address is a link behind that text */
export function toFile(text: string, variable: Variable, rules: CellFileRules, name = ''): Taken {
  const isName = nameTest(variable, rules)
  const mentions = mentionsIn(text, isName)
  const { label } = variable
  if (mentions.length > 1 && mentions.every((one) => isAddress(one) || isName(one)))
    return { fault: { code: 'too-many-files', label, length: mentions.length, max: 1 } }
  const [only] = mentions
  const taken = fileOf(mentions.length === 1 && only ? only : text.trim(), variable, rules, name)
  return 'fault' in taken ? taken : { value: taken.file, notes: taken.notes }
}

export function toFiles(text: string, variable: Variable, rules: CellFileRules, name = ''): Taken {
  const files: FileInput[] = []
  const notes = new Map<string, Fault>()
  for (const mention of mentionsIn(text, nameTest(variable, rules))) {
    const taken = fileOf(mention, variable, rules, name)
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

/** The value of an input that takes one file or a list, for files that came along; at least one. */
export function toGivenFiles(given: GivenFile[], variable: Variable, rules: CellFileRules): Taken {
  const files: FileInput[] = []
  const notes: Fault[] = []
  for (const file of given) {
    const taken = ofGiven(file, variable, rules)
    if ('fault' in taken) return taken
    files.push(taken.file)
    notes.push(...taken.notes)
  }
  const max = variable.type === 'file' ? 1 : variable.maxLength
  const { length } = files
  if (max !== undefined && max > 0 && length > max)
    return { fault: { code: 'too-many-files', label: variable.label, length, max } }
  const [first] = files
  return { value: variable.type === 'file' && first ? first : files, notes }
}

type TakenFile = { file: FileInput; notes: Fault[] } | { fault: Fault }

function nameTest(variable: Variable, rules: CellFileRules): (text: string) => boolean {
  return (text) => found(text, variable, rules) !== undefined
}

function found(name: string, variable: Variable, { own, files }: CellFileRules): FoundFile | undefined {
  const isMeant = (file: GivenFile) => isTaken(file, variable)
  return own?.find(name, isMeant) ?? files?.find(name, isMeant)
}

function fileOf(mention: string, variable: Variable, rules: CellFileRules, name: string): TakenFile {
  return isAddress(mention) && !/^file:/i.test(mention)
    ? addressed(mention, variable, rules, name)
    : named(mention, variable, rules)
}

function addressed(address: string, variable: Variable, rules: CellFileRules, name: string): TakenFile {
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
  const type = typeForAddress(extension, variable)
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

function named(name: string, variable: Variable, rules: CellFileRules): TakenFile {
  const { label } = variable
  const { files } = rules
  const meant = found(name, variable, rules)
  if (meant?.file) return ofGiven(meant.file, variable, rules)
  if (meant) return { fault: { code: 'file-twice', label, value: name, paths: meant.paths } }
  const count = files?.all.length ?? 0
  if (count === 0 && !looksLikeName(name, variable))
    return { fault: { code: 'not-an-address', label, value: name } }
  if (variable.localFiles === false) return { fault: { code: 'only-links', label, value: name } }
  if (count === 0) return { fault: { code: 'no-files', label, value: name } }
  const guess = files?.guess(name)
  return {
    fault: { code: 'no-such-file', label, value: name, count, ...(guess !== undefined && { guess }) },
  }
}

/** `A-17.pdf` and `C:\bills\A-17`, but not `example.com/a.pdf`, which only lacks its beginning. */
function looksLikeName(text: string, variable: Variable): boolean {
  if (/^(www\.|[\w-]+(\.[\w-]+)+\/|mailto:)/i.test(text)) return false
  return namedExtension(text.replaceAll('\\', '/'), variable) !== '' || /^([a-z]:)?\\./i.test(text)
}

const MB = 1024 * 1024

function ofGiven(given: GivenFile, variable: Variable, rules: CellFileRules): TakenFile {
  rules.files?.use(given)
  const { label } = variable
  const name = baseName(given)
  const fault = { label, value: name }
  if (variable.localFiles === false) return { fault: { code: 'only-links', ...fault } }
  if (given.size === 0) return { fault: { code: 'empty-file', ...fault } }
  const extension = extensionOf(given)
  if (isMisnamed(given, extension))
    return { fault: { code: 'misnamed-file', ...fault, as: given.content ?? '', extension } }
  const type = typeOf(given, variable)
  if (!type) return { fault: { code: 'file-type', ...fault, allowed: allowedBy(variable) } }
  const { kind, max } = limitFor(extension, rules.fileLimits)
  if (given.size > max * MB) return { fault: { code: 'large-file', ...fault, as: kind, max } }
  const { sha256, size } = given
  const content = otherPicture(given, extension, variable)
  const sent = sentName(name, content ?? extension)
  const file: LocalFile = { type, transfer_method: 'local_file', name: sent, sha256, size }
  return { file, notes: content === undefined ? [] : [{ code: 'renamed-picture', ...fault, as: content }] }
}

/** Dify, and the models behind it, know a file by its extension alone. */
function sentName(name: string, extension: string): string {
  const named = extensionIn(name)
  if (named === extension || extension === '') return name
  if (DIGITS.test(named)) return `${name}.${extension}`
  return `${named === '' ? name : name.slice(0, -named.length - 1)}.${extension}`
}

/** What a picture is by its bytes, if its name says that it is another one and the input takes that, too. */
function otherPicture({ content }: GivenFile, extension: string, variable: Variable): string | undefined {
  if (content === null || standardType(extension) !== 'image' || standardType(content) !== 'image')
    return undefined
  const isSame = extension.replace('jpeg', 'jpg') === content
  return isSame || typeFor(content, variable) !== typeFor(extension, variable) ? undefined : content
}

function isTaken(file: GivenFile, variable: Variable): boolean {
  return typeOf(file, variable) !== undefined
}

function typeOf(file: GivenFile, variable: Variable): LocalFile['type'] | undefined {
  return typeFor(extensionOf(file), variable)
}

/** Of its name or, if that has none, by its bytes; '' if they do not say either. “scan 12.03.2024” has none. */
function extensionOf({ name, content }: GivenFile): string {
  const extension = extensionIn(baseName({ name }))
  const ofContent = content !== null && standardType(content) ? content : ''
  return extension === '' || (DIGITS.test(extension) && ofContent !== '') ? ofContent : extension
}

/** As an extension: a date or a number at the end of the name. */
const DIGITS = /^\d+$/
