/** Words in any script: a Han character counts as one. */
export function wordsIn(text: string): string[] {
  return text.match(/\p{Script=Han}|[\p{L}\p{N}’'-]+/gu) ?? []
}

/** A list as people type it into a cell: lines, commas, semicolons, also the full-width ones. */
export function itemsIn(text: string): string[] {
  return text
    .split(/[\n,;，；、]+/)
    .map((item) => item.trim().replace(/^[-•*]\s*/, ''))
    .filter((item) => item !== '')
}

/** The first `most` words with the text between them; “…” at the end shows that there was more. */
export function firstWords(text: string, most: number): string {
  let seen = 0
  for (const { index, 0: word } of text.matchAll(/\p{Script=Han}|[\p{L}\p{N}’'-]+/gu)) {
    seen += 1
    if (seen === most && index + word.length < text.length - 1)
      return `${text.slice(0, index + word.length)}…`
  }
  return text
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : JSON.stringify(value)
}
