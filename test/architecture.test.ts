import { expect, test } from 'bun:test'
import { dirname, join, relative } from 'node:path'

/** What each part of src may import: other parts, and the packages at home there. Types count too. */
const MAY_IMPORT: Record<string, { parts: string[]; packages: string[] }> = {
  engine: { parts: [], packages: ['p-limit'] },
  messages: { parts: ['engine'], packages: [] },
  db: { parts: ['engine'], packages: ['kysely', 'better-sqlite3', 'pg'] },
  dify: { parts: ['engine'], packages: ['undici', 'zod', 'eventsource-parser'] },
  workbook: { parts: ['engine'], packages: ['exceljs', 'p-limit', 'zod'] },
  queue: { parts: ['engine', 'db'], packages: ['pg-boss'] },
  app: { parts: ['engine', 'db', 'dify', 'workbook', 'queue', 'messages'], packages: ['pino', 'zod'] },
  wizard: { parts: ['app', 'db', 'engine', 'workbook', 'messages'], packages: ['p-limit', 'zod'] },
  bots: { parts: ['app', 'db', 'wizard', 'engine', 'messages'], packages: [] },
  'bots/slack': {
    parts: ['bots', 'messages', 'engine'],
    packages: ['@slack/bolt', '@slack/web-api', '@slack/types', 'quick-lru'],
  },
  'bots/discord': { parts: ['bots', 'messages', 'engine'], packages: ['discord.js', 'quick-lru'] },
  admin: {
    parts: ['app', 'db', 'wizard', 'engine', 'messages'],
    packages: ['elysia', 'htmx.org', 'quick-lru', 'zod'],
  },
  serve: {
    parts: ['app', 'admin', 'bots', 'bots/slack', 'bots/discord', 'wizard', 'db', 'engine', 'messages'],
    packages: ['pino', 'prom-client'],
  },
  cli: {
    parts: [
      'app',
      'serve',
      'admin',
      'bots',
      'bots/slack',
      'bots/discord',
      'wizard',
      'workbook',
      'dify',
      'db',
      'engine',
      'messages',
    ],
    packages: ['commander', 'pino'],
  },
}

const SRC = join(import.meta.dir, '../src')
const PARTS = Object.keys(MAY_IMPORT).toSorted((a, b) => b.length - a.length)
const IMPORT = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]([^'"]+)['"]/g

for (const [part, { parts, packages }] of Object.entries(MAY_IMPORT)) {
  test(`src/${part} imports only ${[...parts, ...packages].join(', ') || 'itself'}`, async () => {
    const strays: string[] = []
    for await (const file of new Bun.Glob(`${part}/**/*.ts`).scan(SRC)) {
      if (partOf(file) !== part) continue
      for (const name of importsOf(await Bun.file(join(SRC, file)).text())) {
        if (!isAllowed(name, file, [part, ...parts], packages)) strays.push(`${file} imports ${name}`)
      }
    }
    expect(strays).toEqual([])
  })
}

test('a type-only import, a dynamic one and a deep one are seen', () => {
  const source = `import type { A } from 'kysely'\nawait import('pg')\nimport 'undici/index.js'\nimport {\n  b,\n} from '../db/x.ts'`
  expect(importsOf(source)).toEqual(['kysely', 'pg', 'undici/index.js', '../db/x.ts'])
  expect(isAllowed('kysely', 'engine/a.ts', ['engine'], ['p-limit'])).toBe(false)
  expect(isAllowed('../db/x.ts', 'engine/a.ts', ['engine'], [])).toBe(false)
  expect(isAllowed('undici/index.js', 'dify/a.ts', ['dify'], ['undici'])).toBe(true)
})

function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].map(([, name]) => name ?? '')
}

function isAllowed(name: string, file: string, parts: string[], packages: string[]): boolean {
  if (name.startsWith('node:') || name === 'bun') return true
  if (name.startsWith('.')) return parts.includes(partOf(relative(SRC, join(SRC, dirname(file), name))))
  return packages.some((known) => name === known || name.startsWith(`${known}/`))
}

/** main for what lies beside the parts: it may import everything, and nothing may import it. */
function partOf(path: string): string {
  return PARTS.find((part) => path.startsWith(`${part}/`)) ?? 'main'
}
