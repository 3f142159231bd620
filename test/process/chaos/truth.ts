import { sql } from 'kysely'
import { billOf } from '../../../src/dify/sandbox/bill.ts'
import type { Hit } from '../../../src/dify/sandbox/run-log.ts'
import type { Db } from '../../../src/db/schema.ts'
import { checkMoney } from '../../model/support/money.ts'
import { untrueAnswers } from './untrue-answers.ts'
import { TOKEN } from '../../support/discord/world.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import { placeOf } from './chats.ts'
import type { People, Promised } from './people.ts'
import { LIMIT, type World } from './world.ts'

/*
 * What must be true, from the database, from the sandbox's own log and from what stands in the chat: nothing here asks
 * Rowbot. Each gives what is wrong, in a sentence.
 */

/**
 * At any time: no more rows at Dify than the workflow may have, except what a dead process has left there, and what goes on
 * because somebody has answered.
 */
export function tooManyAtDify({ sandbox, leftBehind }: World): string[] {
  const running = sandbox
    .hits()
    .filter(
      ({ status, runId, resumedAt }) => status === 'running' && resumedAt === null && !leftBehind.has(runId),
    )
  return running.length > LIMIT ? [`${running.length} rows are at Dify at once, and ${LIMIT} may be`] : []
}

/** Nothing runs, and nobody does anything: everything that was promised is there, and is right. */
export async function untrueAtRest(world: World, people: People): Promise<string[]> {
  return world.withDatabase(async (db) => {
    const tasks = await db.selectFrom('batch_tasks').selectAll().execute()
    const ids = new Set(tasks.map(({ id }) => id))
    const hits = world.sandbox.hits()
    const faults: string[] = []
    for (const task of people.live) {
      if (!ids.has(task.id)) faults.push(`task ${task.id} was acknowledged and is lost`)
      else faults.push(...(await untrueRows(db, task, hits)))
    }
    for (const task of tasks) faults.push(...(await untrueCounts(db, task)))
    const fromApi = tasks.filter(({ id, name }) => people.tasks.has(id) || name.includes('lamps'))
    for (const { id } of fromApi)
      if (!people.tasks.has(id)) faults.push(`task ${id} is there, and nobody has asked for it`)
    faults.push(...(await untrueThreads(db, world)))
    faults.push(...(await untrueAnswers(db, world, people.answers)))
    faults.push(...(await untrueMoney(db, world, [...ids])))
    if (world.databaseUrl === '') {
      const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db)
      if (rows[0]?.integrity_check !== 'ok') faults.push(`the database file: ${JSON.stringify(rows)}`)
    }
    return faults
  })
}

async function untrueRows(db: Db, task: Promised, hits: Hit[]): Promise<string[]> {
  const rows = await db
    .selectFrom('task_executions')
    .select(['row_number', 'status', 'outputs', 'error'])
    .where('task_id', '=', task.id)
    .execute()
  const faults: string[] = []
  if (rows.length !== task.rows.size || new Set(rows.map((row) => row.row_number)).size !== rows.length)
    faults.push(`task ${task.id} has ${rows.length} rows, and ${task.rows.size} were sent`)
  for (const { row_number: row, status, outputs } of rows) {
    const sent = task.rows.get(row)
    // `as`: the echo app wrote it.
    const given = outputs === null ? undefined : (JSON.parse(outputs) as { answer?: string }).answer
    if (status === 'succeeded' && given !== sent)
      faults.push(`row ${row} of ${task.id} has the answer ${given}`)
    if (status !== 'succeeded' && status !== 'failed')
      faults.push(`row ${row} of ${task.id} is ${status} at the end`)
    const agains = task.agains.get(row) ?? 0
    if (task.seen.has(row) && agains === 0 && status !== 'succeeded')
      faults.push(`row ${row} of ${task.id} had an answer and is ${status}`)
    faults.push(...untrueCalls(hits, `rowbot-${task.id}-`, row, sent ?? '', agains))
  }
  const answered = await db
    .selectFrom('runs')
    .select(['row_number', (eb) => eb.fn.countAll<number>().as('runs')])
    .where('task_id', '=', task.id)
    .where('status', '=', 'succeeded')
    .groupBy('row_number')
    .execute()
  for (const { row_number: row, runs } of answered)
    if (runs > 1 + (task.agains.get(row) ?? 0))
      faults.push(`row ${row} of ${task.id} has ${runs} results, and one was wanted`)
  return faults
}

/** No call for a row of which the last call that had ended by then had an answer at Dify: it could have told it. */
function untrueCalls(hits: Hit[], user: string, row: number, sent: string, agains: number): string[] {
  const calls = hits
    .filter((hit) => hit.user.startsWith(user) && sent === sentBy(hit))
    .toSorted((a, b) => a.startedAt - b.startedAt)
  const endOf = ({ finishedAt }: Hit) => finishedAt ?? Number.POSITIVE_INFINITY
  const repeated = calls.filter((later) => {
    const before = calls.filter((call) => endOf(call) < later.startedAt)
    return before.toSorted((a, b) => endOf(b) - endOf(a))[0]?.status === 'succeeded'
  })
  return repeated.length > agains
    ? [
        `row ${row} (${user}) was called ${calls.length} times, ${repeated.length} of them after an answer, and ${agains} were wanted: ${JSON.stringify(calls.map((one) => [one.user, one.status, one.startedAt, one.finishedAt, one.idsSentAt]))}`,
      ]
    : []
}

function sentBy({ inputs }: Hit): string {
  const given = Object.entries(inputs).filter(([, value]) => value !== null)
  return JSON.stringify(given.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

async function untrueCounts(
  db: Db,
  task: { id: string; total: number; succeeded: number; failed: number; cancelled: number; status: string },
): Promise<string[]> {
  const counted = await db
    .selectFrom('task_executions')
    .select(['status', (eb) => eb.fn.countAll<number>().as('rows')])
    .where('task_id', '=', task.id)
    .groupBy('status')
    .execute()
  const by = new Map<string, number>(counted.map(({ status, rows }) => [status, rows] as const))
  const isTrue =
    by.values().reduce((sum, rows) => sum + rows, 0) === task.total &&
    (['succeeded', 'failed', 'cancelled'] as const).every((status) => (by.get(status) ?? 0) === task[status])
  const { total, succeeded, failed, cancelled } = task
  const shown = JSON.stringify({ total, succeeded, failed, cancelled, rows: Object.fromEntries(by) })
  return isTrue ? [] : [`the counts of ${task.id} are not those of its rows: ${shown}`]
}

/** Every task of a chat: one message with its end, and its result once for each time that it was completed. */
async function untrueThreads(db: Db, { chats, slack }: World): Promise<string[]> {
  const told = await db
    .selectFrom('task_messages as m')
    .innerJoin('batch_tasks as t', 't.id', 'm.task_id')
    .select(['t.id', 't.status', 'm.place', 'm.message', 't.name'])
    .execute()
  const faults = slack.refused.splice(0).map((why) => `Slack would have refused: ${why}`)
  for (const { id, status, place, message } of told) {
    const at = placeOf(place)
    const ours = (await chats.find(({ name }) => name === at.platform)?.thread(at)) ?? []
    const shown = `in the thread of ${id} (${at.platform}, ${message}): ${JSON.stringify(ours.map(({ says, files }) => [says, files]))}`
    const results = ours.filter(({ files }) => files.some((file) => file.includes('.results.'))).length
    const due = await db
      .selectFrom('deliveries')
      .select(['state', 'task_end'])
      .where('task_id', '=', id)
      .where('what', '=', 'result')
      .execute()
    // What was retried right after its end is not owed the result of that any more.
    if (results < 1 || results > due.length)
      faults.push(`${results} results, and it was completed ${due.length} times, ${shown}`)
    const ends = ours.filter(({ says }) => says.includes(status)).length
    if (ends !== 1) faults.push(`${ends} messages say “${status}” ${shown}`)
  }
  return faults
}

/** What the tasks that there still are have cost is what the server charges for them. */
async function untrueMoney(db: Db, { sandbox }: World, taskIds: string[]): Promise<string[]> {
  const hits = sandbox.hits().filter(({ user }) => taskIds.some((id) => user.startsWith(`rowbot-${id}-`)))
  const books = { bot: { db }, sandbox: { hits: () => hits, bill: () => billOf(hits) } }
  try {
    await checkMoney(books, taskIds, [])
    return []
  } catch (fault) {
    return [`money: ${fault instanceof Error ? fault.message : String(fault)}`]
  }
}

/** No token and no key in any line of a log, on the terminal, or in a message. */
export async function secretsIn({ tokens, chats, sandbox }: World, said: string): Promise<string[]> {
  const secrets = [...tokens, TOKEN, BOT_TOKEN, APP_TOKEN, ...sandbox.apps.map(({ key }) => key)]
  const messages = (await Promise.all(chats.map((chat) => chat.messages()))).flat()
  const all = [said, ...messages.map(({ says }) => says)].join('\n')
  return secrets
    .filter((secret) => all.includes(secret))
    .map((secret) => `a secret is in a log or a message: ${secret.slice(0, 12)}…`)
}
