import type { TextEncoding } from '../types.ts'
import { decodeLossily, decodeStrictly, labelOf } from './decode.ts'
import type { Likelihood } from './encoding-guess.ts'
import { FileRefusal } from './refusal.ts'
import { utf16WithoutMark } from './utf16.ts'

export interface Decoded extends TextEncoding {
  text: string
}

type Guess = typeof import('./encoding-guess.ts')

const SAMPLE_LINES = 3
const SAMPLE_LINE_CHARS = 80
const ALTERNATIVES = 5

/**
 * Decodes a CSV file: UTF-8 and UTF-16 can be told for certain; among the older encodings, the likeliest is taken, and
 * it says whether it is sure.
 * @param chosen a label of the Encoding Standard, chosen by a person; takes precedence. Bytes that it has no character
 * for become U+FFFD, so that the person sees them.
 * @throws FileRefusal if the file is cut inside a character
 * @throws UserError if there is no such encoding
 */
export async function decodeText(bytes: Uint8Array, chosen?: string): Promise<Decoded> {
  if (chosen !== undefined) {
    const label = labelOf(chosen)
    return { text: decodeLossily(label, bytes), label, sure: true, alternatives: await others(bytes, label) }
  }
  const unicode = unicodeOf(bytes)
  if (unicode) return { ...unicode, sure: true, alternatives: [] }
  const guess = await import('./encoding-guess.ts') // its statistics take a twentieth of a second to load
  const lines = linesBeyondAscii(bytes)
  const sample = joined(lines)
  const likely = guess.readings(sample)
  const damaged = damagedEncoding(lines, guess)
  if (damaged !== undefined) {
    const text = decodeLossily(damaged, bytes)
    return { text, label: damaged, sure: false, alternatives: offered(damaged, lines, likely) }
  }
  const { label, text } = firstWhole(likely, bytes) ?? {
    label: 'windows-1252',
    text: decodeLossily('windows-1252', bytes),
  }
  const sure = label === likely[0]?.label && guess.isSure(sample, likely)
  return { text, label, sure, alternatives: offered(label, lines, likely) }
}

/** Certain, because other text hardly ever has this form. */
function unicodeOf(bytes: Uint8Array): { label: string; text: string } | undefined {
  const label = markOf(bytes) ?? utf16WithoutMark(bytes.subarray(0, 4096))
  if (label !== undefined) {
    const text = decodeStrictly(label, bytes)
    if (text === undefined) throw new FileRefusal('corrupt')
    return { label, text }
  }
  const text = decodeStrictly('utf-8', bytes)
  if (text !== undefined) {
    // Japanese mail writes ASCII and switches to others: ESC $ B.
    const switches = text.includes('\u001b$B') || text.includes('\u001b$@')
    const switched = switches ? decodeStrictly('iso-2022-jp', bytes) : undefined
    return switched === undefined ? { label: 'utf-8', text } : { label: 'iso-2022-jp', text: switched }
  }
  const before = decodeStrictly('utf-8', withoutLastCharacter(bytes))
  if (before !== undefined && /\P{ASCII}/u.test(before)) throw new FileRefusal('corrupt')
  return undefined
}

function markOf([a, b, c]: Uint8Array): string | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined
}

/** A UTF-8 file that was cut inside a character is still UTF-8, only incomplete. */
function withoutLastCharacter(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes.length - end < 3 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, Math.max(0, end - 1))
}

/** The likeliest encoding that also holds for the rest of the file. */
function firstWhole(likely: Likelihood[], bytes: Uint8Array): { label: string; text: string } | undefined {
  for (const { label } of likely) {
    const text = decodeStrictly(label, bytes)
    if (text !== undefined) return { label, text }
  }
  return undefined
}

/** Encodings in which most byte sequences are not text at all: whatever most lines are, the file is. */
const STRICT = ['utf-8', 'gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr']

/** The encoding of all lines except a few, which were spoilt or came from another file. */
function damagedEncoding(lines: Uint8Array[], guess: Guess): string | undefined {
  for (const label of STRICT) {
    const good = lines.filter((line) => decodeStrictly(label, line) !== undefined)
    if (good.length === lines.length || good.length < 2 || good.length * 3 < lines.length * 2) continue
    if (label === 'utf-8') return label
    const sample = joined(good)
    const likely = guess.readings(sample)
    if (likely[0]?.label === label && guess.isSure(sample, likely)) return label
  }
  return undefined
}

/** What the bytes may be besides the chosen encoding. */
async function others(bytes: Uint8Array, label: string): Promise<TextEncoding['alternatives']> {
  const lines = linesBeyondAscii(bytes)
  if (lines.length === 0) return []
  const certain =
    markOf(bytes) ?? (decodeStrictly('utf-8', joined(lines)) === undefined ? undefined : 'utf-8')
  if (certain === label) return []
  if (certain !== undefined) return [sampleOf(label, lines), sampleOf(certain, lines)]
  const { readings } = await import('./encoding-guess.ts')
  return offered(label, lines, readings(joined(lines)))
}

function offered(label: string, lines: Uint8Array[], likely: Likelihood[]): TextEncoding['alternatives'] {
  const used = sampleOf(label, lines)
  const rest = likely
    .map((reading) => ({ label: reading.label, sample: firstLines(reading.text) }))
    .filter((other) => other.label !== label && other.sample.join('\n') !== used.sample.join('\n'))
  return [used, ...rest].slice(0, ALTERNATIVES)
}

function sampleOf(label: string, lines: Uint8Array[]): { label: string; sample: string[] } {
  return { label, sample: firstLines(decodeLossily(label, joined(lines))) }
}

function firstLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLE_LINES)
    .map((line) => [...line.slice(0, SAMPLE_LINE_CHARS * 2).trim()].slice(0, SAMPLE_LINE_CHARS).join(''))
}

const SAMPLE_BYTES = 32_768
const LINE_BYTES = 4_096

/** The first lines that are not plain ASCII, each without its line end; a long line only up to a space or comma. */
function linesBeyondAscii(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let taken = 0
  for (let at = bytes.findIndex((byte) => byte > 0x7f); at >= 0 && at < bytes.length; at++) {
    if ((bytes[at] ?? 0) <= 0x7f) continue
    let from = at
    while (from > 0 && at - from < LINE_BYTES && !isLineEnd(bytes[from - 1])) from--
    let to = at
    while (to < bytes.length && to - at < LINE_BYTES && !isLineEnd(bytes[to])) to++
    // Below 0x30, no byte is the second half of a character.
    if (to < bytes.length && !isLineEnd(bytes[to])) while (to > at + 1 && (bytes[to] ?? 0) >= 0x30) to--
    lines.push(bytes.subarray(from, to))
    taken += to - from
    if (taken >= SAMPLE_BYTES) break
    while (to < bytes.length && !isLineEnd(bytes[to])) to++
    at = to
  }
  return lines
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d
}

function joined(lines: Uint8Array[]): Uint8Array {
  return Buffer.concat(lines.flatMap((line) => [line, NEWLINE]))
}

const NEWLINE = new Uint8Array([0x0a])
