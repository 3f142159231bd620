import { attributes, type XmlHandler } from './xml.ts'

/** A corner of what is anchored: the cell, from 0, and how far inside of it, in EMU (914,400 an inch). */
export interface Corner {
  row: number
  col: number
  rowOff: number
  colOff: number
}

/** An anchor of a drawing that has pictures. */
export interface PictureAnchor {
  from: Corner
  /** of an anchor between two cells */
  to?: Corner
  /** of an anchor at one cell, in EMU */
  width?: number
  height?: number
  /** the relationships of its pictures, in order */
  embeds: string[]
  /** its pictures, also those that are linked and have no bytes in the file */
  count: number
}

/** Further pictures are not told of. */
const MAX_PICTURES = 10_000

/** Reads a drawing: anchors, each with the cell where it begins (`from`), and what is anchored. */
export class DrawingReader implements XmlHandler {
  readonly anchors: PictureAnchor[] = []
  #number = ''
  #corner: Partial<Corner> | undefined
  #from: Partial<Corner> = {}
  #to: Partial<Corner> | undefined
  #size: Record<string, string> | undefined
  #embeds = new Set<string>()
  #here = 0
  #isInPicture = false
  /** pictures so far, and before what is there in two ways; of these the second is for programs of old */
  #pictures = 0
  #before = 0
  #isInFallback = false
  #count = 0

  open(name: string, source: string): void {
    this.#number = ''
    if (name.endsWith('Anchor')) this.#begin()
    else if (name === 'from') this.#corner = this.#from
    else if (name === 'to') this.#corner = this.#to = {}
    else if (name === 'ext') this.#size ??= attributes(source)
    else if (name === 'pic') this.#openPicture()
    else if (name === 'blip' || name.endsWith(':blip')) this.#takeBlip(source)
    else if (name.endsWith('AlternateContent')) this.#before = this.#pictures
    else if (name.endsWith(':Fallback')) this.#isInFallback = this.#pictures > this.#before
  }

  text(text: string): void {
    if (this.#corner && this.#number.length < 20) this.#number += text
  }

  close(name: string): void {
    if (name === 'from' || name === 'to') this.#corner = undefined
    else if (this.#corner && (name === 'row' || name === 'col' || name === 'rowOff' || name === 'colOff'))
      this.#corner[name] = Number(this.#number)
    else if (name === 'pic') this.#isInPicture = false
    else if (name.endsWith(':Fallback')) this.#isInFallback = false
    else if (name.endsWith('Anchor')) this.#end()
  }

  #begin(): void {
    this.#from = {}
    this.#to = undefined
    this.#size = undefined
    this.#embeds = new Set()
    this.#here = 0
  }

  #openPicture(): void {
    if (this.#isInFallback) return
    this.#isInPicture = true
    this.#here++
    this.#pictures++
  }

  /** A blip outside of a picture is the filling of a shape. */
  #takeBlip(source: string): void {
    if (!this.#isInPicture || this.#count >= MAX_PICTURES) return
    const id = Object.entries(attributes(source)).find(([name]) => /(^|:)embed$/.test(name))?.[1]
    if (id === undefined || id === '' || this.#embeds.has(id)) return
    this.#embeds.add(id)
    this.#count++
  }

  #end(): void {
    const from = cornerOf(this.#from)
    if (this.#here === 0 || !from || this.anchors.length >= MAX_PICTURES) return
    const to = this.#to && cornerOf(this.#to)
    const [width, height] = [Number(this.#size?.['cx']), Number(this.#size?.['cy'])]
    this.anchors.push({
      from,
      ...(to && { to }),
      ...(width > 0 && height > 0 && { width, height }),
      embeds: [...this.#embeds],
      count: this.#here,
    })
  }
}

function cornerOf({ row = NaN, col = NaN, rowOff = 0, colOff = 0 }: Partial<Corner>): Corner | undefined {
  if (!(row >= 0 && col >= 0)) return undefined
  return { row, col, rowOff: rowOff || 0, colOff: colOff || 0 }
}
