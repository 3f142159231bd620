/**
 * The addresses and names of files in a cell, in its order: by line, comma or semicolon, addresses by space, too. A name
 * may have spaces and commas, so the whole cell, a line, and parts that belong together are tried as one name first.
 * @param isName true for the name of a file that came along
 */
export function mentionsIn(text: string, isName: (text: string) => boolean): string[] {
  const whole = text.trim()
  const lines = whole.split(/[\r\n]+/)
  // A line above a path is no folder of it.
  if ((lines.length === 1 || !/[\\/]/.test(whole)) && isName(whole)) return [whole]
  return lines.flatMap((line) => inLine(line.trim(), isName))
}

/** An address with a scheme; a drive (`C:\`) is none. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text)
}

function inLine(line: string, isName: (text: string) => boolean): string[] {
  if (line === '') return []
  if (isName(line)) return [line]
  return line
    .split(/[\s,;，；、]+(?=[a-z][a-z0-9+.-]+:\/\/)/i)
    .flatMap((part) => (isAddress(part) ? fromAddress(part, isName) : namesIn(part, isName)))
}

/** An address ends at a space; a comma may be part of it, unless the name of a file follows. */
function fromAddress(text: string, isName: (text: string) => boolean): string[] {
  const end = text.search(/\s/)
  const first = end === -1 ? text : text.slice(0, end)
  const rest = end === -1 ? '' : text.slice(end)
  for (const { index } of first.matchAll(/[,;，；、]+/g)) {
    const name = first.slice(index).replace(/^[,;，；、]+/, '')
    if (name !== '' && namesIn(name, isName).every(isName))
      return [first.slice(0, index), ...namesIn(name + rest, isName)]
  }
  return [first.replace(/[,;，；、]+$/, ''), ...namesIn(rest, isName)]
}

/** At most so many parts are tried as one name: a name has few commas. */
const JOINED = 6

function namesIn(text: string, isName: (text: string) => boolean): string[] {
  const parts = partsOf(text)
  const names: string[] = []
  let isAnyThere = false
  for (let i = 0; i < parts.length;) {
    const last = lastOfName(text, parts, i, isName)
    isAnyThere ||= last !== undefined
    names.push(between(text, parts, i, last ?? i))
    i = (last ?? i) + 1
  }
  const mentioned = names.filter((name) => name !== '')
  const isList = isAnyThere || mentioned.every((name) => /\.[a-z0-9]{1,10}$/i.test(name))
  const whole = text.trim().replace(/[\s,;，；、]+$/, '')
  return isList ? mentioned : whole === '' ? [] : [whole]
}

type NamePart = { start: number; end: number }

function partsOf(text: string): NamePart[] {
  const parts: NamePart[] = []
  let start = 0
  for (const { index } of text.matchAll(/[,;，；、]/g)) {
    parts.push({ start, end: index })
    start = index + 1
  }
  return [...parts, { start, end: text.length }]
}

/** The last of the parts from `first` on that are one name together. */
function lastOfName(
  text: string,
  parts: NamePart[],
  first: number,
  isName: (text: string) => boolean,
): number | undefined {
  for (let last = Math.min(first + JOINED, parts.length) - 1; last >= first; last--) {
    const name = between(text, parts, first, last)
    if (name !== '' && isName(name)) return last
  }
  return undefined
}

function between(text: string, parts: NamePart[], first: number, last: number): string {
  return text.slice(parts[first]?.start, parts[last]?.end).trim()
}
