/**
 * The number formats of a binary workbook. 27–36 and 50–58 are dates and times in East Asian Excel and WPS, which write no text
 * for them (ECMA-376 part 1, 18.8.30); other programs number their own formats from 50.
 */
export class FormatIds {
  readonly #own = new Set<number>()

  /** A format that has a text in the file. */
  define(id: number): void {
    this.#own.add(id)
  }

  /** The format that means the same everywhere: 14 (date), 20 or 21 (time); any other one as it is. */
  plain(id: number): number {
    return this.#own.has(id) ? id : everywhere(id)
  }
}

function everywhere(id: number): number {
  if ((id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54) || id === 57 || id === 58) return 14
  if (id === 32 || id === 34 || id === 55) return 20
  return id === 33 || id === 35 || id === 56 ? 21 : id
}
