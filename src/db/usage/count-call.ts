import { type CompiledQuery, sql } from 'kysely'
import { monthOf } from '../../engine/month.ts'
import { type Money, type Nano, NANO_PER_UNIT } from '../../engine/money.ts'
import type { Run, RunEnd } from '../../engine/run.ts'
import { compiledOnce } from '../compiled.ts'
import { meanPriceOf } from '../runs/mean-price.ts'
import type { Trx } from '../schema.ts'

/** A call that was refused, or never reached Dify, has cost nothing. */
const FREE = new Set<RunEnd['status']>(['refused', 'absent'])

/** How a call is counted. */
interface CountedCall {
  /** the statement that counts it, if its run is still open; undefined: it has cost nothing */
  query?: CompiledQuery
  /** what is taken for its price because Dify did not tell it: the mean of its workflow */
  guess?: Money | undefined
}

/**
 * Adds a call to what its task has cost, in the transaction that writes its end, and just before it. That is written
 * once, so every call that ran is counted once: retries, failed calls and those whose answer nobody wanted any more, too.
 */
export async function countCall(
  trx: Trx,
  { taskId, executionId }: Pick<Run, 'taskId' | 'executionId'>,
  { attempt, status, learnt, usage }: RunEnd,
  now: number,
): Promise<CountedCall> {
  if (FREE.has(status)) return {}
  const { tokens = 0, price, currency } = usage
  const reported: Money | undefined =
    price === undefined || currency === undefined ? undefined : { nano: price, currency }
  const isUnsure =
    status === 'stopped' || status === 'unknown' || (price === undefined && learnt !== 'stream')
  const guess = isUnsure ? await guessOf(trx, taskId, reported) : undefined
  const nano = (reported?.nano ?? 0n) + (guess?.nano ?? 0n)
  const query = add.bound(trx, {
    month: monthOf(now),
    taskId,
    executionId,
    attempt,
    currency: reported?.currency ?? guess?.currency ?? '',
    rows: attempt === 1 ? 1 : 0,
    tokens,
    whole: Number(nano / NANO_PER_UNIT),
    rest: nano % NANO_PER_UNIT,
    guessed: guess ? 1 : 0,
    unpriced: isUnsure && !guess ? 1 : 0,
  })
  return { query, guess }
}

/** What is missing of the mean: a run that was stopped may have said what it had cost by then. */
async function guessOf(trx: Trx, taskId: string, reported: Money | undefined): Promise<Money | undefined> {
  const mean = await meanPriceOf(trx, taskId)
  if (!mean || !reported) return mean
  if (reported.currency !== mean.currency) return undefined
  return { ...mean, nano: reported.nano < mean.nano ? mean.nano - reported.nano : 0n }
}

interface CallLine {
  month: string
  taskId: string
  executionId: string
  attempt: number
  currency: string
  rows: number
  tokens: number
  whole: number
  rest: Nano
  guessed: number
  unpriced: number
}

const add = compiledOnce(
  (
    db,
    { month, taskId, executionId, attempt, currency, rows, tokens, whole, rest, guessed, unpriced }: CallLine,
  ) =>
    db
      .insertInto('usage')
      .columns([
        'month',
        'task_id',
        'currency',
        'workflow_id',
        'person_key',
        'person',
        'rows',
        'calls',
        'tokens',
        'whole',
        'rest_nano',
        'guessed',
        'unpriced',
      ])
      .expression((eb) =>
        eb
          .selectFrom('batch_tasks as t')
          .select((of) => [
            of.val(month).as('month'),
            't.id',
            of.val(currency).as('currency'),
            't.workflow_id',
            sql<string>`coalesce(t.owner_key, 'name:' || t.owner)`.as('person_key'),
            't.owner',
            sql<number>`cast(${rows} as integer)`.as('rows'),
            sql<number>`1`.as('calls'),
            sql<number>`cast(${tokens} as bigint)`.as('tokens'),
            sql<number>`cast(${whole} as bigint)`.as('whole'),
            sql<Nano>`cast(${rest} as bigint)`.as('rest_nano'),
            sql<number>`cast(${guessed} as integer)`.as('guessed'),
            sql<number>`cast(${unpriced} as integer)`.as('unpriced'),
          ])
          .where('t.id', '=', taskId)
          .where((of) =>
            of.exists(
              of
                .selectFrom('runs as r')
                .select('r.attempt')
                .where('r.execution_id', '=', executionId)
                .where('r.attempt', '=', attempt)
                .where('r.status', '=', 'open'),
            ),
          ),
      )
      .onConflict((conflict) =>
        conflict.columns(['month', 'task_id', 'currency']).doUpdateSet((eb) => ({
          rows: eb('usage.rows', '+', eb.ref('excluded.rows')),
          calls: eb('usage.calls', '+', eb.ref('excluded.calls')),
          tokens: eb('usage.tokens', '+', eb.ref('excluded.tokens')),
          whole: eb('usage.whole', '+', eb.ref('excluded.whole')),
          rest_nano: eb('usage.rest_nano', '+', eb.ref('excluded.rest_nano')),
          guessed: eb('usage.guessed', '+', eb.ref('excluded.guessed')),
          unpriced: eb('usage.unpriced', '+', eb.ref('excluded.unpriced')),
        })),
      ),
)
