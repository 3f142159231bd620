import { findFlagged, judgeTask } from '../../src/app/flags.ts'
import type { Db } from '../../src/db/schema.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import type { Outputs } from '../../src/engine/task.ts'
import { aBot, orderOf } from './bot.ts'
import { type RowFate, settleRows } from './settle-rows.ts'

export const OWNER = { face: 'slack', name: 'Mei', role: 'member', key: 'slack:T1:U1' } as const
export const GOOD = Array.from({ length: 10 }, (_, i) => ({
  text: `Answer number ${i} is long enough, and complete.`,
}))

/** As a runner does, which judges the task before it is completed. */
export async function settleAll(db: Db, id: string, fates: RowFate[]): Promise<void> {
  await settleRows(db, id, fates)
  await judgeTask(db, id)
  await db.updateTable('batch_tasks').set({ status: 'completed', finished_at: 3_000_000 }).execute()
}

/** A task whose first rows, 2 and 3, gave nothing and a refusal, and whose others are good. */
export async function aJudgedTask(more: RowFate[] = [], first: Outputs = { text: '' }) {
  const { bot, workflow } = await aBot()
  const fates = [first, { text: 'I’m sorry, but I can’t assist with that.' }, ...GOOD]
  const { id } = await bot.engine.submit({
    ...orderOf(workflow, fates.length + more.length),
    owner: 'Mei',
    ownerKey: OWNER.key,
  })
  await settleAll(bot.db, id, [...fates.map((outputs) => ({ outputs })), ...more])
  const task = async () => {
    const found = await findTask(bot.db, id)
    if (!found) throw new Error('It is gone.')
    return found
  }
  return { bot, workflow, id, task, flagged: async () => findFlagged(bot.db, await task()) }
}
