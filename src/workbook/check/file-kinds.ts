import type { GivenFile } from '../../engine/files.ts'
import type { FileType } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'

type StandardType = Exclude<FileType, 'custom'>

/** The file extensions that Dify accepts for each type (api/constants/__init__.py). */
const EXTENSIONS: Record<StandardType, string> = {
  image: 'jpg jpeg png webp gif svg',
  document: 'txt markdown md mdx pdf html htm xlsx xls vtt properties doc docx csv eml msg pptx ppt xml epub',
  audio: 'mp3 m4a wav amr mpga',
  video: 'mp4 mov mpeg webm',
}

export function standardType(extension: string): StandardType | undefined {
  const types = Object.keys(EXTENSIONS) as StandardType[] // `as`: the keys of the table above
  return types.find((type) => EXTENSIONS[type].split(' ').includes(extension))
}

/** In lower case, without the dot; '' if the last segment of the path has none. */
export function extensionIn(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1).trim()
  return /\.([a-z0-9]{1,10})$/i.exec(last)?.[1]?.toLowerCase() ?? ''
}

/** The extension of a text that may be no name at all: the 5 of “No.5” is none. */
export function namedExtension(name: string, { fileExtensions = [] }: Variable): string {
  const extension = extensionIn(name)
  return standardType(extension) || fileExtensions.includes(`.${extension}`) ? extension : ''
}

/**
 * The type to send a URL as; undefined if the variable does not accept that kind. A URL without an extension
 * (`/download?id=3`) is sent as the type that the variable accepts, or as a document, the most frequent: the server looks at
 * the file itself, and refuses another type.
 */
export function typeForAddress(extension: string, variable: Variable): FileType | undefined {
  const { fileTypes = [] } = variable
  if (extension === '') return fileTypes.includes('document') ? 'document' : (fileTypes[0] ?? 'document')
  return typeFor(extension, variable)
}

/** The type to send a file as, by its extension; undefined if the variable does not accept it. */
export function typeFor(
  extension: string,
  { fileTypes = [], fileExtensions = [] }: Variable,
): FileType | undefined {
  const standard = standardType(extension)
  if (fileTypes.length === 0) return standard ?? 'custom'
  if (standard && fileTypes.includes(standard)) return standard
  if (!fileTypes.includes('custom')) return undefined
  return fileExtensions.length === 0 || fileExtensions.includes(`.${extension}`) ? 'custom' : undefined
}

/** What a variable accepts, for people: types and extensions. */
export function allowedBy({ fileTypes = [], fileExtensions = [] }: Variable): string[] {
  return fileTypes.flatMap((type) => (type === 'custom' ? fileExtensions : [type]))
}

/** Formats that are told apart by their first bytes; those of one family often have each other’s names. */
const FAMILIES = {
  picture: 'jpg jpeg png apng gif webp bmp tif tiff heic avif jxl',
  pdf: 'pdf',
  media:
    'mp3 mpga mp2 m4a m4b m4p wav amr aac flac ogg oga opus mp4 m4v mov mpeg mpg webm mkv avi 3gp 3g2 ogv',
  word: 'docx docm dotx dotm',
  table: 'xlsx xlsm xltx xltm',
  slides: 'pptx pptm potx potm ppsx ppsm',
  openDocument: 'odt ods odp',
  book: 'epub',
  compound: 'cfb', // .doc, .xls, .ppt and .msg, and every .docx with a password
  archive: 'zip 7z rar',
  page: 'html',
} as const
type Family = keyof typeof FAMILIES

/** Two bytes tell them, and a text may begin with these: BM of a BMP. */
const WEAK = new Set(['bmp', 'mp2', 'mp3', 'aac'])

const OFFICE: Family[] = ['word', 'table', 'slides', 'openDocument', 'book', 'compound', 'archive']
const NO_TEXT: Family[] = ['picture', 'pdf', 'media', ...OFFICE]

/** What a file of an extension may be. `only`: it begins with bytes that no other file begins with. */
const RULES: { extensions: string; only?: Family[]; never?: Family[] }[] = [
  { extensions: 'jpg jpeg png gif webp', only: ['picture'] },
  { extensions: 'pdf', only: ['pdf'] },
  { extensions: 'docx', only: ['word', 'archive', 'compound'] },
  { extensions: 'xlsx', only: ['table', 'archive', 'compound'] },
  { extensions: 'pptx', only: ['slides', 'archive', 'compound'] },
  { extensions: 'epub', only: ['book', 'archive'] },
  { extensions: 'mp3 m4a wav amr mpga mp4 mov mpeg webm', never: ['picture', 'pdf', 'page', ...OFFICE] },
  { extensions: 'doc xls ppt msg', never: ['picture', 'pdf', 'media'] },
  { extensions: 'csv tsv json vtt eml', never: [...NO_TEXT, 'page'] },
  { extensions: 'txt md markdown mdx properties html htm xml svg', never: NO_TEXT },
]

/** True if a file’s bytes are certainly not what its name says. */
export function isMisnamed({ content }: GivenFile, extension: string): boolean {
  const rule = RULES.find(({ extensions }) => extensions.split(' ').includes(extension))
  if (!rule) return false
  const family = content === null ? undefined : familyOf(content)
  if (rule.only) return family === undefined || !rule.only.includes(family)
  return family !== undefined && !WEAK.has(content ?? '') && rule.never?.includes(family) === true
}

function familyOf(content: string): Family | undefined {
  const families = Object.keys(FAMILIES) as Family[] // `as`: the keys of the table above
  return families.find((family) => FAMILIES[family].split(' ').includes(content))
}

/** Dify’s own limits in MB (config.py), for servers that do not say theirs. */
const DEFAULT_LIMITS_MB = { document: 15, image: 10, audio: 50, video: 100 } as const

/** How large a file may be for the server, in MB. It goes by the extension alone. */
export function limitFor(
  extension: string,
  limits: Partial<Record<StandardType, number>> = {},
): { kind: StandardType; max: number } {
  const kind = standardType(extension) ?? 'document'
  return { kind, max: limits[kind] ?? DEFAULT_LIMITS_MB[kind] }
}
