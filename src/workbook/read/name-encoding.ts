import { decodeStrictly } from './decode.ts'
import { type EncodingCandidate, readings, standardCandidate } from './encoding-guess.ts'

/** How to read file names that no encoding is given for. */
export type ReadName = (raw: Uint8Array) => string

/** What Windows of each country writes into a ZIP. Western ones come first: they explain any bytes. */
const OF_NAMES: readonly EncodingCandidate[] = [
  { name: 'cp850', label: 'cp850', decode: cp850 },
  standardCandidate('gb18030', 'gb18030'),
  standardCandidate('cp932', 'shift_jis'),
  standardCandidate('cp949', 'euc-kr'),
  standardCandidate('big5hkscs', 'big5'),
  standardCandidate('cp866', 'ibm866'),
  standardCandidate('cp1252', 'windows-1252'),
  standardCandidate('cp1251', 'windows-1251'),
]

/**
 * Guesses the encoding of names from all of them together, because one alone says little. UTF-8 if they all are; else
 * the likeliest one that can read them all.
 */
export function guessNames(names: Uint8Array[]): ReadName {
  const text = Buffer.concat(names.flatMap((name) => [name, LINE_END]))
  if (decodeStrictly('utf-8', text) !== undefined) return (raw) => new TextDecoder().decode(raw)
  const label = readings(text, OF_NAMES)[0]?.label
  const decode = OF_NAMES.find((candidate) => candidate.label === label)?.decode
  return (raw) => decode?.(raw) ?? cp850(raw)
}

const LINE_END = Uint8Array.of(10)

/** The upper half of code page 850, which agrees with 437 in nearly all letters and has more of them. */
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'

function cp850(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 0x80 ? String.fromCodePoint(byte) : CP850.charAt(byte - 0x80)
  return text
}
