import { attributes, XmlReader, type XmlHandler } from './xml.ts'
import { FileRefusal } from './refusal.ts'
import type { Zip } from './zip.ts'

/** How one part of the package refers to others. */
export interface Relationship {
  /** the last word of its type: `worksheet`, `styles`; the same in transitional and strict workbooks */
  type: string
  /** the part's name in the archive */
  target: string
}

/** Reads a small part that is known to be there. */
export function readXml(bytes: Uint8Array, handler: XmlHandler): void {
  const reader = new XmlReader(handler)
  reader.write(decoded(() => decoder(bytes).decode(bytes)))
  reader.end()
}

/** Reads a part of any size as it is unpacked; after every piece the caller may take what was found. */
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

/** The relationships of a part by id; of the package itself for ''. */
export function relationships(zip: Zip, part: string): Map<string, Relationship> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const found = new Map<string, Relationship>()
  const bytes = zip.read(`${folder}_rels/${part.slice(folder.length)}.rels`)
  if (!bytes) return found
  readXml(bytes, {
    open(name, source) {
      if (name !== 'Relationship') return
      const { Id = '', Type = '', Target = '', TargetMode } = attributes(source)
      if (TargetMode === 'External') return
      found.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), target: resolve(folder, Target) })
    },
  })
  return found
}

/** A path inside the archive: `..` cannot lead out of it, since it is only ever looked up by name. */
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

/** By the byte order mark, by where the zeros of `<` stand, by what the declaration says; otherwise UTF-8. */
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
    // Bun knows every label of the Encoding Standard; its types list three.
    return new TextDecoder(encoding as Bun.Encoding, { fatal: true })
  } catch {
    throw new FileRefusal('corrupt', `encoded as ${encoding.slice(0, 20)}`)
  }
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw new FileRefusal('corrupt') // bytes that are no text in the encoding they claim
  }
}
