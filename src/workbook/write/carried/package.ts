import { relationships, type Relationship } from '../../read/parts.ts'
import type { Zip } from '../../read/zip.ts'
import { CONTENT_TYPES, insertBefore, REL, relationshipsXml } from './xml-text.ts'

/** A sheet of 100,000 rows and eight columns has 35 MB, and edited parts are in memory several times. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024

/**
 * A package whose parts are edited as text. Reads see earlier writes; the archive itself is written only at the end.
 */
export class Package {
  readonly changes = new Map<string, string>()
  readonly #zip: Zip

  constructor(zip: Zip) {
    this.#zip = zip
  }

  /** @throws if the part is missing or is not UTF-8 */
  text(name: string): string {
    const changed = this.changes.get(name)
    if (changed !== undefined) return changed
    const bytes = this.#zip.read(name, MAX_TEXT_BYTES)
    if (!bytes) throw new Error(`${name} is missing`)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }

  set(name: string, text: string): void {
    this.changes.set(name, text)
  }

  relationships(part: string): Map<string, Relationship> {
    return relationships(this.#zip, part)
  }

  /** The first free name of `xl/comments1.xml`, `xl/comments2.xml` …: some readers rely on such names. */
  freeName(stem: string, ending: string): string {
    let number = 1
    while (this.#zip.has(`${stem}${number}${ending}`) || this.changes.has(`${stem}${number}${ending}`))
      number++
    return `${stem}${number}${ending}`
  }

  /** Adds a part that another refers to; returns the id of the reference. */
  add(from: string, type: 'comments' | 'vmlDrawing' | 'worksheet', name: string, text: string): string {
    this.set(name, text)
    this.#declare(name, CONTENT_TYPES[type])
    const folder = from.slice(0, from.lastIndexOf('/') + 1)
    const rels = `${folder}_rels/${from.slice(folder.length)}.rels`
    const exists = this.changes.has(rels) || this.#zip.has(rels)
    const source = exists ? this.text(rels) : relationshipsXml([])
    let number = 1
    while (source.includes(`"rIdRowbot${number}"`)) number++
    const relationship = `<Relationship Id="rIdRowbot${number}" Type="${REL}/${type}" Target="${relative(folder, name)}"/>`
    this.set(rels, required(insertBefore(source, /<\/Relationships>/, relationship), rels))
    return `rIdRowbot${number}`
  }

  #declare(name: string, contentType: string): void {
    const list = '[Content_Types].xml'
    const source = this.text(list)
    if (name.endsWith('.vml')) {
      if (/<Default\b[^>]*Extension="vml"/i.test(source)) return
      const fallback = `<Default Extension="vml" ContentType="${contentType}"/>`
      this.set(list, required(insertBefore(source, /<(Default|Override)\b/, fallback), list))
      return
    }
    const override = `<Override PartName="/${name}" ContentType="${contentType}"/>`
    this.set(list, required(insertBefore(source, /<\/Types>/, override), list))
  }
}

/** The reference to `name` from a part in `folder`: `../comments1.xml`. */
function relative(folder: string, name: string): string {
  const from = folder.split('/').slice(0, -1)
  const to = name.split('/')
  while (from.length > 0 && from[0] === to[0]) {
    from.shift()
    to.shift()
  }
  return '../'.repeat(from.length) + to.join('/')
}

function required(text: string | undefined, name: string): string {
  if (text === undefined) throw new Error(`${name} is not written as every program writes it`)
  return text
}
