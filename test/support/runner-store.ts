import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Actor } from '../../src/app/actor.ts'
import { taskAudit } from '../../src/app/audit.ts'
import { LOCK_WAIT_MS, openSqlite } from '../../src/db/sqlite.ts'
import { openSealing } from '../../src/db/sealed/data-key.ts'
import { createSecretBox } from '../../src/db/workflows/secret-box.ts'
import type { Db } from '../../src/db/schema.ts'
import { createTaskStore } from '../../src/db/store.ts'
import { saveWorkflow } from '../../src/db/workflows/workflows.ts'
import { type Submission, Engine } from '../../src/engine/engine.ts'
import type { Task } from '../../src/engine/task.ts'
import type { App, Workflow } from '../../src/engine/workflow.ts'
import { later } from './bot.ts'
import { expectEncrypted } from './expect-encrypted.ts'
import { FakeClock } from './fake-clock.ts'
import { ENCRYPTED, ON_POSTGRES, openBorrowed } from './test-database.ts'

export const APP: App = {
  name: 'Product copywriter',
  description: '',
  mode: 'workflow',
  variables: [{ name: 'name', label: 'Name', type: 'text-input', required: true }],
  fileLimits: {},
}

export const box = createSecretBox('a secret for tests only')

const NO_RATES = { perMinute: null, tokensPerMinute: null }
const NO_WORKFLOW: Workflow = {
  ...APP,
  id: 'none',
  baseUrl: '',
  limit: 1,
  ...NO_RATES,
  enabled: false,
  syncedAt: 0,
}

/** A database with one workflow, and a person’s way in. */
export async function openShelf({
  clock = new FakeClock(),
  path,
  lockWaitMs = LOCK_WAIT_MS,
  withWorkflow = true,
  db: given,
}: {
  clock?: FakeClock
  /** an empty database that the caller has opened, and closes */
  db?: Db
  /** of a file; default: in memory */
  path?: string
  lockWaitMs?: number
  withWorkflow?: boolean
} = {}) {
  const db =
    given ??
    (ON_POSTGRES && path === undefined
      ? await borrow()
      : await openSqlite(path ?? (await (migrated ??= migrate())), lockWaitMs))
  if (ENCRYPTED) {
    await openSealing(db, box, true)
    later(() => expectEncrypted(db))
  }
  const workflow = withWorkflow ? await aWorkflow(db) : NO_WORKFLOW
  const engine = new Engine(createTaskStore(db, clock), { wake: () => {} }, clock)
  const engineFor = (actor: Actor) =>
    new Engine(createTaskStore(db, clock, taskAudit(actor, clock)), { wake: () => {} }, clock)
  return {
    db,
    clock,
    workflow,
    engine,
    engineFor,
    submit: (rows: number, more: Partial<Submission> = {}): Promise<Task> =>
      engine.submit(anOrder(workflow, rows, more)),
  }
}

async function borrow(): Promise<Db> {
  const { db, close } = await openBorrowed()
  later(close)
  return db
}

/** A database as it is after the first start. To migrate one takes 30 ms, which is more than most of these tests. */
let migrated: Promise<Buffer> | undefined

async function migrate(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-migrated-'))
  const db = await openSqlite(':memory:')
  try {
    const path = join(folder, 'rowbot.db')
    await sql`vacuum into ${path}`.execute(db)
    return readFileSync(path)
  } finally {
    await db.destroy()
    rmSync(folder, { recursive: true })
  }
}

export async function aWorkflow(
  db: Db,
  app: App = APP,
  baseUrl = 'http://127.0.0.1:1/v1',
): Promise<Workflow> {
  const id = crypto.randomUUID()
  await saveWorkflow(db, box, { id, baseUrl, apiKey: `app-${id}`, app, limit: 10, now: 0 })
  return { ...app, id, baseUrl, limit: 10, ...NO_RATES, enabled: true, syncedAt: 0 }
}

/** Rows 2, 3, … as under one heading row. */
export function anOrder(workflow: Workflow, rows: number, more: Partial<Submission> = {}): Submission {
  return {
    parameters: { name: 'products · Product copywriter' },
    workflow,
    upload: { fileName: 'products.xlsx', bytes: new Uint8Array([1, 2, 3]) },
    sheet: 'Products',
    headings: ['Name'],
    rows: Array.from({ length: rows }, (_, i) => ({
      row: i + 2,
      cells: [`Kettle ${i + 2}`],
      inputs: { name: `Kettle ${i + 2}` },
    })),
    leftOut: [],
    owner: 'mei',
    ...more,
  }
}
