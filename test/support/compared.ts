import type { Actor } from '../../src/app/actor.ts'
import { requireCompared, submitComparison } from '../../src/app/comparison.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import type { TaskLimit } from '../../src/engine/limits.ts'
import { aBot, orderOf, until, withWorkflow } from './bot.ts'

export const MEI: Actor = { face: 'slack', name: 'Mei', role: 'member', key: 'slack:T1:U1' }

/** More than the input takes: Dify refuses the row. */
const TOO_LONG = 'x'.repeat(60)

/** The copywriter and the slogan writer on the same rows, for Mei. */
export async function aPair({
  rows = 6,
  count = 3,
  failing = [],
  limits = {},
}: { rows?: number; count?: number; failing?: number[]; limits?: { b?: TaskLimit } } = {}) {
  const cast = await aBot({ limit: 10 })
  const { bot, sandbox, workflow } = cast
  const slogans = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: 'app-sandbox-slogan-writer' })
  const owner = { owner: 'Mei', ownerKey: 'slack:T1:U1' }
  const a = { ...orderOf(workflow, rows, { retries: 0, concurrency: 5 }), ...owner }
  const b = {
    ...a,
    workflow: slogans,
    ...(limits.b && { limit: limits.b }),
    rows: a.rows.map(({ row, cells }) => ({
      row,
      cells,
      inputs: { topic: failing.includes(row) ? TOO_LONG : `Kettle ${row}` },
    })),
  }
  const made = await submitComparison(bot, MEI, { a, b, count })
  return { ...cast, a, b, ids: { a: made.a.id, b: made.b.id }, slogans }
}

/** Once all rows that are to be compared have run in both. */
export async function over(bot: Rowbot, id: string) {
  return until(
    () => requireCompared(bot.db, id),
    ({ a, b }) => a.isOver && b.isOver,
  )
}
