import { type Coded, say } from './sentence.ts'
import { UserError } from './user-error.ts'

/** A file that came along with an upload. Its bytes are in the file store, by their hash. */
export interface GivenFile {
  /** as it was sent; of a ZIP or a folder with its path inside: `2024/A-17.pdf` */
  name: string
  /** SHA-256 of its bytes, in hex */
  sha256: string
  /** in bytes */
  size: number
  /** what its bytes are, as an extension (`pdf`); null: they do not say, as with plain text */
  content: string | null
}

/** Of a table that Rowbot made with a row for each file: the column with the files’ names. */
export const FILE_COLUMN = 0

/** Where the bytes of files are, by hash. */
export interface FileSource {
  /** The bytes in pieces; undefined if they are not kept (any more). */
  open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /**
   * Writes a stream to a file on disk that nobody else sees.
   * @returns undefined if it has more than `maxBytes`; then nothing is left of it
   * @throws what the stream throws; then nothing is left of it either
   */
  spool(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<SpooledFile | undefined>
}

/** A file on disk on its way to Dify. */
export interface SpooledFile {
  /** in bytes */
  size: number
  /** what its bytes are, as in GivenFile */
  content: string | null
  open(): AsyncIterable<Uint8Array>
  remove(): Promise<void>
}

/** A complete file on this machine, whose bytes are to be kept as they are on its disk. */
export interface FileToKeep {
  path: string
  name: KeptName
  /** in bytes, on the disk */
  size: number
}

/**
 * What a file is called where it is kept: the SHA-256 of its bytes in hex. Where it is encrypted (encrypted-bytes.ts), that
 * of its bytes before, and `.encrypted`. So the same file always has the same bytes under the same name.
 */
export type KeptName = string

/** Where the bytes of files are kept for good, each under its name: a folder, the database, a bucket. */
export interface FileHome {
  /** Keeps a file. If the same bytes are there already, they are new again. @throws FilesAway; then nothing refers to it */
  keep(file: FileToKeep): Promise<void>
  /**
   * The bytes as they are kept, in pieces, from the first on; undefined if they are not kept (any more).
   * @param most no more than so many of them are wanted
   * @throws FilesAway, also while they are read
   */
  open(name: KeptName, most?: number): Promise<AsyncIterable<Uint8Array> | undefined>
  /** Everything that is kept there, in any order. @throws FilesAway */
  list(): AsyncIterable<KeptName>
  /** Deletes a file that is kept there under another name. @throws FilesAway */
  delete(name: KeptName): Promise<void>
  /**
   * Deletes files that nobody refers to.
   * @param used which of these names, at most some thousand, are referred to
   * @param before ms since 1970: newer files stay, because whoever stored them may be about to refer to them
   */
  sweep(used: (names: KeptName[]) => Promise<Set<KeptName>>, before: number): Promise<void>
}

/** The place where files are kept does not do what it should, through no fault of the file. It may be tried again. */
export class FilesAway extends UserError {
  constructor(
    message: Coded,
    override readonly cause?: unknown,
  ) {
    super(message, say('do-wait-for-files'))
  }
}

/** One file was changed where it is kept: trying again does not help. */
export class FileDamaged extends FilesAway {}

const ENCRYPTED = '.encrypted'

export function keptName(sha256: string, form: 'plain' | 'encrypted'): KeptName {
  return form === 'encrypted' ? sha256 + ENCRYPTED : sha256
}

export function isKeptName(text: string): boolean {
  return /^[0-9a-f]{64}(?:\.encrypted)?$/.test(text)
}

export function isEncryptedName(name: KeptName): boolean {
  return name.endsWith(ENCRYPTED)
}

/** The hash of the file’s bytes. */
export function hashIn(name: KeptName): string {
  return isEncryptedName(name) ? name.slice(0, -ENCRYPTED.length) : name
}

/** @throws for anything that is not a hash: what people call a file never becomes a path, or a key */
export function requireName(name: KeptName): void {
  if (!isKeptName(name)) throw new Error('a file is looked up by its hash')
}

/** Bun collects pieces late: ten uploads at once would leave a hundred megabytes of them behind. */
const COLLECT_EVERY_BYTES = 16 * 1024 * 1024
let handedOnBytes = 0

/** For whoever reads a file in pieces: a piece of so many bytes is not needed any more. */
export function handedOn(bytes: number): void {
  handedOnBytes += bytes
  if (handedOnBytes < COLLECT_EVERY_BYTES) return
  handedOnBytes = 0
  Bun.gc(false)
}
