/** How much of a server's own words is quoted, in code points. A stack trace in a cell helps nobody. */
const LONGEST_QUOTE = 400

/** A server's words for people: one line, clipped, without anything that looks like a key. */
export function quote(text: string): string {
  const plain = redact(text.replaceAll('\u0000', '')).replaceAll(/\s+/g, ' ').trim()
  const points = Array.from(plain)
  return points.length > LONGEST_QUOTE
    ? `${points
        .slice(0, LONGEST_QUOTE - 1)
        .join('')
        .trimEnd()}…`
    : plain
}

/** The title or first heading of a proxy's page, without markup. */
export function titleOfPage(html: string): string | undefined {
  const found = /<title[^>]*>([^<]*)<\/title>/i.exec(html) ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(html)
  const title = found?.[1] === undefined ? '' : quote(found[1])
  return title === '' ? undefined : title
}

/**
 * Removes what looks like a key. Model providers answer “Incorrect API key provided: sk-…”, and such sentences end up
 * in a workbook that people pass around.
 */
function redact(text: string): string {
  return KEY_SHAPES.reduce((rest, shape) => rest.replaceAll(shape, '$1***'), text)
}

const KEY_SHAPES = [
  /\b(Bearer\s+)[\w.~+/=-]{6,}/gi,
  /\b((?:app|dataset|sk|pk|rk|xox[abprs]|gh[pousr]|AIza|AKIA)[-_]?)(?=[\w-]*\d)[\w-]{12,}/g,
  /\b((?:app|dataset|sk)-)[A-Za-z0-9]{20,}\b/g,
  /\b((?:api[_-]?key|access[_-]?token|secret|password|authorization)["']?\s*[:=]\s*["']?)(?!Bearer)[^\s"',;}&]{4,}/gi,
  /(:\/\/[^/\s:@]+:)[^/\s@]+(?=@)/g,
]
