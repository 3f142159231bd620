/**
 * Statements that Postgres plans once in each connection instead of each time, which is half of what they cost it. Only
 * such as find their rows by a key: for others the plan depends on what is asked for and on how large a table is, and one
 * that was made for a small table would be kept for a while when it has grown.
 */
const NAMES = new Map<string, string>()

/** @param text there must be few of them, and the columns that it gives must never change their types */
export function prepareOnce(text: string): void {
  if (!NAMES.has(text)) NAMES.set(text, `rowbot_${NAMES.size}`)
}

/** What the statement is called in every connection; undefined: it is planned each time. */
export function nameOfPrepared(text: string): string | undefined {
  return NAMES.get(text)
}
