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
