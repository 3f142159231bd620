import type { CellPlace } from './ranges.ts'
import { columnNumber } from './ranges.ts'
import { type Relationship, streamXml } from './parts.ts'
import { richPictureParts } from './rich-values.ts'
import { readIfWhole, relatedParts } from './sheet-parts.ts'
import { attribute, attributes, type XmlHandler } from './xml.ts'
import type { Zip } from './zip.ts'

/** A picture that is placed in a cell. */
export interface CellPicture extends CellPlace {
  /** its part in the archive */
  part: string
}

/** What the cells of a workbook name their pictures by. */
export interface CellPictureParts {
  /** of Excel: the number of a rich value → part */
  rich: Map<number, string>
  /** of WPS, whose cells have =DISPIMG("ID_…",1): the ID → part */
  byId: Map<string, string>
}

/** @param parts the workbook’s relationships */
export function cellPictureParts(zip: Zip, parts: Map<string, Relationship>): CellPictureParts {
  const byId = new Map<string, string>()
  const images = [...parts.values()].find(({ type }) => type === 'cellImage')?.target
  if (images !== undefined) {
    const targets = relatedParts(zip, images)
    readIfWhole(
      zip,
      images,
      new CellImageReader((id, embed) => {
        const part = targets.get(embed)?.target
        if (part !== undefined && zip.has(part)) byId.set(id, part)
      }),
    )
  }
  return { rich: richPictureParts(zip, parts), byId }
}

/** The pictures in the cells of a sheet, in its order. @throws FileRefusal if the sheet is damaged */
export async function* cellPictures(
  zip: Zip,
  sheet: string,
  shown: CellPictureParts,
): AsyncGenerator<CellPicture> {
  if (shown.rich.size === 0 && shown.byId.size === 0) return
  const reader = new CellReader(shown)
  for await (const _ of streamXml(zip.stream(sheet), reader)) yield* reader.take()
  yield* reader.take()
}

/** WPS’s list of the pictures in cells: each is a picture whose name is its ID. */
class CellImageReader implements XmlHandler {
  readonly #onImage: (id: string, embed: string) => void
  #id = ''

  constructor(onImage: (id: string, embed: string) => void) {
    this.#onImage = onImage
  }

  open(name: string, source: string): void {
    if (/(^|:)cNvPr$/.test(name)) this.#id = attributes(source)['name'] ?? ''
    if (!/(^|:)blip$/.test(name)) return
    const embed = Object.entries(attributes(source)).find(([key]) => /(^|:)embed$/.test(key))?.[1]
    if (embed !== undefined && this.#id !== '') this.#onImage(this.#id, embed)
  }
}

const FORMULA = /^\s*=?(?:_xlfn\.)?DISPIMG\("(ID_[0-9A-F]+)"/i
/** As much of a formula tells its ID. */
const FORMULA_CHARS = 100

class CellReader implements XmlHandler {
  readonly #shown: CellPictureParts
  #found: CellPicture[] = []
  #row = 0
  #column = 0
  #rich = 0
  #text = ''
  #isInText = false

  constructor(shown: CellPictureParts) {
    this.#shown = shown
  }

  /** Those that were read since the last call. */
  take(): CellPicture[] {
    const found = this.#found
    this.#found = []
    return found
  }

  open(name: string, source: string): void {
    if (name === 'c') this.#openCell(source)
    else if (name === 'f' || name === 'v' || name === 't') this.#isInText = this.#text === ''
    else if (name === 'row') {
      const given = attribute(source, 'r')
      this.#row = given === undefined ? this.#row + 1 : Number(given)
      this.#column = 0
    }
  }

  text(text: string): void {
    if (this.#isInText && this.#text.length < FORMULA_CHARS) this.#text += text.slice(0, FORMULA_CHARS)
  }

  close(name: string): void {
    this.#isInText = false
    if (name !== 'c') return
    const { rich, byId } = this.#shown
    const id = byId.size === 0 ? undefined : FORMULA.exec(this.#text)?.[1]
    const part = rich.get(this.#rich) ?? (id && byId.get(id))
    if (part !== undefined && part !== '' && this.#column >= 1)
      this.#found.push({ row: this.#row, column: this.#column - 1, part })
  }

  #openCell(source: string): void {
    const reference = attribute(source, 'r')
    this.#column = reference === undefined ? this.#column + 1 : columnNumber(reference)
    this.#rich = attribute(source, 't') === 'e' ? Number(attribute(source, 'vm') ?? 0) : 0
    this.#text = ''
  }
}
