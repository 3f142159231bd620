/** A heading, or an input’s name or label, in the forms in which they are compared, from exact to loose. */
export interface HeadingKeys {
  /** as written, except for case, spaces and full-width forms */
  exact: string
  /** its words alone: snake_case, camelCase, “*”, “:”, emoji and “(required)” make no difference */
  words: string
  /** the words without a bracketed remark, and those of each line in two languages, where these differ from `words` */
  loose: Set<string>
}

/** Longer texts are no headings. */
const MAX_CHARS = 200
const NO_KEYS: HeadingKeys = { exact: '', words: '', loose: new Set() }

export function keysOf(text: string): HeadingKeys {
  if (text.length > MAX_CHARS) return NO_KEYS
  const words = wordsOf(text)
  const parts = [text, ...translations(text)].flatMap((part) => [part, part.replaceAll(REMARK, ' ')])
  const loose = new Set(parts.map(wordsOf).filter((part) => part !== '' && part !== words))
  return { exact: headingKey(text), words, loose }
}

/** `Topic ⏎ 主题`: each line is the name. “Company ⏎ Name” is one name, and not the one of either line. */
function translations(text: string): string[] {
  const lines = text.split(/[\r\n]+/).filter((line) => /\p{L}/u.test(line))
  const isLatin = new Set(lines.map((line) => /^\P{L}*\p{Script=Latin}/u.test(line)))
  return isLatin.size === 2 ? lines : []
}

/** A key that is equal for headings that look the same to a person. */
export function headingKey(heading: string): string {
  return heading
    .normalize('NFKC')
    .replaceAll(/[\s\u200b\ufeff]/g, '')
    .toLowerCase()
    .replace(/\*+$/, '')
}

/** `(in EUR)`, `［EUR］`, `【备注】` */
const REMARK = /[([{（［【〔][^)\]}）］】〕]*[)\]}）］】〕]/g
/** Whether an input is required is no part of its name. */
const NECESSITY =
  /[([{【〔]\s*\*?\s*(?:required|mandatory|optional|必填项?|必填項?|必需|必须|必須|选填|選填|可选|可選|任意)\s*\*?\s*[)\]}】〕]/gi
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u{fe0f}\u{20e3}]/gu

function wordsOf(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(NECESSITY, '')
    .replaceAll(EMOJI, '')
    .toLowerCase()
    .replaceAll(/[\s_/·–—-]/g, '')
    .replaceAll(/^\*+|[*:]+$/g, '')
}
