import type { Limits } from '../limits.ts'
import { streamXml } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import type { Zip } from './zip.ts'

/** The shared strings, to which cells refer by number. Rich text runs are joined; phonetic readings are left out. */
export async function readStrings(zip: Zip, part: string, limits: Limits): Promise<string[]> {
  const texts: string[] = []
  let text = ''
  let total = 0
  let inText = false
  let phonetic = 0
  const handler = {
    open(name: string) {
      if (name === 'si') text = ''
      else if (name === 'rPh') phonetic++
      else if (name === 't' && phonetic === 0) inText = true
    },
    text(piece: string) {
      if (!inText) return
      text += piece
      if (text.length > limits.maxCellChars * ESCAPE_CHARS) throw new FileRefusal('cell-too-long')
    },
    close(name: string) {
      if (name === 't') inText = false
      else if (name === 'rPh') phonetic--
      else if (name === 'si') {
        const whole = unescaped(text)
        if (whole.length > limits.maxCellChars) throw new FileRefusal('cell-too-long')
        total += whole.length + TEXT_COST
        texts.push(whole)
        if (total > limits.maxTextChars) throw new FileRefusal('too-large-inside')
      }
    },
  }
  for await (const _ of streamXml(zip.stream(part), handler)) continue
  return texts
}

/** The memory that a text costs besides its characters, in characters. */
export const TEXT_COST = 32

/** Length of `_x000D_`, which stands for one character. */
const ESCAPE_CHARS = 7

/**
 * Replaces `_x000D_`, the form of characters that XML cannot contain. In text that only looks like that, the first
 * `_` is `_x005F_`.
 */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
