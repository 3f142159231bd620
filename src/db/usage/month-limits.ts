import { type RawBuilder, sql } from 'kysely'
import { admit, amountOf, sizeOf, type SpentOfLimit } from '../../engine/limits.ts'
import { NANO_PER_UNIT } from '../../engine/money.ts'
import { monthOf, nextMonth } from '../../engine/month.ts'
import type { MonthLimit, MonthRoom } from '../../engine/month-limit.ts'
import type { Task } from '../../engine/task.ts'
import { compiledOnce } from '../compiled.ts'
import { RESTS } from '../runs/resting.ts'
import { OPEN } from '../runs/runs.ts'
import type { Db, MonthLimitTable, Trx } from '../schema.ts'

/** Whose limit it is: a workflow by its id, a person by their key. */
export type LimitSubject = Pick<MonthLimitTable, 'of' | 'subject'>

export interface StoredLimit extends LimitSubject {
  /** as it was when the limit was set */
  name: string
  limit: MonthLimit
}

/** By which a person's spending is found; of somebody on the command line it is their name. */
export function personOf({ ownerKey, owner }: Pick<Task, 'ownerKey' | 'owner'>): string {
  return ownerKey ?? `name:${owner}`
}

/** @param limit null: none any more */
export async function setMonthLimit(
  trx: Trx,
  { of, subject, name }: Omit<StoredLimit, 'limit'>,
  limit: MonthLimit | null,
): Promise<void> {
  if (limit === null) {
    await trx.deleteFrom('month_limits').where('of', '=', of).where('subject', '=', subject).execute()
    return
  }
  const set =
    'tokens' in limit
      ? { name, currency: null, most_nano: null, tokens: limit.tokens }
      : { name, currency: limit.currency, most_nano: limit.nano, tokens: null }
  await trx
    .insertInto('month_limits')
    .values({ of, subject, ...set })
    .onConflict((conflict) => conflict.columns(['of', 'subject']).doUpdateSet(set))
    .execute()
}

export async function listMonthLimits(db: Db | Trx): Promise<StoredLimit[]> {
  const rows = await db.selectFrom('month_limits').selectAll().orderBy('of').orderBy('name').execute()
  return rows.flatMap(toStoredLimit)
}

function toStoredLimit(row: MonthLimitTable): StoredLimit[] {
  const { of, subject, name, currency, most_nano: nano, tokens } = row
  const limit =
    tokens !== null ? { tokens } : nano !== null && currency !== null ? { nano, currency } : undefined
  return limit ? [{ of, subject, name, limit }] : []
}

/**
 * What is left this month for a task: by the limit of its workflow and by that of its owner. Empty: neither has one.
 * Calls that nobody is about to learn the end of are reserved for; those in flight are not, as they end soon.
 * @param now decides which month it is
 */
export async function monthlyRoom(db: Db | Trx, task: Spender, now: number): Promise<MonthRoom[]> {
  const all: MonthRoom[] = []
  for (const { of, subject, name, limit } of await listLimitsOf(db, task)) {
    const spending = await spentOfMonth(db, { of, subject, limit }, now)
    const { reported, limit: size } = spending
    const spent = amountOf(limit, reported)
    const left = amountOf(limit, reported < size ? size - reported : 0n)
    const open = await countOpen(RESTING_CALLS[of], db, subject)
    const isUsedUp = admit({ ...spending, open }) !== 'go'
    all.push({ of, name, limit, spent, left, isUsedUp, resetsAt: nextMonth(now) })
  }
  return all
}

/**
 * The limits a month that hold for a task, and what counts against them; with every call that is in flight. Until the
 * transaction ends nobody else asks for the same: two machines that did at once would both find room for the last call.
 */
export async function listSpentOfMonth(
  trx: Trx,
  task: Spender,
  now: number,
): Promise<{ spent: SpentOfLimit; resting: () => Promise<number> }[]> {
  const all = []
  for (const held of (await lockLimits(trx, subjectsOf(task))).rows.flatMap(toStoredLimit)) {
    const { of, subject } = held
    // First the calls in flight: one that ends in between counts twice, and not as nothing.
    const open = await countOpen(OPEN_CALLS[of], trx, subject)
    all.push({
      spent: { ...(await spentOfMonth(trx, held, now)), open },
      resting: () => countOpen(RESTING_CALLS[of], trx, subject),
    })
  }
  return all
}

/** Who pays for a task, and with which workflow. */
type Spender = Pick<Task, 'workflowId' | 'ownerKey' | 'owner'>

interface Subjects {
  workflow: string
  person: string
}

function subjectsOf(task: Spender): Subjects {
  return { workflow: task.workflowId, person: personOf(task) }
}

function limitsOf(db: Db | Trx, { workflow, person }: Subjects) {
  return db
    .selectFrom('month_limits')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb.and([eb('of', '=', 'workflow'), eb('subject', '=', workflow)]),
        eb.and([eb('of', '=', 'person'), eb('subject', '=', person)]),
      ]),
    )
}

const findLimits = compiledOnce((db, subjects: Subjects) => limitsOf(db, subjects).orderBy('of'))

/**
 * The workflow's first: several calls may be written in one transaction, and whoever waits for that lock has none of the
 * persons' that another one of the same workflow is about to ask for. SQLite has one writer at a time.
 */
const lockLimits = compiledOnce((db, subjects: Subjects) =>
  limitsOf(db, subjects).orderBy('of', 'desc').forNoKeyUpdate(),
)

async function listLimitsOf(db: Db | Trx, task: Spender): Promise<StoredLimit[]> {
  return (await findLimits(db, subjectsOf(task))).rows.flatMap(toStoredLimit)
}

const SUMS = { workflow: sumsBy('workflow_id'), person: sumsBy('person_key') }

/** By currency. One sum of billionths would not fit the database's integers. */
function sumsBy(column: 'workflow_id' | 'person_key') {
  return compiledOnce((db, { month, subject }: { month: string; subject: string }) =>
    db
      .selectFrom('usage')
      .select((eb) => [
        'currency',
        eb.fn.sum<number | string>('calls').as('calls'),
        eb.fn.sum<number | string>('tokens').as('tokens'),
        eb.fn.sum('whole').as('whole'),
        eb.fn.sum('rest_nano').as('rest'),
      ])
      .where('month', '=', month)
      .where(column, '=', subject)
      .groupBy('currency'),
  )
}

const WORKFLOW = sql`t.workflow_id`
const PERSON = sql`coalesce(t.owner_key, 'name:' || t.owner)`

const OPEN_CALLS = { workflow: openCallsBy(WORKFLOW), person: openCallsBy(PERSON) }
const RESTING_CALLS = { workflow: restingCallsBy(WORKFLOW), person: restingCallsBy(PERSON) }

/** Few runs are open at a time, and they have an index of their own. */
function openCallsBy(column: RawBuilder<unknown>) {
  return compiledOnce((db, { subject }: { subject: string }) =>
    db
      .selectFrom('runs')
      .innerJoin('batch_tasks as t', 't.id', 'runs.task_id')
      .select((eb) => eb.fn.countAll<number | string>().as('open'))
      .where(OPEN)
      .where(sql<boolean>`${column} = ${subject}`),
  )
}

function restingCallsBy(column: RawBuilder<unknown>) {
  return compiledOnce((db, { subject }: { subject: string }) =>
    db
      .selectFrom('runs')
      .innerJoin('batch_tasks as t', 't.id', 'runs.task_id')
      .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
      .select((eb) => eb.fn.countAll<number | string>().as('open'))
      .where(OPEN)
      .where(RESTS)
      .where(sql<boolean>`${column} = ${subject}`),
  )
}

async function countOpen(
  calls: ReturnType<typeof openCallsBy>,
  db: Db | Trx,
  subject: string,
): Promise<number> {
  const [counted] = (await calls(db, { subject })).rows
  return Number(counted?.open ?? 0)
}

/**
 * What was spent in the month. Calls that nobody told the price of count as the mean; until one call has told it, they
 * count as nothing: of a month, that is a few calls. What was spent in another currency is not of this limit.
 */
async function spentOfMonth(
  db: Db | Trx,
  { of, subject, limit }: Pick<StoredLimit, 'of' | 'subject' | 'limit'>,
  now: number,
): Promise<SpentOfLimit> {
  const { rows } = await SUMS[of](db, { month: monthOf(now), subject })
  const sums = 'tokens' in limit ? rows : rows.filter(({ currency }) => currency === limit.currency)
  const add = (of: (sum: (typeof rows)[number]) => bigint | number | string) =>
    sums.reduce((sum, one) => sum + BigInt(of(one)), 0n)
  const tellers = Number(add(({ calls }) => calls))
  return {
    limit: sizeOf(limit),
    reported:
      'tokens' in limit
        ? add(({ tokens }) => tokens)
        : add(({ whole }) => whole) * NANO_PER_UNIT + add(({ rest }) => rest),
    tellers,
    silent: 0,
    untold: 0,
    open: 0,
    meanBefore: 0n,
  }
}
