import type { GivenFile } from './files.ts'

/**
 * Files that were uploaded as one input’s value for all rows are among the files of an upload, under a name that begins
 * like this. That of no other file does: see `cleanName`. No cell can name them, and none of them becomes a row.
 */
export const CONSTANT_FILES = 'all-rows:'

/** The name under which such a file is stored: `all-rows:logo/brand.png` for the input `logo`. */
export function constantFileName(input: string, name: string): string {
  return `${CONSTANT_FILES}${encodeURIComponent(input.toWellFormed())}/${name}`
}

export function isConstantFileName(name: string): boolean {
  return name.startsWith(CONSTANT_FILES)
}

/** What `constantFileName` made the name of; undefined for any other file. */
export function constantFileNamed(name: string): { input: string; name: string } | undefined {
  if (!isConstantFileName(name)) return undefined
  const [input = '', ...rest] = name.slice(CONSTANT_FILES.length).split('/')
  return { input: decodeURIComponent(input), name: rest.join('/') }
}

/** Those of one input, each under its own name, by which the input’s value mentions it. */
export function constantFilesOf(files: readonly GivenFile[], input: string): GivenFile[] {
  const start = constantFileName(input, '')
  return files.flatMap((file) =>
    file.name.startsWith(start) ? [{ ...file, name: file.name.slice(start.length) }] : [],
  )
}
