/** A change of one setting in a file of NAME=value lines. */
export interface SettingChange {
  name: string
  /** '' or undefined: it was not set */
  before: string | undefined
  value: string
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/

/** The settings in a file of NAME=value lines; of a name that is set twice the last one counts, as for Bun. */
export function settingsIn(text: string): Map<string, string> {
  return new Map(linesOf(text).flatMap(({ name, value }) => (name === undefined ? [] : [[name, value]])))
}

/** The number of the first line that is neither NAME=value, nor a comment, nor empty; undefined: there is none. */
export function strayLine(text: string): number | undefined {
  const index = linesOf(text).findIndex(({ line, name }) => name === undefined && !/^\s*(?:#.*)?$/.test(line))
  return index === -1 ? undefined : index + 1
}

/** The text with these settings; every other line, comments too, stays as it is. */
export function withSettings(text: string, changes: Pick<SettingChange, 'name' | 'value'>[]): string {
  const lines = linesOf(text)
  const added: string[] = []
  for (const { name, value } of changes) {
    const written = `${name}=${quoted(value)}`
    const last = lines.findLast((line) => line.name === name)
    if (last) last.line = written
    else added.push(written)
  }
  const kept = lines.map(({ line }) => line)
  while (kept.at(-1) === '') kept.pop()
  return `${[...kept, ...added].join('\n')}\n`
}

/** Whether a value can be written so that Bun reads the same. */
export function isWritable(value: string): boolean {
  return !/[\r\n]|\\\$|\\$/.test(value) && !(value.includes("'") && value.includes('"'))
}

/** Bun puts variables in for `$`, also between quotes, unless there is a backslash before it. */
function quoted(value: string): string {
  const escaped = value.replaceAll('$', String.raw`\$`)
  if (/^[^\s'"`#]*$/.test(value)) return escaped
  return value.includes("'") ? `"${escaped}"` : `'${escaped}'`
}

function linesOf(text: string): { line: string; name?: string; value: string }[] {
  return text.split(/\r?\n/).map((line) => {
    const [, name, raw = ''] = LINE.exec(line) ?? []
    return { line, ...(name !== undefined && { name }), value: bare(raw) }
  })
}

/** Without quotes, or without the comment behind it. */
function bare(raw: string): string {
  const [, quote, inside = ''] = /^(['"`])(.*)\1(?:\s+#.*)?$/.exec(raw) ?? []
  const value = quote === undefined ? raw.replace(/#.*$/, '').trim() : inside
  return value.replaceAll(String.raw`\$`, '$')
}
