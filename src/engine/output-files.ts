import type { Outputs } from './task.ts'

/**
 * A file among a row's outputs. Dify gives only a link to it, which dies within minutes, so the file is fetched as soon as
 * the row is settled.
 */
export interface OutputFile {
  /** of all files of its row, from 1, in the order of the outputs */
  position: number
  /** name of the output that it is in, or is */
  output: string
  /** as Dify names it, with its extension */
  name: string
  mimeType: string
  /** in bytes; null: Dify does not say */
  size: number | null
  /** may be relative to the Dify server */
  url: string
}

export const OUTPUT_FILE_STATUSES = ['waiting', 'fetched', 'failed'] as const
/** `waiting`: still to be fetched */
export type OutputFileStatus = (typeof OUTPUT_FILE_STATUSES)[number]

/** Further files are not looked for: outputs are other people's data, and a list may be endless. */
const MOST_FILES = 200

/** The files among the outputs: an output itself, an element of a list, or anywhere in an object. */
export function filesIn(outputs: Outputs): OutputFile[] {
  const files: OutputFile[] = []
  for (const [output, value] of Object.entries(outputs)) {
    replaceFiles(value, (file) => {
      if (files.length < MOST_FILES)
        files.push({ ...file, output: withoutNul(output), position: files.length + 1 })
    })
  }
  return files
}

/** What a file's own object says of it. */
type DifyFile = Omit<OutputFile, 'output' | 'position'>

/** The value with something else in place of every file, in the same order as `filesIn`. Outputs are at most 500 levels deep. */
export function replaceFiles(value: unknown, replace: (file: DifyFile) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((element) => replaceFiles(element, replace))
  const file = fileOf(value)
  if (file) return replace(file)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaceFiles(inner, replace)]))
}

/** Dify marks each of its files: https://github.com/langgenius/dify, FILE_MODEL_IDENTITY. */
const MARK = '__dify__file__'

function fileOf(value: object): DifyFile | undefined {
  const { dify_model_identity, url, remote_url, filename, extension, mime_type, size } = value as Record<
    string,
    unknown
  > // any object has unknown properties
  if (dify_model_identity !== MARK) return undefined
  const address = [url, remote_url].find((one) => typeof one === 'string' && one !== '')
  return {
    name: nameOf(filename, extension),
    mimeType: typeof mime_type === 'string' ? withoutNul(mime_type) : '',
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null,
    url: typeof address === 'string' ? withoutNul(address) : '',
  }
}

function nameOf(filename: unknown, extension: unknown): string {
  const name = typeof filename === 'string' ? withoutNul(filename).trim() || 'file' : 'file'
  if (typeof extension !== 'string' || !/^\.\w{1,10}$/.test(extension) || /\.\w{1,10}$/.test(name))
    return name
  return name + extension
}

/** Postgres takes no NUL character in a text: a row whose file has one in its name could never be settled. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '')
}
