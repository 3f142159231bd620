/** What an upload may be. All are settings; each is checked before the memory or the time is spent. */
export interface Limits {
  maxFileBytes: number
  /** all parts of the archive that are read, unpacked */
  maxUnpackedBytes: number
  /** entries of the archive */
  maxEntries: number
  /** rows with something in them, headings included */
  maxRows: number
  maxColumns: number
  /** characters of one cell: Excel's own limit, which no honest file passes */
  maxCellChars: number
  /** characters of all different texts of a workbook, which have to be held at once; each text counts 32 more */
  maxTextChars: number
  /** how long one upload may keep a worker busy */
  readSeconds: number
  /** how long a worker may take over one batch of result rows, or a template */
  writeSeconds: number
  /** files by http:// addresses too, not only https:// */
  plainHttp: boolean
}

const MB = 1024 * 1024

export const DEFAULT_LIMITS: Limits = {
  maxFileBytes: 50 * MB,
  maxUnpackedBytes: 512 * MB,
  maxEntries: 10_000,
  maxRows: 100_000,
  maxColumns: 100,
  maxCellChars: 32_767,
  maxTextChars: 64_000_000,
  readSeconds: 9,
  writeSeconds: 60,
  plainHttp: false,
}
