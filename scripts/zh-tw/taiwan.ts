import { ConverterFactory } from 'opencc-js/core'
import { from, to } from 'opencc-js/preset/cn2t'
import { BY_HAND, NEITHER_ROW_NOR_COLUMN } from './words.ts'

/**
 * A Chinese text of the mainland as one writes it in Taiwan: characters, words (OpenCC’s table for Taiwan, then ours) and
 * quotation marks. A row, 行 on the mainland, is 列 in Taiwan, and a column, there 列, is 欄; no table of OpenCC has that,
 * so both are marked before anything else is changed.
 */
export function taiwanese(text: string): string {
  const marked = text.replaceAll(ROW_OR_COLUMN, (found) => MARKS[found] ?? found)
  const said = quoted(toTaiwan(marked).replaceAll(ROW, '列').replaceAll(COLUMN, '欄'))
  return BY_HAND.reduce((so, [found, ours]) => so.replaceAll(found, ours), said)
}

const ROW = '\u{e000}'
const COLUMN = '\u{e001}'
const MARKS: Record<string, string> = { 行: ROW, 列: COLUMN }
/** The compounds come first: what they match stays as it is. */
const ROW_OR_COLUMN = new RegExp([...NEITHER_ROW_NOR_COLUMN, '行', '列'].join('|'), 'g')

const toTaiwan = ConverterFactory(from['cn'] ?? [], to['twp'] ?? [])

/** “…” and ‘…’ become 「…」 and 『…』, which need no space beside them; a pair that is only named, `“ ”`, stays. */
function quoted(text: string): string {
  return text
    .replaceAll(/“(?! ”)/g, '「')
    .replaceAll(/(?<!“ )”/g, '」')
    .replaceAll('‘', '『')
    .replaceAll(/’(?![a-z])/g, '』')
    .replaceAll(/(?<=\p{sc=Han}|[，。、：；（）？！]) 「/gu, '「')
    .replaceAll(/」 (?=\p{sc=Han}|[，。、：；（）？！])/gu, '」')
}
