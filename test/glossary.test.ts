import { expect, test } from 'bun:test'
import { basename, join } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const { words, names, others } = readGlossary(await Bun.file(join(ROOT, 'docs/glossary.md')).text())

test('no name in src uses a word that the glossary has another for', async () => {
  const found: string[] = []
  for await (const file of new Bun.Glob('src/**/*.ts').scan(ROOT)) {
    const all = [basename(file, '.ts'), ...namesIn(await Bun.file(join(ROOT, file)).text())]
    for (const name of new Set(all)) if (isForbidden(name)) found.push(`${file}: ${name}`)
  }
  expect(found.toSorted()).toEqual([])
})

test('the glossary forbids something', () => {
  expect(words.has('shelf')).toBeTrue()
  expect(names.has('Look')).toBeTrue()
  expect(others.has('KnownBlock')).toBeTrue()
})

test('a word in small letters is found in any name that has it', () => {
  expect(namesIn('export function openShelf(door: string) {}').filter(isForbidden)).toEqual(['openShelf'])
  expect(namesIn('const SHELF_MS = 1').filter(isForbidden)).toEqual(['SHELF_MS'])
  expect(namesIn('class A { readonly #shelf = 1 }').filter(isForbidden)).toEqual(['shelf'])
})

test('a word with a capital is found only where it is the whole name', () => {
  expect(namesIn('interface Look {}\nconst lookUp = 1').filter(isForbidden)).toEqual(['Look'])
})

test('what is said in a comment, a string or a template does not count, but what stands in a placeholder does', () => {
  const source =
    '// shelf\n/* shelf */ const a = \'shelf\' + "shelf" + `shelf ${b} ${`${shelf}`} shelf` // shelf'
  expect(namesIn(source).filter((name) => name.includes('shelf'))).toEqual(['shelf'])
})

test('a quote in a regular expression hides nothing after it', () => {
  expect(
    namesIn('const a = /["\'`]/.test(b) || /[/"]/.test(c)\nconst shelf = 1').filter(isForbidden),
  ).toEqual(['shelf'])
})

/** The “not” column of every table, and the words of others, which stand after the tables. */
function readGlossary(text: string) {
  const inTables = text.split('\n').filter((line) => line.startsWith('| '))
  const last = inTables.map((line) => line.split('|').at(-2) ?? '')
  const all = last.flatMap(quoted)
  const after = text.slice(text.indexOf('## Words of others'))
  return {
    words: new Set(all.filter((word) => word === word.toLowerCase())),
    names: new Set(all.filter((word) => word !== word.toLowerCase())),
    others: new Set(quoted(after)),
  }
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)
}

function isForbidden(name: string): boolean {
  if (others.has(name)) return false
  return names.has(name) || wordsOf(name).some((word) => words.has(word))
}

/** `openShelf`, `OPEN_SHELF`, `open-shelf` → open, shelf */
function wordsOf(name: string): string[] {
  return [...name.matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)].map(([word]) => word.toLowerCase())
}

/** Every name in a source text: what is left of it without comments, strings, templates and regular expressions. */
function namesIn(source: string): string[] {
  return [...codeOf(source).matchAll(/[A-Za-z_$][\w$]*/g)].map(([name]) => name)
}

/** What may stand before a `/` that begins a regular expression, and not a division. */
const BEFORE_REGEX = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of|yield|await|=>))\s*$/
const TOKEN = /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|[`{}/]/g

function codeOf(source: string): string {
  let code = ''
  let at = 0
  /** of every open brace, whether it is a template's placeholder */
  const braces: boolean[] = []
  for (;;) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(source)
    code += source.slice(at, match?.index)
    if (!match) return code
    const [token] = match
    at = match.index + token.length
    if (token === '{') braces.push(false)
    const isTemplate = token === '`' || (token === '}' && braces.pop() === true)
    if (isTemplate) at = endOfText(source, at)
    else if (token === '/' && BEFORE_REGEX.test(code.slice(-40))) at = endOfRegex(source, at)
    code += isTemplate || token === '/' || token.length > 1 ? ' ' : token
    if (isTemplate && source[at - 1] === '{') braces.push(true)
  }
}

/** Where a template's text ends: after its closing quote or after the `${` of its next placeholder. */
function endOfText(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === '`') return i + 1
    else if (source[i] === '$' && source[i + 1] === '{') return i + 2
  }
  return source.length
}

function endOfRegex(source: string, from: number): number {
  let isInClass = false
  for (let i = from; i < source.length; i++) {
    const char = source[i]
    if (char === '\\') i++
    else if (char === '[') isInClass = true
    else if (char === ']') isInClass = false
    else if (char === '\n') return from // no regular expression after all
    else if (char === '/' && !isInClass) return i + 1
  }
  return from
}
