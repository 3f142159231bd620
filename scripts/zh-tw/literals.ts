/**
 * A source text with its string literals and templates changed; code, comments, regular expressions and what stands in a
 * template’s placeholders stay. Every piece between quotes, backquotes and `${…}` is given alone.
 */
export function mapLiterals(source: string, change: (text: string) => string): string {
  let out = ''
  let at = 0
  /** of every open brace, whether it is a template’s placeholder */
  const braces: boolean[] = []
  for (;;) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(source)
    if (!match) return out + source.slice(at)
    const [token] = match
    out += source.slice(at, match.index)
    at = match.index + token.length
    if (token === '{') braces.push(false)
    const opensText = token === '`' || (token === '}' && braces.pop() === true)
    out += token.length > 1 && !token.startsWith('/') ? change(token) : token
    if (!opensText) continue
    const [text = ''] = TEMPLATE_TEXT.exec(source.slice(at)) ?? []
    out += change(text)
    at += text.length
    const end = source.startsWith('${', at) ? '${' : '`'
    if (end === '${') braces.push(true)
    out += end
    at += end.length
  }
}

/** A regular expression in these files has no quotes, so that it need not be recognized. */
const TOKEN = /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|[`{}]/g
const TEMPLATE_TEXT = /^(?:\\[\s\S]|[^`$\\]|\$(?!\{))*/
