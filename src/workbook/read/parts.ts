import { say } from '../../engine/sentence.ts'
import { attributes, XmlReader, type XmlHandler } from './xml.ts'
import { FileRefusal } from './refusal.ts'
import type { Zip } from './zip.ts'

/** A reference from one part of the package to another. */
export interface Relationship {
  /** the last segment of its type: `worksheet`, `styles`; the same in transitional and strict workbooks */
  type: string
  /** the part’s name in the archive */
  target: string
}

/** Parses a small part. */
export function readXml(bytes: Uint8Array, handler: XmlHandler): void {
  const reader = new XmlReader(handler)
  reader.write(decoded(() => decoder(bytes).decode(bytes)))
  reader.end()
}

/**
 * Parses a part of any size while it is unpacked. Yields after every piece, so that the caller can take what was
 * found.
 */
export async function* streamXml(
  pieces: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
): AsyncGenerator<undefined> {
  const reader = new XmlReader(handler)
  let text: TextDecoder | undefined
  for await (const piece of pieces) {
    text ??= decoder(piece)
    const codec = text
    reader.write(decoded(() => codec.decode(piece, { stream: true })))
    yield undefined
  }
  if (text) reader.write(decoded(() => text.decode()))
  reader.end()
}

/** The relationships of a part, by id; of the package itself for ''. */
export function relationships(zip: Zip, part: string): Map<string, Relationship> {
  const folder = folderOf(part)
  const found = new Map<string, Relationship>()
  readRelationships(zip, part, ({ Id = '', Type = '', Target = '', TargetMode }) => {
    if (TargetMode === 'External') return
    found.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), target: partAt(zip, folder, Target) })
  })
  return found
}

/** Where the relationships of a part that lead out of the package lead to, by id: addresses and paths, as written. */
export function externalTargets(zip: Zip, part: string): Map<string, string> {
  const found = new Map<string, string>()
  readRelationships(zip, part, ({ Id = '', Target = '', TargetMode }) => {
    if (TargetMode === 'External') found.set(Id, Target)
  })
  return found
}

function readRelationships(zip: Zip, part: string, take: (given: Record<string, string>) => void): void {
  const folder = folderOf(part)
  const bytes = zip.read(`${folder}_rels/${part.slice(folder.length)}.rels`)
  if (!bytes) return
  readXml(bytes, {
    open(name, source) {
      if (name === 'Relationship') take(attributes(source))
    },
  })
}

function folderOf(part: string): string {
  return part.slice(0, part.lastIndexOf('/') + 1)
}

/**
 * The part that a target means. Programs write it as a path from the part’s folder or from the root, percent-encoded or
 * not, and some forget the `/` of a path from the root. Without such a part, the path as the standard reads it.
 */
function partAt(zip: Zip, folder: string, target: string): string {
  const path = target.trim().replace(/#.*$/s, '')
  const decoded = unescapedPath(path)
  const candidates = [
    resolve(folder, path),
    resolve(folder, decoded),
    resolve('', path),
    resolve('', decoded),
  ]
  return candidates.find((candidate) => zip.has(candidate)) ?? resolve(folder, path)
}

function unescapedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path // a % that escapes nothing
  }
}

/** A path inside the archive. `..` cannot lead out of it: the path is only used to look up names. */
function resolve(folder: string, target: string): string {
  const path = target.replaceAll('\\', '/')
  const whole = path.startsWith('/') ? path : folder + path
  const steps: string[] = []
  for (const step of whole.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  return steps.join('/')
}

/** From the byte order mark, the position of the zeros around `<`, or the XML declaration; otherwise UTF-8. */
function decoder(start: Uint8Array): TextDecoder {
  const [first, second] = start
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return strict('utf-16be')
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return strict('utf-16le')
  const head = new TextDecoder('latin1').decode(start.subarray(0, 200))
  const declared = /^\s*<\?xml[^>]*\sencoding=["']([\w.-]+)["']/.exec(head)?.[1]
  return strict(declared && !/^utf-?(8|16)$/i.test(declared) ? declared : 'utf-8')
}

function strict(encoding: string): TextDecoder {
  try {
    // `as`: Bun knows every label of the Encoding Standard; its types list three.
    return new TextDecoder(encoding as Bun.Encoding, { fatal: true })
  } catch {
    throw new FileRefusal('corrupt', say('encoded-as', { encoding: encoding.slice(0, 20) }))
  }
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw new FileRefusal('corrupt') // bytes that are invalid in their declared encoding
  }
}
