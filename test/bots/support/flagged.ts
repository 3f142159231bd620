import { judgeTask } from '../../../src/app/flags.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'
import { insertTaskMessage, recheckTaskMessage } from '../../../src/db/chats/task-messages.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import type { Workflow } from '../../../src/engine/workflow.ts'
import { type Person, personKey, type Place } from '../../../src/messages/people.ts'
import { orderOf, until } from '../../support/bot.ts'

/** A task of a chat that has run; rows 2 and 3 gave nothing, and its message says so. */
export async function flaggedTask(
  bot: Rowbot,
  workflow: Workflow,
  { owner, place }: { owner: Person; place: Place },
): Promise<string> {
  const order = orderOf(workflow, 12, { name: 'prices' })
  const { id } = await bot.engine.submit({ ...order, owner: owner.name, ownerKey: personKey(owner) })
  await until(
    () => findTask(bot.db, id),
    (task) => task?.status === 'completed',
  )
  await bot.db
    .updateTable('task_executions')
    .set({ outputs: '{"title":"","stock":3}' })
    .where('task_id', '=', id)
    .where('row_number', 'in', [2, 3])
    .execute()
  await judgeTask(bot.db, id)
  await insertTaskMessage(bot.db, {
    taskId: id,
    owner: JSON.stringify({ id: owner.id, name: owner.name }),
    place: JSON.stringify(place),
    locale: 'en',
    message: null,
  })
  await bot.db.transaction().execute((trx) => recheckTaskMessage(trx, id))
  return id
}
