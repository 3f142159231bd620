import type { Chat } from '../../../src/bots/chat.ts'
import type { Reporter } from '../../../src/bots/reporter.ts'
import type { Db } from '../../../src/db/schema.ts'
import type { Clock } from '../../../src/engine/clock.ts'
import type { Submission } from '../../../src/engine/engine.ts'
import { anOrder } from '../../support/runner-store.ts'
import { Doomed } from './doomed.ts'
import { aHand } from './hand.ts'
import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'
import type { RunForm } from '../../../src/engine/form.ts'
import type { Workflow } from '../../../src/engine/workflow.ts'
import { personKey, type Place, type Person } from '../../../src/messages/people.ts'
import { orderOf } from '../../support/bot.ts'

/** What a run asks: buttons only. */
export function aForm(more: Partial<RunForm> = {}): RunForm {
  return {
    formId: crypto.randomUUID(),
    token: 'sealed',
    nodeId: 'approval',
    nodeTitle: 'Approval',
    content: 'Is this right?',
    fields: [],
    actions: [
      { id: 'yes', title: 'Approve', style: 'primary' },
      { id: 'no', title: 'Reject', style: 'default' },
    ],
    expiresAt: null,
    ...more,
  }
}

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

interface Office {
  db: Db
  engine: { submit: (order: Submission) => Promise<{ id: string }> }
  clock: Clock & { pass: (ms: number) => Promise<void>; jump: (ms: number) => void }
  workflows: Workflow[]
  reporterOf: (chat: Chat, db?: Db) => Reporter
}

/**
 * A process is killed at every step of a question: when it is posted and when it moves on. Another one goes on.
 * @param check gets what stands there, after each
 */
export async function questionKilled(
  office: Office,
  {
    owner,
    place,
    aChat,
    listen,
    check,
  }: {
    owner: Person
    place: Place
    aChat: () => Chat
    listen: (passing: Doomed['passing']) => void
    check: (step: string, name: string) => Promise<void>
  },
): Promise<string[]> {
  const { db, clock, engine } = office
  const [workflow] = office.workflows
  if (!workflow) throw new Error('no workflow')
  const hand = aHand(db, clock)
  for (let at = 0; ; at++) {
    clock.jump(Date.now() - clock.now()) // the platforms have the time of this machine
    const name = `killed-${at}`
    const { id } = await engine.submit(
      anOrder(workflow, 1, { parameters: { name }, ownerKey: personKey(owner) }),
    )
    await insertTaskMessage(db, {
      taskId: id,
      owner: JSON.stringify(owner),
      place: JSON.stringify(place),
      locale: 'en',
      message: null,
    })
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    await hand.wait(task, aForm())
    const first = new Doomed(at)
    listen(first.passing)
    const reporter = office.reporterOf(aChat(), first.database(db))
    await first.work(reporter)
    if (first.isDead) await goOn(office, aChat, listen)
    // Somebody has answered in Dify itself.
    await db.updateTable('forms').set({ state: 'elsewhere' }).where('task_id', '=', id).execute()
    for (let round = 0; round < 3 && !first.isDead; round++) {
      await clock.pass(5_000)
      await first.work(reporter)
    }
    await goOn(office, aChat, listen)
    await check(`killed at step ${at}: ${first.steps.at(-1)}`, name)
    if (!first.isDead) return first.steps
  }
}

/** Another process, which lives. */
async function goOn(
  { clock, reporterOf }: Office,
  aChat: () => Chat,
  listen: (passing: Doomed['passing']) => void,
): Promise<void> {
  listen(() => undefined)
  const reporter = reporterOf(aChat())
  for (let round = 0; round < 3; round++) {
    await clock.pass(5_000)
    reporter.wake()
    await reporter.idle()
  }
}
