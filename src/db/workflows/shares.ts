import { NOTHING_LEARNT } from '../../engine/learnt-together.ts'
import {
  type SharedLimits,
  type DividedLimits,
  hasExpired,
  type ShareLine,
  renew,
  type ShareAnswer,
  type ShareReport,
  type ShareTiming,
} from '../../engine/shares.ts'
import { parseLearnt, parseParts, toText } from '../json.ts'
import { databaseTime, notify } from '../open.ts'
import { OPEN } from '../runs/runs.ts'
import type { Db, Trx } from '../schema.ts'

/** Who listens to it is told of workflows whose shares it should renew at once; see `readNotice`. */
export const SHARES_CHANNEL = 'rowbot_shares'

/**
 * Renews what a machine may use of a workflow's limits. One machine at a time, so that what all hold never exceeds them.
 * @returns undefined: the workflow was deleted
 */
export function renewShare(
  db: Db,
  workflowId: string,
  report: ShareReport,
  timing: ShareTiming,
): Promise<ShareAnswer | undefined> {
  return db.transaction().execute(async (trx) => {
    const learnt = await lockLearnt(trx, workflowId)
    if (learnt === undefined) return undefined
    const { now, limits, lines } = await listLines(trx, workflowId)
    const expired = hasExpired({ lines }, now)
    const openCalls = expired ? await countOpenCalls(trx, workflowId, lines, now) : 0
    const before: SharedLimits = { limits, learnt: parseLearnt(learnt), lines, openCalls }
    const { shared, answer, tell } = renew(before, report, timing, now)
    await writeLines(trx, workflowId, before, shared)
    const after = toText(shared.learnt)
    if (after !== learnt)
      await trx
        .updateTable('workflow_throttles')
        .set({ learnt: after })
        .where('workflow_id', '=', workflowId)
        .execute()
    if (tell.length > 0) await notify(trx, SHARES_CHANNEL, JSON.stringify([workflowId, ...tell]))
    return answer
  })
}

/** Leaves what a machine holds to the others: as if it had died, so that calls that go on at Dify are counted. */
export async function leaveShares(db: Db, machine: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const left = await trx
      .updateTable('workflow_shares')
      .set({ expires_at: databaseTime(trx), lanes: 0 })
      .where('machine', '=', machine)
      .returning('workflow_id')
      .execute()
    for (const { workflow_id } of left) await notify(trx, SHARES_CHANNEL, JSON.stringify([workflow_id]))
  })
}

/** People have changed the limits of a workflow: every machine should know at once. */
export async function tellOfLimits(trx: Trx | Db, workflowId: string): Promise<void> {
  await notify(trx, SHARES_CHANNEL, JSON.stringify([workflowId]))
}

/** Of which workflow a notice tells, and whether it is meant for this machine. @param text without machines: for all */
export function readNotice(text: string, machine: string): string | undefined {
  const [workflowId, ...machines] = JSON.parse(text) as string[] // written by this file
  return machines.length === 0 || machines.includes(machine) ? workflowId : undefined
}

async function lockLearnt(trx: Trx, workflowId: string): Promise<string | undefined> {
  const find = () =>
    trx
      .selectFrom('workflow_throttles')
      .select('learnt')
      .where('workflow_id', '=', workflowId)
      .forNoKeyUpdate()
      .executeTakeFirst()
  const found = await find()
  if (found) return found.learnt
  const isThere = await trx
    .selectFrom('workflows')
    .select('id')
    .where('id', '=', workflowId)
    .forKeyShare()
    .executeTakeFirst()
  if (!isThere) return undefined
  await trx
    .insertInto('workflow_throttles')
    .values({ workflow_id: workflowId, learnt: toText(NOTHING_LEARNT) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return (await find())?.learnt
}

/** Read after the lock was granted: so it has what the machine before has written, and the time is now. */
async function listLines(
  trx: Trx,
  workflowId: string,
): Promise<{ now: number; limits: DividedLimits; lines: ShareLine[] }> {
  const rows = await trx
    .selectFrom('workflows as w')
    .leftJoin('workflow_shares as s', 's.workflow_id', 'w.id')
    .select(['w.call_limit', 'w.calls_per_minute', 'w.tokens_per_minute'])
    .select(['s.machine', 's.renewed_at', 's.expires_at', 's.lanes', 's.in_use', 's.row_tokens', 's.parts'])
    .select(databaseTime(trx).as('now'))
    .where('w.id', '=', workflowId)
    .execute()
  const [first] = rows
  if (!first) throw new Error('a workflow that is being called was deleted')
  const { call_limit: atOnce, calls_per_minute: perMinute, tokens_per_minute: tokensPerMinute } = first
  return {
    now: first.now,
    limits: {
      atOnce,
      ...(perMinute !== null && { perMinute }),
      ...(tokensPerMinute !== null && { tokensPerMinute }),
    },
    lines: rows.flatMap(({ machine, renewed_at, expires_at, lanes, in_use, row_tokens, parts }) =>
      machine === null || parts === null
        ? []
        : {
            machine,
            renewedAt: renewed_at ?? 0,
            expiresAt: expires_at ?? 0,
            lanes: lanes ?? 0,
            inUse: in_use ?? 0,
            rowTokens: row_tokens ?? 0,
            parts: parseParts(parts),
          },
    ),
  }
}

/**
 * Calls that may still run at Dify, made before the last machine that is gone was taken for gone. Without those whose task
 * another machine has taken over: it gives them slots of its own first, and could look none of them up without.
 */
async function countOpenCalls(
  trx: Trx,
  workflowId: string,
  lines: ShareLine[],
  now: number,
): Promise<number> {
  const goneAt = Math.max(...lines.map(({ expiresAt }) => expiresAt).filter((at) => at <= now))
  const counted = await trx
    .selectFrom('runs')
    .innerJoin('batch_tasks as t', 't.id', 'runs.task_id')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .select((eb) => eb.fn.countAll<number | string>().as('open'))
    .where(OPEN)
    .where('t.workflow_id', '=', workflowId)
    .where('runs.given_up_at', 'is', null)
    .where('runs.asked_at', 'is', null)
    .where('runs.sent_at', '<=', goneAt + CLOCKS_DIFFER_MS)
    .where('e.status', '=', 'running')
    .executeTakeFirst()
  return Number(counted?.open ?? 0)
}

/** The machines' clocks follow the database's, though not to the millisecond. */
const CLOCKS_DIFFER_MS = 1_000

async function writeLines(
  trx: Trx,
  workflowId: string,
  before: SharedLimits,
  after: SharedLimits,
): Promise<void> {
  const written = new Map(before.lines.map((line) => [line.machine, line]))
  for (const line of after.lines) {
    if (written.get(line.machine) !== line) await writeLine(trx, workflowId, line)
    written.delete(line.machine)
  }
  if (written.size === 0) return
  await trx
    .deleteFrom('workflow_shares')
    .where('workflow_id', '=', workflowId)
    .where('machine', 'in', [...written.keys()])
    .execute()
}

async function writeLine(trx: Trx, workflowId: string, line: ShareLine): Promise<void> {
  const set = {
    renewed_at: line.renewedAt,
    expires_at: line.expiresAt,
    lanes: line.lanes,
    in_use: line.inUse,
    row_tokens: line.rowTokens,
    parts: toText(line.parts),
  }
  await trx
    .insertInto('workflow_shares')
    .values({ workflow_id: workflowId, machine: line.machine, ...set })
    .onConflict((conflict) => conflict.columns(['workflow_id', 'machine']).doUpdateSet(set))
    .execute()
}

/** What all machines know of the workflows that are slowed down; of others nothing is kept. */
export async function listLearnt(db: Db): Promise<Map<string, ReturnType<typeof parseLearnt>>> {
  const rows = await db.selectFrom('workflow_throttles').selectAll().execute()
  return new Map(rows.map(({ workflow_id, learnt }) => [workflow_id, parseLearnt(learnt)]))
}
