import { streamXml } from './parts.ts'
import { rangeOf, type CellRange } from './ranges.ts'
import { FileRefusal } from './refusal.ts'
import { attribute, attributes, XmlReader, type XmlHandler } from './xml.ts'
import type { Zip } from './zip.ts'

/** No real sheet has more merged ranges, or links; further ones are ignored. */
const MAX_EACH = 100_000

/** What the XML of a worksheet lists after its rows. */
export interface AfterRows {
  /** by their first rows */
  merges: CellRange[]
  links: RangeLink[]
}

/** The link of the cells of a range, which leads to the target of a relationship of the worksheet’s part. */
export interface RangeLink {
  range: CellRange
  /** of the relationship */
  id: string
}

/**
 * The merged ranges and links of a worksheet. The part is unpacked once more for them, which takes a twentieth of the
 * time of reading it: the rows are skipped as bytes, and only what follows them is parsed.
 */
export async function readAfterRows(zip: Zip, part: string): Promise<AfterRows> {
  const found: AfterRows = { merges: [], links: [] }
  const handler: XmlHandler = {
    open(name, source) {
      if (name === 'mergeCell' && found.merges.length < MAX_EACH) {
        const range = rangeOf(attribute(source, 'ref'))
        if (range) found.merges.push(range)
      } else if (name === 'hyperlink' && found.links.length < MAX_EACH) {
        const link = linkOf(attributes(source))
        if (link) found.links.push(link)
      }
    },
  }
  try {
    await parseAfterRows(zip, part, handler)
  } catch (error) {
    // A damaged part is refused when its rows are read. In others, a comment had what looks like the end of the rows.
    if (error instanceof FileRefusal) return { merges: [], links: [] }
    throw error
  }
  found.merges.sort((a, b) => a.top - b.top)
  return found
}

/** A link to a place in the workbook has no relationship. */
function linkOf(given: Record<string, string>): RangeLink | undefined {
  const { ref = '' } = given
  const range = rangeOf(ref.includes(':') ? ref : `${ref}:${ref}`)
  const id = Object.entries(given).find(([name]) => name.endsWith(':id'))?.[1]
  return range && id !== undefined ? { range, id } : undefined
}

async function parseAfterRows(zip: Zip, part: string, handler: XmlHandler): Promise<void> {
  let reader: XmlReader | undefined
  let before = new Uint8Array()
  for await (const piece of zip.stream(part)) {
    if (reader) {
      reader.write(latin1(piece))
      continue
    }
    if (before.length === 0 && isUtf16(piece)) {
      for await (const _ of streamXml(zip.stream(part), handler)) continue
      return
    }
    // The tag may begin in one piece and end in the next.
    const seam = Buffer.concat([before, piece.subarray(0, LONGEST_TAG)])
    const atSeam = endOfRows(seam)
    const end = atSeam ?? endOfRows(piece)
    before = piece.slice(-LONGEST_TAG)
    if (!end) continue
    reader = new XmlReader(handler)
    reader.write(`<${end.prefix}worksheet><${end.prefix}sheetData>`)
    reader.write(latin1((atSeam ? seam : piece).subarray(end.at)))
    if (atSeam) reader.write(latin1(piece.subarray(LONGEST_TAG)))
  }
}

const ROWS = 'sheetData'
/** Longer than `</prefix:sheetData >`. */
const LONGEST_TAG = 64

/** Where the rows’ closing tag is; the bytes before it need not be decoded: all other encodings extend ASCII. */
function endOfRows(piece: Uint8Array): { at: number; prefix: string } | undefined {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
  for (let at = bytes.indexOf(ROWS); at >= 0; at = bytes.indexOf(ROWS, at + 1)) {
    const around = latin1(bytes.subarray(Math.max(0, at - LONGEST_TAG), at))
    const [tag, prefix = ''] = /<\/([\w.-]+:)?$/.exec(around) ?? []
    if (tag !== undefined) return { at: at - tag.length, prefix }
  }
  return undefined
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function isUtf16(start: Uint8Array): boolean {
  return start.subarray(0, 4).includes(0) || (start[0] ?? 0) >= 0xfe
}
