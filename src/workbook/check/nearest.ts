/**
 * The candidate that `text` was most likely meant to be: equal except for case and spaces, or beginning or ending
 * with it, or with the fewest typos. Undefined if none is close.
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const given = plain(text)
  if (given === '' || given.length > MAX_CHARS) return undefined
  let best: { candidate: string; slips: number } | undefined
  for (const candidate of candidates) {
    const slips = distance(given, plain(candidate))
    if (!best || slips < best.slips) best = { candidate, slips }
  }
  if (!best) return undefined
  const longest = Math.max(given.length, plain(best.candidate).length)
  if (best.slips <= Math.floor(longest / 3)) return best.candidate
  return candidates.find((candidate) => isPartOf(given, plain(candidate)))
}

/** Longer texts are not misspelled names. */
const MAX_CHARS = 100

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '')
}

function isPartOf(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  // Two Chinese characters are a word.
  const least = /^\p{ASCII}+$/u.test(short) ? 3 : 2
  return short.length >= least && (long.startsWith(short) || long.endsWith(short))
}

/** Number of letters to insert, delete, replace or swap with a neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const now = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (now[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      now.push(cost)
    }
    before = last
    last = now
  }
  return last[b.length] ?? 0
}
