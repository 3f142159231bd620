import { expect, test } from 'bun:test'
import { dirname, join, relative } from 'node:path'
import type { Rowbot } from '../src/app/rowbot.ts'
import { insertAudit } from '../src/db/tasks/audit.ts'
import { setAccess } from '../src/db/workflows/access.ts'
import {
  deleteWorkflow,
  replaceWorkflowKey,
  saveWorkflow,
  setWorkflowEnabled,
  setWorkflowLimits,
  updateWorkflow,
} from '../src/db/workflows/workflows.ts'

/** What each part of src may import: other parts, and the packages at home there. Types count too. */
const MAY_IMPORT: Record<string, { parts: string[]; packages: string[] }> = {
  engine: { parts: [], packages: [] },
  judge: { parts: ['engine'], packages: [] },
  messages: { parts: ['engine'], packages: [] },
  net: { parts: ['engine'], packages: ['undici'] },
  db: { parts: ['engine'], packages: ['kysely', 'better-sqlite3', 'pg'] },
  dify: { parts: ['engine', 'net'], packages: ['@fastify/busboy', 'undici', 'zod', 'eventsource-parser'] },
  workbook: {
    parts: ['engine'],
    packages: ['@e965/xlsx', 'exceljs', 'jschardet', 'numfmt', 'p-limit', 'zod'],
  },
  files: { parts: ['engine', 'workbook'], packages: ['file-type', 'p-limit', 'yauzl', 'yazl'] },
  queue: { parts: ['engine', 'db'], packages: ['kysely', 'pg-boss'] },
  app: {
    parts: ['engine', 'db', 'dify', 'judge', 'workbook', 'files', 'queue', 'messages'],
    packages: ['p-limit', 'pino', 'zod'],
  },
  wizard: { parts: ['app', 'db', 'engine', 'workbook', 'files', 'messages'], packages: ['zod'] },
  bots: { parts: ['app', 'db', 'wizard', 'engine', 'workbook', 'files', 'messages'], packages: [] },
  'bots/slack': {
    parts: ['bots', 'files', 'messages', 'engine'],
    packages: ['@slack/bolt', '@slack/web-api', '@slack/types', 'quick-lru'],
  },
  'bots/discord': { parts: ['bots', 'files', 'messages', 'engine'], packages: ['discord.js', 'quick-lru'] },
  admin: {
    parts: ['app', 'db', 'wizard', 'engine', 'workbook', 'files', 'messages'],
    packages: ['@fastify/busboy', 'diff', 'elysia', 'htmx.org', 'openid-client', 'quick-lru', 'zod'],
  },
  notify: {
    parts: ['app', 'admin', 'bots', 'db', 'engine', 'messages', 'net'],
    packages: ['nodemailer'],
  },
  client: { parts: ['admin'], packages: ['zod'] },
  serve: {
    parts: [
      'app',
      'admin',
      'notify',
      'bots',
      'bots/slack',
      'bots/discord',
      'wizard',
      'files',
      'db',
      'engine',
      'messages',
    ],
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
      'pino',
      'prom-client',
      'zod',
    ],
  },
  cli: {
    parts: [
      'client',
      'net',
      'app',
      'serve',
      'admin',
      'notify',
      'bots',
      'bots/slack',
      'bots/discord',
      'wizard',
      'workbook',
      'files',
      'dify',
      'db',
      'engine',
      'messages',
    ],
    packages: ['commander', 'pino'],
  },
}

/** What only the use cases call, so that who may is asked and who did is kept: by the functions themselves, whatever they are called. */
const WRITES = [
  insertAudit,
  saveWorkflow,
  updateWorkflow,
  replaceWorkflowKey,
  setWorkflowLimits,
  setWorkflowEnabled,
  setAccess,
  deleteWorkflow,
].map(({ name }) => name)
const ENGINES = ['engine', 'engineFor'] as const satisfies (keyof Rowbot)[]
const PAST_THE_USE_CASES = new RegExp(
  String.raw`\b${ENGINES[0]}\.\w+\(|\b(?:${[ENGINES[1], ...WRITES].join('|')})\(`,
  'g',
)

const SRC = join(import.meta.dir, '../src')
const PARTS = Object.keys(MAY_IMPORT).toSorted((a, b) => b.length - a.length)
const IMPORT = /(?:(?<!['"])\bfrom|(?<!['"/])\bimport|\bimport\(|\brequire\()\s*['"]([^'"]+)['"]/g

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

test('no two files import each other, in however wide a circle, not even by types', async () => {
  const graph = new Map<string, string[]>()
  for await (const file of new Bun.Glob('**/*.ts').scan(SRC)) {
    const names = importsOf(await Bun.file(join(SRC, file)).text()).filter((name) => name.startsWith('.'))
    graph.set(
      file,
      names.map((name) => join(dirname(file), name)),
    )
  }
  expect(graph.size).toBeGreaterThan(100)
  expect(circlesOf(graph)).toEqual([])
})

test('tasks and workflows are changed, and the audit is written, by the use cases of src/app alone', async () => {
  const past: string[] = []
  for await (const file of new Bun.Glob('**/*.ts').scan(SRC)) {
    const part = partOf(file)
    if (part === 'app' || part === 'db' || part === 'engine') continue
    for (const [call] of (await Bun.file(join(SRC, file)).text()).matchAll(PAST_THE_USE_CASES))
      past.push(`${file}: ${call}`)
  }
  expect(past).toEqual([])
})

test('a circle is found, whichever way into it, and what only leads there is not of it', () => {
  const graph = { main: ['a', 'd'], a: ['b'], b: ['c', 'd'], c: ['a'], d: [], self: ['self'] }
  expect(circlesOf(new Map(Object.entries(graph)))).toEqual([['a', 'b', 'c'], ['self']])
})

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
  if (join(SRC, dirname(file), name) === join(SRC, '../package.json')) return true // its version
  if (name.startsWith('.')) return parts.includes(partOf(relative(SRC, join(SRC, dirname(file), name))))
  return packages.some((known) => name === known || name.startsWith(`${known}/`))
}

/** Files that reach each other by their imports (Tarjan’s strongly connected components), each circle sorted. */
function circlesOf(graph: Map<string, string[]>): string[][] {
  const circles: string[][] = []
  const numbers = new Map<string, number>()
  const stack: string[] = []
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file)
  return circles

  /** @returns the least number that is reached from `file` and not in a component yet */
  function visit(file: string): number {
    const number = numbers.size
    let least = number
    numbers.set(file, number)
    stack.push(file)
    for (const next of graph.get(file) ?? []) {
      if (!numbers.has(next)) least = Math.min(least, visit(next))
      else if (stack.includes(next)) least = Math.min(least, numbers.get(next) ?? least)
    }
    if (least === number) {
      const component = stack.splice(stack.indexOf(file))
      const isCircle = component.length > 1 || graph.get(file)?.includes(file) === true
      if (isCircle) circles.push(component.toSorted())
    }
    return least
  }
}

/** main for what lies beside the parts: it may import everything, and nothing may import it. */
function partOf(path: string): string {
  return PARTS.find((part) => path.startsWith(`${part}/`)) ?? 'main'
}

test('a type has one definition: no name is defined twice', async () => {
  const places = new Map<string, string[]>()
  for await (const file of new Bun.Glob('**/*.ts').scan(SRC)) {
    const source = await Bun.file(join(SRC, file)).text()
    for (const [, name = ''] of source.matchAll(
      /^(?:export )?(?:abstract )?(?:interface|type|class) (\w+)/gm,
    ))
      places.set(name, [...(places.get(name) ?? []), file])
  }
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([])
})
