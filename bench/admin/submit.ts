import { findTask } from '../../src/db/tasks/tasks.ts'
import { findDraft, insertDraft, updateDraft } from '../../src/db/drafts/drafts.ts'
import { createRowStore } from '../../src/db/store.ts'
import { createWriter } from '../../src/db/writer.ts'
import { findWorkflow, listWorkflows } from '../../src/db/workflows/workflows.ts'
import { REAL_CLOCK } from '../../src/engine/clock.ts'
import type { Submission } from '../../src/engine/engine.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { quantile } from '../support/figures.ts'
import { openPage } from './open-page.ts'
import { LARGE_TASK, SEEDED_AT, workflowId } from './seed-plan.ts'

const ROWS = 100_000
const EVERY_MS = 5
/** Longer than any answer is cached. */
const JUMP_MS = 120_000

export interface Wait {
  what: string
  p50Ms: number
  longestMs: number
}

/** How long other work waits while a task of 100,000 rows is submitted, and how long the submission takes. */
export async function workBesideSubmit(folder: string): Promise<{ submitMs: number; waits: Wait[] }> {
  let now = SEEDED_AT
  // Ahead with every look, so that nothing is fresh from the last answer.
  const page = await openPage(folder, {
    now: () => (now += JUMP_MS),
    monotonicNow: () => now,
    uptime: () => now,
    after: () => () => {},
  })
  const { bot } = page
  const submission = await orderOf(bot)
  const others: Record<string, () => Promise<unknown>> = {
    'bare route (healthz)': async () => (await page.get('/healthz')).text(),
    list: async () => (await page.get('/batch')).text(),
    'a click in a chat': await clickIn(bot),
    'a row of another task': await rowWriteIn(bot),
  }
  for (const act of Object.values(others)) await act() // warm up

  const done = new AbortController()
  const watching = Object.entries(others).map(async ([what, act]) => {
    const times: number[] = []
    while (!done.signal.aborted) times.push(await timed(act))
    return { what, p50Ms: quantile(times, 0.5), longestMs: Math.max(...times) }
  })
  await Bun.sleep(EVERY_MS * 10)
  const began = performance.now()
  await bot.engine.submit(submission)
  const submitMs = performance.now() - began
  done.abort()
  const waits = await Promise.all(watching)
  await page.close()
  return { submitMs, waits }
}

/** Measured from when it should have started: a blocked thread starts it late. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  const due = performance.now() + EVERY_MS
  await Bun.sleep(EVERY_MS)
  await act()
  return performance.now() - due
}

async function orderOf(bot: Rowbot): Promise<Submission> {
  const workflow = await findWorkflow(bot.db, workflowId(0))
  if (!workflow) throw new Error('the database is not seeded')
  return {
    parameters: { name: 'a large one' },
    workflow,
    upload: { fileName: 'products.xlsx', id: 'upload' },
    sheet: 'Products',
    headings: ['SKU', 'Name', 'Key features', 'Tone'],
    rows: Array.from({ length: ROWS }, (_, i) => {
      const features = `Boils ${(i % 30) / 10} l in ${i % 7} min, keeps warm, switches itself off`
      return {
        row: i + 2,
        cells: [`SKU-${i}`, `Kettle ${i}`, features, 'formal'],
        inputs: { name: `Kettle ${i}`, features, tone: 'formal' },
      }
    }),
    leftOut: [],
    owner: 'bench',
  }
}

/** The database work of a click: reads the draft and the workflows, writes the draft. */
async function clickIn({ db }: Rowbot): Promise<() => Promise<unknown>> {
  const id = 'draft-of-the-bench'
  await insertDraft(db, {
    id,
    source: id,
    owner_key: 'slack:T1:U1',
    owner: '{}',
    place: '{}',
    locale: 'en',
    status: 'open',
    nonce: 'nonce',
    revision: 0,
    file_name: 'products.xlsx',
    upload_id: null,
    state: '{}',
    message: null,
    task_id: null,
    created_at: 0,
    expires_at: Number.MAX_SAFE_INTEGER,
  })
  return async () => {
    const draft = await findDraft(db, id)
    await listWorkflows(db)
    if (!draft || !(await updateDraft(db, draft, { state: '{}' }))) throw new Error('the draft is gone')
  }
}

/** The database work of a row in flight: one small write that shares its commit, like a settlement. */
async function rowWriteIn({ db }: Rowbot): Promise<() => Promise<unknown>> {
  const rows = createRowStore(db, createWriter(db))
  const task = await findTask(db, LARGE_TASK)
  const claim = task && (await rows.claim({ ...task, epoch: 1 }, REAL_CLOCK.now()))
  if (!claim) throw new Error('the large task has no row that waits')
  const run = { executionId: claim.id, attempt: claim.attempt }
  return () => rows.note(run, { workflowRunId: 'run', difyTaskId: 'task' })
}
