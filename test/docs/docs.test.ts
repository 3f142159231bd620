import { existsSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'bun:test'
import { SETTINGS } from '../../src/app/settings.ts'
import { allFlags, faultOf, rowbotWordsIn } from './command-lines.ts'
import { type MarkdownPage, readMarkdown } from './markdown.ts'
import packageJson from '../../package.json'

const ROOT = join(import.meta.dir, '../..')
const pages = await readPages()

/** Variables that are no settings of a server, and those of others. */
const OTHER_VARIABLES = new Set([
  'ROWBOT_TOKEN',
  'ROWBOT_TEST_BROWSER',
  'ROWBOT_MODEL_RUNS',
  'DIFY_ADMIN_API_KEY',
])
/** Options of other programs. */
const OTHER_FLAGS = new Set(['--update-timings', '--steps'])

test('every link in the docs leads to a file that is there, and to a heading that it has', () => {
  const broken: string[] = []
  for (const [path, page] of pages)
    for (const link of page.links) if (!leadsSomewhere(path, link)) broken.push(`${path}: ${link}`)
  expect(broken).toEqual([])
})

test('every command in the docs can be run: it exists, with its options and arguments', () => {
  const faults: string[] = []
  for (const [path, { lines, spans }] of pages) {
    for (const line of lines) add(path, line, false)
    for (const span of spans) add(path, span, true)
  }
  expect(faults).toEqual([])

  function add(path: string, code: string, isMention: boolean): void {
    const words = rowbotWordsIn(code)
    const fault = words && faultOf(words, isMention)
    if (fault !== undefined) faults.push(`${path}: ${code}: ${fault}`)
  }
})

test('the list of commands by what they are for has only commands that there are', async () => {
  const text = await Bun.file(join(ROOT, 'docs/cli.md')).text()
  const rows = text.slice(text.indexOf('## What each is for'), text.indexOf('## Reference')).split('\n')
  const cells = rows.flatMap((row) => /^\| (`[^|]*`) \|/.exec(row)?.[1] ?? [])
  const spans = cells.flatMap((cell) => readMarkdown(cell).spans)
  expect(spans.length).toBeGreaterThan(20)
  const faults = spans.map((span) => [span, faultOf(rowbotWordsIn(`rowbot ${span}`) ?? [], true)] as const)
  expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([])
})

test('every option in the docs is one of a command', () => {
  const known = allFlags()
  const unknown: string[] = []
  for (const [path, { spans }] of pages)
    for (const span of spans.filter((one) => one.startsWith('--')))
      for (const [flag] of span.matchAll(/(?<=^|\s)--[a-z][a-z-]+/g))
        if (!known.has(flag) && !OTHER_FLAGS.has(flag)) unknown.push(`${path}: ${flag}`)
  expect(unknown).toEqual([])
})

test('every setting in the docs is one that Rowbot reads', () => {
  const unknown: string[] = []
  for (const [path, page] of pages)
    for (const [name] of codeOf(page).matchAll(/\b(?:ROWBOT|DIFY|SLACK|DISCORD)(?:_[A-Z]+)+\b(?!_)/g))
      if (!(name in SETTINGS.shape) && !OTHER_VARIABLES.has(name)) unknown.push(`${path}: ${name}`)
  expect(unknown).toEqual([])
})

test('every value that the docs give to a setting is one that it takes', () => {
  const refused: string[] = []
  let seen = 0
  for (const [path, { lines }] of pages)
    for (const line of lines) {
      const [, name = '', given = ''] = /^(?:export )?([A-Z_]+)=(\S*)/.exec(line) ?? []
      if (!isSetting(name) || given.includes('…')) continue
      seen += 1
      const value = given.replaceAll(/^["']|["']$/g, '')
      if (!SETTINGS.shape[name].safeParse(value).success) refused.push(`${path}: ${line}`)
    }
  expect(refused).toEqual([])
  expect(seen).toBeGreaterThan(5)
})

test('every script that the docs run is in package.json', () => {
  const unknown: string[] = []
  for (const [path, page] of pages)
    for (const [, name = ''] of codeOf(page).matchAll(/\bbun(?:@[\d.]+)? run ([\w:]+)/g))
      if (!(name in packageJson.scripts)) unknown.push(`${path}: ${name}`)
  expect(unknown).toEqual([])
})

test('every picture is shown on some page', async () => {
  const shown = new Set(
    [...pages].flatMap(([path, { links }]) => links.map((link) => join(dirname(path), link))),
  )
  const pictures = await Array.fromAsync(new Bun.Glob('docs/pictures/*.{png,svg}').scan(ROOT))
  expect(pictures.filter((picture) => !shown.has(picture)).toSorted()).toEqual([])
})

test('every page that the code names is there', async () => {
  const missing: string[] = []
  for await (const file of new Bun.Glob('src/**/*.ts').scan(ROOT))
    for (const [page] of (await Bun.file(join(ROOT, file)).text()).matchAll(/\bdocs\/[\w/-]+\.md\b/g))
      if (!existsSync(join(ROOT, page))) missing.push(`${file}: ${page}`)
  expect(missing).toEqual([])
})

test('the index has every page', () => {
  const index = pages.get('docs/README.md')?.links.map((link) => join('docs', link))
  const all = [...pages.keys()].filter((path) => /^docs\/[^/]+\.md$/.test(path) && path !== 'docs/README.md')
  expect(all.filter((path) => !index?.includes(path))).toEqual([])
})

test('what is wrong in a page is found', () => {
  const page = readMarkdown(
    '# A `b` c\n\n[x](y.md#z) `rowbot tasks`\n\n```sh\nbun rowbot run \\\n  --no-such  # x\n```\n',
  )
  expect(page.anchors).toEqual(new Set(['a-b-c']))
  expect(page.links).toEqual(['y.md#z'])
  expect(page.lines).toContain('bun rowbot run --no-such  # x')
  expect(page.spans).toEqual(['b', 'rowbot tasks'])
  expect(leadsSomewhere('docs/api.md', 'cli.md#no-such-heading')).toBeFalse()
  expect(leadsSomewhere('docs/api.md', 'cli.md#reference')).toBeTrue()
})

test('a command is read as a shell reads it, and one that cannot be run is found', () => {
  expect(rowbotWordsIn('bun rowbot run "my file.xlsx" -w X --json   # prints it')).toEqual([
    'run',
    'my file.xlsx',
    '-w',
    'X',
    '--json',
  ])
  expect(faultOf(['run', '--no-such'])).toContain("unknown option '--no-such'")
  expect(faultOf(['retry'])).toContain('missing required argument')
  expect(faultOf(['retry'], true)).toBeUndefined()
  expect(faultOf(['workflow', 'shout'])).toContain('unknown command')
  expect(faultOf(['retry', 'k7f2', '--rows', '3-40'])).toBeUndefined()
})

function isSetting(name: string): name is keyof typeof SETTINGS.shape {
  return name in SETTINGS.shape
}

/** All code of a page. */
function codeOf({ lines, spans }: MarkdownPage): string {
  return [...lines, ...spans].join('\n')
}

async function readPages(): Promise<Map<string, MarkdownPage>> {
  const found = new Map<string, MarkdownPage>()
  for (const pattern of ['*.md', 'docs/**/*.md', '.github/**/*.md', 'deploy/**/*.md'])
    for await (const path of new Bun.Glob(pattern).scan({ cwd: ROOT, dot: true }))
      found.set(path, readMarkdown(await Bun.file(join(ROOT, path)).text()))
  return found
}

function leadsSomewhere(from: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : relative(ROOT, join(ROOT, dirname(from), normalize(decodeURI(path))))
  if (!existsSync(join(ROOT, target))) return false
  return anchor === undefined || pages.get(target)?.anchors.has(anchor) === true
}
