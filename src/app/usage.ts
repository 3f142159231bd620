import { say } from '../engine/sentence.ts'
import {
  type LimitSubject,
  listMonthLimits,
  monthlyRoom,
  setMonthLimit,
  type StoredLimit,
} from '../db/usage/month-limits.ts'
import { listSpenders, listUsage, type UsageLine } from '../db/usage/usage-report.ts'
import type { Db } from '../db/schema.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import type { Clock } from '../engine/clock.ts'
import { type MoneySum, sumsOf } from '../engine/money.ts'
import { monthOf } from '../engine/month.ts'
import { type MonthLimit, monthLimitText, type MonthRoom } from '../engine/month-limit.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import { type Texts, textsFor } from '../messages/texts/texts.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audited, type AuditApp } from './audit.ts'

/** A month's usage, and the limits a month. */
export interface UsageReport {
  /** undefined: all months */
  month: string | undefined
  /** by workflow and person; the latest month first, then the most calls */
  lines: UsageLine[]
  limits: StoredLimit[]
}

/** @param month `2026-11`, `all`, or undefined: this month */
export async function usageOf(
  { db, clock }: { db: Db; clock: Pick<Clock, 'now'> },
  month?: string,
): Promise<UsageReport> {
  const one = month === 'all' ? undefined : (month ?? monthOf(clock.now()))
  return { month: one, lines: await listUsage(db, one), limits: await listMonthLimits(db) }
}

/** Several lines as one. A task has one workflow and one owner, so tasks can be added; over months they cannot. */
export interface UsageSum extends Pick<
  UsageLine,
  'tasks' | 'rows' | 'calls' | 'tokens' | 'prices' | 'unpriced'
> {
  key: string
  name: string
}

/** Those with the same key together, in the order of the first of each. */
export function usageBy(lines: UsageLine[], by: 'workflow' | 'person' | 'month'): UsageSum[] {
  const groups = Map.groupBy(lines, (line) => KEYS[by](line).key)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first ? [{ ...KEYS[by](first), ...sumOf(group) }] : []
  })
}

const KEYS = {
  workflow: ({ workflowId, workflow }: UsageLine) => ({
    key: workflowId,
    name: workflow ?? workflowId.slice(0, 8),
  }),
  person: ({ personKey, person }: UsageLine) => ({ key: personKey, name: person }),
  month: ({ month }: UsageLine) => ({ key: month, name: month }),
}

function sumOf(lines: UsageLine[]): Omit<UsageSum, 'key' | 'name'> {
  const add = (of: 'tasks' | 'rows' | 'calls' | 'tokens' | 'unpriced') =>
    lines.reduce((sum, line) => sum + line[of], 0)
  const all = lines.flatMap(({ prices }) => prices)
  const prices = sumsOf(all).map((sum): MoneySum => ({
    ...sum,
    guessed: all.reduce(
      (calls, { currency, guessed }) => calls + (currency === sum.currency ? guessed : 0),
      0,
    ),
  }))
  return {
    tasks: add('tasks'),
    rows: add('rows'),
    calls: add('calls'),
    tokens: add('tokens'),
    prices,
    unpriced: add('unpriced'),
  }
}

/**
 * Sets what a workflow or a person may cost in a month.
 * @param limit null: as much as they like
 * @throws NotAllowed, and UserError if there is no such workflow or person
 */
export async function changeMonthLimit(
  app: AuditApp,
  actor: Actor,
  subject: LimitSubject,
  limit: MonthLimit | null,
): Promise<{ name: string }> {
  requireAdmin(actor)
  const name = await nameOf(app.db, subject)
  await audited(app, actor, async (trx) => {
    await setMonthLimit(trx, { ...subject, name }, limit)
    const details = {
      [subject.of === 'workflow' ? 'workflow' : 'for']: name,
      perMonth: limit === null ? 'none' : monthLimitText(limit),
    }
    const act = { action: `usage.limit`, target: subject.subject, details }
    return { act, result: undefined }
  })
  return { name }
}

async function nameOf(db: Db, { of, subject }: LimitSubject): Promise<string> {
  if (of === 'workflow') {
    const workflow = await findWorkflow(db, subject)
    if (workflow) return workflow.name
    throw new UserError(say('workflow-not-there'))
  }
  const spender = (await listSpenders(db)).find(({ key }) => key === subject)
  if (spender) return spender.name
  const stored = (await listMonthLimits(db)).find((limit) => limit.of === of && limit.subject === subject)
  if (stored) return stored.name
  throw new UserError(say('nobody-with-id'), say('do-people-appear'))
}

/** Whoever has exactly this key, or this name. @throws UserError if nobody has, or several have the name */
export async function findPerson(db: Db, wanted: string): Promise<{ key: string; name: string }> {
  const all = await listSpenders(db)
  const found = all.filter(({ key, name }) => key === wanted || name.toLowerCase() === wanted.toLowerCase())
  const [first] = found
  if (first && found.length === 1) return first
  if (!first)
    throw new UserError(
      say('nobody-called', { wanted }),
      all.length === 0 ? undefined : say('do-people-are', { names: all.map(({ name }) => name) }),
    )
  throw new UserError(
    say('many-called', { wanted }),
    say('do-name-by-id', { names: found.map(({ key }) => key) }),
  )
}

/** A limit a month is used up. `room`: which one, for a sentence in the reader’s language. */
export class MonthUsedUp extends UserError {
  constructor(readonly room: MonthRoom) {
    const said = textsFor('en').usage
    super(said.usedUp(room), said.usedUpHint(room))
  }
}

/** In the reader's language: which limit, who can raise it, and when it begins anew. */
export function usedUpText(room: MonthRoom, { usage, page }: Pick<Texts, 'usage' | 'page'>): string {
  return `${usage.usedUp(room)}${page.marks.stop}${usage.usedUpHint(room)}`
}

/** Which limit a month of its workflow or its owner lets a task make no further call. Undefined: none. */
export async function findUsedUp(
  db: Db,
  task: Pick<Task, 'workflowId' | 'ownerKey' | 'owner'>,
  now: number,
): Promise<MonthRoom | undefined> {
  return (await monthlyRoom(db, task, now)).find(({ isUsedUp }) => isUsedUp)
}

/** @throws MonthUsedUp if the month of its workflow or its owner is used up */
export async function requireRoom(
  { db, clock }: { db: Db; clock: Pick<Clock, 'now'> },
  task: Pick<Task, 'workflowId' | 'ownerKey' | 'owner'>,
): Promise<void> {
  const used = await findUsedUp(db, task, clock.now())
  if (used) throw new MonthUsedUp(used)
}
