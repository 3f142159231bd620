import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'
import type { Workflow } from '../../../src/engine/workflow.ts'
import { personKey, type Place, type Person } from '../../../src/messages/people.ts'
import { orderOf } from '../../support/bot.ts'

/** A task of a chat whose rows wait for a person: `buttons` asks with buttons only, `form` for a note, too. */
export async function askingTask(
  bot: Rowbot,
  workflow: Workflow,
  {
    owner,
    place,
    rows = 3,
    asks = 'buttons',
    more = '',
  }: { owner: Person; place: Place; rows?: number; asks?: 'buttons' | 'form'; more?: string },
): Promise<string> {
  const script = `[sandbox: paused${asks === 'buttons' ? ', only-buttons' : ''}${more}]`
  const { id } = await bot.engine.submit({
    ...orderOf(workflow, rows, { name: 'replies', concurrency: 1 }, () => script),
    owner: owner.name,
    ownerKey: personKey(owner),
  })
  await insertTaskMessage(bot.db, {
    taskId: id,
    owner: JSON.stringify({ id: owner.id, name: owner.name }),
    place: JSON.stringify(place),
    locale: 'en',
    message: null,
  })
  return id
}
