import { UserError } from '../../engine/user-error.ts'
import { FileRefusal } from './refusal.ts'

export interface Decoded {
  text: string
  /** the encoding is a guess from the text alone */
  guessed?: string
}

/**
 * Decodes a CSV file: UTF-16 or UTF-8 with a byte order mark, UTF-8 if valid, otherwise GB18030 (which includes GBK
 * and GB2312) or Windows-1252, whichever its byte pairs suggest.
 * @param chosen a label of the Encoding Standard, chosen by a person; takes precedence. Bytes that it has no character
 * for become U+FFFD, so that the person sees them.
 */
export function decodeText(bytes: Uint8Array, chosen?: string): Decoded {
  if (chosen !== undefined) return { text: decodedAs(chosen, bytes) }
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return { text: strictly('utf-8', bytes) }
  if (a === 0xff && b === 0xfe) return { text: strictly('utf-16le', bytes) }
  if (a === 0xfe && b === 0xff) return { text: strictly('utf-16be', bytes) }
  const unmarked = utf16WithoutMark(bytes)
  if (unmarked) return { text: strictly(unmarked, bytes) }
  const utf8 = attempt('utf-8', bytes)
  if (utf8 !== undefined) return { text: utf8 }
  if (attempt('utf-8', withoutLastCharacter(bytes)) !== undefined) throw new FileRefusal('corrupt')
  const chinese = looksChinese(bytes) ? attempt('gb18030', bytes) : undefined
  if (chinese !== undefined) return { text: chinese }
  return { text: strictly('windows-1252', bytes), guessed: 'windows-1252' }
}

/**
 * Chinese characters are pairs whose second byte is nearly always high, too. In Western text, high bytes are accented
 * letters between plain ones.
 */
function looksChinese(bytes: Uint8Array): boolean {
  let pairs = 0
  let singles = 0
  for (let i = 0; i < bytes.length; i++) {
    if ((bytes[i] ?? 0) < 0x81) continue
    if ((bytes[i + 1] ?? 0) >= 0x81) {
      pairs++
      i++
    } else singles++
  }
  return pairs > singles
}

function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const head = bytes.subarray(0, 4096)
  let even = 0
  let odd = 0
  head.forEach((byte, i) => {
    if (byte !== 0) return
    if (i % 2 === 0) even++
    else odd++
  })
  if (even + odd < head.length / 8) return undefined
  return even > odd ? 'utf-16be' : 'utf-16le'
}

/** A UTF-8 file that was cut inside a character is still UTF-8, only incomplete. */
function withoutLastCharacter(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes.length - end < 3 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, Math.max(0, end - 1))
}

/** @throws UserError if there is no such encoding */
function decodedAs(encoding: string, bytes: Uint8Array): string {
  try {
    // `as`: Bun knows every label of the Encoding Standard; its types list three.
    return new TextDecoder(encoding as Bun.Encoding).decode(bytes)
  } catch {
    throw new UserError(
      `There is no encoding “${encoding}”.`,
      'Name one such as utf-8, gb18030 or shift_jis.',
    )
  }
}

function strictly(encoding: string, bytes: Uint8Array): string {
  const text = attempt(encoding, bytes)
  if (text === undefined) throw new FileRefusal('corrupt')
  return text
}

function attempt(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    // `as`: Bun knows every label of the Encoding Standard; its types list three.
    return new TextDecoder(encoding as Bun.Encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
