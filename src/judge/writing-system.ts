export const WRITING_SYSTEMS = [
  'Latin',
  'Han',
  'Kana',
  'Hangul',
  'Cyrillic',
  'Arabic',
  'Hebrew',
  'Greek',
  'Thai',
  'Devanagari',
] as const
export type WritingSystem = (typeof WRITING_SYSTEMS)[number]

/** Fewer letters say too little: a name, a unit, a number. */
const LETTERS_NEEDED = 20
/** Enough to tell, and a long answer takes no longer than a short one. */
const READ = 2_000

/** From the first code point of the block to its last. Kana and Hangul beside Han tell Japanese and Korean. */
const RANGES: [from: number, to: number, script: WritingSystem][] = [
  [0x41, 0x5a, 'Latin'],
  [0x61, 0x7a, 'Latin'],
  [0xc0, 0x24f, 'Latin'],
  [0x370, 0x3ff, 'Greek'],
  [0x400, 0x52f, 'Cyrillic'],
  [0x590, 0x5ff, 'Hebrew'],
  [0x600, 0x6ff, 'Arabic'],
  [0x900, 0x97f, 'Devanagari'],
  [0xe00, 0xe7f, 'Thai'],
  [0x1100, 0x11ff, 'Hangul'],
  [0x1e00, 0x1eff, 'Latin'],
  [0x3040, 0x30ff, 'Kana'],
  [0x3400, 0x4dbf, 'Han'],
  [0x4e00, 0x9fff, 'Han'],
  [0xac00, 0xd7af, 'Hangul'],
]
const LAST = 0xd7af
const BY_CODE = new Uint8Array(LAST + 1)
for (const [from, to, script] of RANGES) BY_CODE.fill(WRITING_SYSTEMS.indexOf(script) + 1, from, to + 1)

/** In Chinese and Japanese one character is about a third of a word's letters. */
const WEIGHTS: Partial<Record<WritingSystem, number>> = { Han: 3, Kana: 2, Hangul: 2 }
/** Of a Japanese text about half are kana; of a Chinese one none. */
const KANA_SHARE = 0.1
/** A text of two scripts (an English name in Chinese, a term in Russian) has none. */
const MAIN_SHARE = 0.7

/** The script that most of a text is written in; undefined: too short to tell, or mixed. */
export function writingSystemOf(text: string): WritingSystem | undefined {
  const counts = new Uint32Array(WRITING_SYSTEMS.length + 1)
  const end = Math.min(text.length, READ)
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    const script = code <= LAST ? (BY_CODE[code] ?? 0) : 0
    counts[script] = (counts[script] ?? 0) + 1
  }
  const weights = WRITING_SYSTEMS.map((script, i) => (counts[i + 1] ?? 0) * (WEIGHTS[script] ?? 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total < LETTERS_NEEDED) return undefined
  const kana = weights[WRITING_SYSTEMS.indexOf('Kana')] ?? 0
  const han = weights[WRITING_SYSTEMS.indexOf('Han')] ?? 0
  if (kana + han >= total * MAIN_SHARE) return kana >= (kana + han) * KANA_SHARE ? 'Kana' : 'Han'
  const most = weights.findIndex((weight) => weight >= total * MAIN_SHARE)
  return WRITING_SYSTEMS[most]
}
