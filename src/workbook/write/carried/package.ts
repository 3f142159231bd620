import { relationships, type Relationship } from '../../read/parts.ts'
import { attributes } from '../../read/xml.ts'
import type { Zip } from '../../read/zip.ts'
import {
  appended,
  CONTENT_TYPES,
  insertBefore,
  type Namespaces,
  PACKAGE,
  STRICT,
  TRANSITIONAL,
} from './xml-text.ts'

/** A sheet of 100,000 rows and eight columns has 35 MB, and edited parts are in memory several times. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024

const TYPES = '[Content_Types].xml'

/**
 * A package whose parts are edited as text. Reads see earlier writes; the archive itself is written only at the end.
 */
export class Package {
  readonly changes = new Map<string, string>()
  /** parts that are left out, in lower case */
  readonly removed = new Set<string>()
  readonly #zip: Zip
  /** parts that were added, also those that are written elsewhere */
  readonly #referred = new Set<string>()

  constructor(zip: Zip) {
    this.#zip = zip
  }

  /** @throws if the part is missing or is not UTF-8 */
  text(name: string): string {
    const changed = this.changes.get(name)
    if (changed !== undefined) return changed
    const bytes = this.#zip.read(name, MAX_TEXT_BYTES)
    if (!bytes) throw new Error(`${name} is missing`)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const declared = /^\s*<\?xml[^>]*\sencoding=["']([\w.-]+)["']/.exec(text.slice(0, 200))?.[1]
    if (declared && !/^utf-?8$/i.test(declared)) throw new Error(`${name} is encoded as ${declared}`)
    return text
  }

  has(name: string): boolean {
    return this.changes.has(name) || this.#zip.has(name)
  }

  set(name: string, text: string): void {
    this.changes.set(name, text)
  }

  /** Transitional, or strict as ISO/IEC 29500 has it: the main relationship tells. */
  get namespaces(): Namespaces {
    return this.text('_rels/.rels').includes(`${STRICT.rel}/officeDocument`) ? STRICT : TRANSITIONAL
  }

  relationships(part: string): Map<string, Relationship> {
    return relationships(this.#zip, part)
  }

  /** The first free name of `xl/comments1.xml`, `xl/comments2.xml` …: some readers rely on such names. */
  freeName(stem: string, ending: string): string {
    let number = 1
    const isTaken = (name: string) => this.has(name) || this.#referred.has(name)
    while (isTaken(`${stem}${number}${ending}`)) number++
    return `${stem}${number}${ending}`
  }

  /** Adds a part that another refers to; returns the id of the reference. */
  add(from: string, type: PartType, name: string, text: string): string {
    this.set(name, text)
    return this.refer(from, type, name)
  }

  /** The same for a part that is written elsewhere. */
  refer(from: string, type: PartType, name: string): string {
    this.#declare(name, CONTENT_TYPES[type])
    return this.#relate(from, type, [name])[0] ?? ''
  }

  /** The same for pictures, which end in `.png`, `.jpeg` or `.gif`; an id for each. */
  referToPictures(from: string, names: string[]): string[] {
    for (const ending of new Set(names.map(endingOf))) this.#declareEnding(ending, `image/${ending}`)
    return this.#relate(from, 'image', names)
  }

  #relate(from: string, type: PartType | 'image', names: string[]): string[] {
    const rels = relationshipsOf(from)
    const source = this.has(rels) ? this.text(rels) : NO_RELATIONSHIPS
    let number = 1
    const given = names.map((name) => {
      this.#referred.add(name)
      while (source.includes(`"rIdRowbot${number}"`)) number++
      return { id: `rIdRowbot${number++}`, target: relative(folderOf(from), name) }
    })
    const { rel } = this.namespaces
    const list = (prefix: string) =>
      given.map(
        ({ id, target }) => `<${prefix}Relationship Id="${id}" Type="${rel}/${type}" Target="${target}"/>`,
      )
    this.set(
      rels,
      appended(source, 'Relationships', (prefix) => list(prefix).join('')),
    )
    return given.map(({ id }) => id)
  }

  /** Sheets will be added to the workbook: the parts that list them are changed from now on. */
  willGrow(workbook: string): void {
    for (const name of [TYPES, workbook, relationshipsOf(workbook)]) this.set(name, this.text(name))
  }

  /** Leaves a part out; the caller takes out what refers to it. */
  remove(name: string): void {
    this.removed.add(name.toLowerCase())
    this.removed.add(relationshipsOf(name).toLowerCase())
  }

  /** Changes the list of content types, tag by tag. */
  changeTypes(change: (tag: string) => string): void {
    this.set(TYPES, this.text(TYPES).replaceAll(/<(?:[\w.-]+:)?(?:Default|Override)\b[^>]*>/g, change))
  }

  #declare(name: string, contentType: string): void {
    if (name.endsWith('.vml')) return this.#declareEnding('vml', contentType)
    const source = this.text(TYPES)
    const given = `PartName="/${name}" ContentType="${contentType}"`
    this.set(
      TYPES,
      appended(source, 'Types', (prefix) => `<${prefix}Override ${given}/>`),
    )
  }

  /** For all parts with an ending, unless the package has such parts already. */
  #declareEnding(ending: string, contentType: string): void {
    const source = this.text(TYPES)
    if (new RegExp(`<(?:[\\w.-]+:)?Default\\b[^>]*Extension=["']${ending}["']`, 'i').test(source)) return
    const prefix = /<([\w.-]+:)?Types\b/.exec(source)?.[1] ?? ''
    const fallback = `<${prefix}Default Extension="${ending}" ContentType="${contentType}"/>`
    const declared = insertBefore(source, /<(?:[\w.-]+:)?(Default|Override)\b/, fallback)
    if (declared === undefined) throw new Error('the list of content types is empty')
    this.set(TYPES, declared)
  }
}

/** The kinds of parts that are added. */
type PartType = 'comments' | 'vmlDrawing' | 'worksheet' | 'drawing'

/** Without the dot. */
function endingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** The id of the relationship that an element refers to, from its attributes, whatever their prefix. */
export function relationshipIdIn(source: string): string {
  return Object.entries(attributes(source)).find(([name]) => /(^|:)id$/.test(name))?.[1] ?? ''
}

const NO_RELATIONSHIPS = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="${PACKAGE}/relationships"></Relationships>`

/** The part with the relationships of another. */
export function relationshipsOf(part: string): string {
  const folder = folderOf(part)
  return `${folder}_rels/${part.slice(folder.length)}.rels`
}

function folderOf(part: string): string {
  return part.slice(0, part.lastIndexOf('/') + 1)
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
