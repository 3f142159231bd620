import type { Limits } from '../limits.ts'
import { streamXml } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import type { Zip } from './zip.ts'

/** The texts that cells refer to by number. Runs of rich text are joined; the reading above a character is left out. */
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

/** What a text costs beside its characters, in characters. */
const TEXT_COST = 32

/** `_x000D_` is seven characters for one. */
const ESCAPE_CHARS = 7

/** Characters that XML cannot carry stand as `_x000D_`; a text that looks like that has its first `_` as `_x005F_`. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
