/** Limits of an upload. All are settings. Each is checked before the memory or the time is spent. */
export interface Limits {
  maxFileBytes: number
  /** unpacked size of all parts of the archive that are read */
  maxUnpackedBytes: number
  /** entries of the archive */
  maxEntries: number
  /** rows that are not blank, headings included */
  maxRows: number
  maxColumns: number
  /** characters of one cell; an Excel file may have more than the 32,767 that Excel itself writes */
  maxCellChars: number
  /** characters of all different texts of a workbook, which are in memory together; each text counts 32 extra */
  maxTextChars: number
  /** how long a worker may spend on one upload */
  readSeconds: number
  /** how long a worker may spend on one batch of result rows, or on a template */
  writeSeconds: number
  /** files that come along with a workbook */
  maxFiles: number
  /** all of them together, unpacked */
  maxFilesBytes: number
  /** hosts, with their port if it is not the usual one, whose files may have http:// URLs, not only https:// */
  fileHosts: string[]
}

const MB = 1024 * 1024

export const DEFAULT_LIMITS: Limits = {
  maxFileBytes: 50 * MB,
  maxUnpackedBytes: 512 * MB,
  maxEntries: 10_000,
  maxRows: 100_000,
  maxColumns: 100,
  maxCellChars: 1_000_000,
  maxTextChars: 64_000_000,
  readSeconds: 9,
  writeSeconds: 60,
  maxFiles: 2_000,
  maxFilesBytes: 4_096 * MB,
  fileHosts: [],
}
