import { sql } from 'kysely'
import type { MoneySum } from '../../engine/money.ts'
import type { Db } from '../schema.ts'
import { spendingOf } from './task-spending.ts'

/** What was spent in a month with one workflow by one person. */
export interface UsageLine {
  month: string
  workflowId: string
  /** undefined: it has been removed */
  workflow: string | undefined
  personKey: string
  person: string
  tasks: number
  rows: number
  calls: number
  tokens: number
  /** one sum for each currency */
  prices: MoneySum[]
  unpriced: number
}

/** @param month `2026-11`; undefined: all */
export async function listUsage(db: Db, month?: string): Promise<UsageLine[]> {
  let query = db
    .selectFrom('usage as u')
    .leftJoin('workflows as w', 'w.id', 'u.workflow_id')
    .select(['u.month', 'u.workflow_id', 'w.name as workflow', 'u.person_key', 'u.currency'])
    .select((eb) => [
      eb.fn.max<string>('u.person').as('person'),
      eb.fn.sum<number>('u.rows').as('rows'),
      eb.fn.sum<number>('u.calls').as('calls'),
      eb.fn.sum<number>('u.tokens').as('tokens'),
      eb.fn.sum<number>('u.whole').as('whole'),
      // The name says that it is an amount, so that it comes as a bigint.
      eb.fn.sum<bigint>('u.rest_nano').as('rest_nano'),
      eb.fn.sum<number>('u.guessed').as('guessed'),
      eb.fn.sum<number>('u.unpriced').as('unpriced'),
    ])
    .groupBy(['u.month', 'u.workflow_id', 'w.name', 'u.person_key', 'u.currency'])
  if (month !== undefined) query = query.where('u.month', '=', month)
  const sums = await query.orderBy('u.month', 'desc').execute()
  const tasks = await countTasks(db, month)

  const lines = Map.groupBy(sums, keyOf)
  return [...lines.values()]
    .flatMap((group) => {
      const [first] = group
      if (!first) return []
      const { calls, tokens, prices, unpriced } = spendingOf(group)
      return [
        {
          month: first.month,
          workflowId: first.workflow_id,
          workflow: first.workflow ?? undefined,
          personKey: first.person_key,
          person: first.person,
          tasks: tasks.get(keyOf(first)) ?? 0,
          rows: group.reduce((sum, { rows }) => sum + rows, 0),
          calls,
          tokens,
          prices,
          unpriced,
        },
      ]
    })
    .toSorted((a, b) => b.month.localeCompare(a.month) || b.calls - a.calls)
}

/** A task whose calls had prices in several currencies is one task. */
async function countTasks(db: Db, month: string | undefined): Promise<Map<string, number>> {
  let query = db
    .selectFrom('usage')
    .select(['month', 'workflow_id', 'person_key', sql<number>`count(distinct task_id)`.as('tasks')])
    .groupBy(['month', 'workflow_id', 'person_key'])
  if (month !== undefined) query = query.where('month', '=', month)
  return new Map((await query.execute()).map((line) => [keyOf(line), line.tasks]))
}

function keyOf(line: { month: string; workflow_id: string; person_key: string }): string {
  return JSON.stringify([line.month, line.workflow_id, line.person_key])
}

/** Everybody who has spent something, by their keys, with the name that they have now. */
export async function listSpenders(db: Db): Promise<{ key: string; name: string }[]> {
  const rows = await db
    .selectFrom('usage')
    .select((eb) => ['person_key as key', eb.fn.max<string>('person').as('name')])
    .groupBy('person_key')
    .orderBy('name')
    .execute()
  return rows
}
