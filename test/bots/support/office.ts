import { type Leader, soleLeader } from '../../../src/db/leader.ts'
import { type Lease, takeLease, writeAsHolder } from '../../../src/db/leases.ts'
import { Budgets } from '../../../src/bots/budget.ts'
import type { Chat } from '../../../src/bots/chat.ts'
import { Reporter } from '../../../src/bots/reporter.ts'
import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'
import type { Db } from '../../../src/db/schema.ts'
import { type MessageRef, type Person, personKey, type Place } from '../../../src/messages/people.ts'
import { Doomed } from './doomed.ts'
import { Frozen } from './frozen.ts'
import { anOrder } from '../../support/runner-store.ts'
import { aWizard } from '../../wizard/support/cast.ts'
import { aHand } from './hand.ts'

/** The lease of the leader, whoever has it. */
async function leaseOf(db: Db): Promise<Lease> {
  await db.updateTable('leases').set({ until: 0 }).execute()
  const lease = await takeLease(db, 'bot', 600_000)
  if (!lease) throw new Error('not taken')
  return lease
}

/** Tasks that end, and a reporter that tells of it through a real chat, in rounds of a clock that stands still. */
export async function anOffice(platform: 'slack' | 'discord', owner: Person) {
  const cast = await aWizard()
  const { db, engine, clock } = cast
  const workflow = cast.workflows[0]
  if (!workflow) throw new Error('no workflow')
  const hand = aHand(db, clock)
  const faults: unknown[] = []
  let ended = 0

  /** A task that is over, with a message that shows it still running. */
  const ends = async (
    place: Place,
    message: MessageRef | undefined,
    end: 'complete' | 'halt' = 'complete',
  ) => {
    ended += 1
    // The platforms have the time of this machine. What still waits of earlier tasks would be tried at once when it is put back.
    await db.updateTable('deliveries').set({ state: 'seen' }).where('try_at', '>', Date.now()).execute()
    clock.jump(Date.now() - clock.now())
    const parameters = { name: `products-${ended}` }
    const { id } = await engine.submit(anOrder(workflow, 1, { parameters, ownerKey: personKey(owner) }))
    await insertTaskMessage(db, {
      taskId: id,
      owner: JSON.stringify(owner),
      place: JSON.stringify(place),
      locale: 'en',
      message: message ? JSON.stringify(message) : null,
    })
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    await hand.settle(task, 1)
    await (end === 'complete' ? hand.shelf.complete(task) : hand.shelf.halt(task, 'The key is not valid.'))
    return { id, file: `${parameters.name}.results.xlsx` }
  }

  const still = {
    now: clock.now,
    monotonicNow: clock.monotonicNow,
    uptime: clock.uptime,
    after: () => () => {},
  }
  /** A process of its own, with nothing but the database. */
  const reporterOf = (chat: Chat, of: Db = db, leader: Leader = soleLeader(of)) =>
    new Reporter({
      db: of,
      leader,
      clock: still,
      budgets: new Budgets(still),
      chats: { [platform]: chat },
      makeResult: (task) =>
        Promise.resolve({
          name: `${task.name}.results.xlsx`,
          content: new Blob([task.name]),
          written: { kind: 'own', columns: 9 },
          smaller: { parts: () => Promise.resolve(undefined) },
          remove: () => Promise.resolve(),
        }),
      makeZip: () => Promise.resolve(undefined),
      slowdown: () => undefined,
      onFault: (fault) => faults.push(fault),
    })

  /** A process is killed at every step of what it has to do for a task, and another one goes on. @returns the steps */
  const killed = async (
    aChat: () => Chat,
    listen: (passing: Doomed['passing']) => void,
    each: () => Promise<{ id: string; check: (step: string) => Promise<void> | void }>,
  ): Promise<string[]> => {
    for (let at = 0; ; at++) {
      const { id, check } = await each()
      const first = new Doomed(at)
      listen(first.passing)
      const reporter = reporterOf(aChat(), first.database(db))
      for (let round = 0; round < 4 && !first.isDead; round++) {
        await first.work(reporter)
        await clock.pass(5_000)
      }
      listen(() => undefined)
      await settle(reporterOf(aChat()), id)
      await check(`killed at step ${at}: ${first.steps.at(-1)}`)
      if (!first.isDead) return first.steps
    }
  }

  /**
   * A machine that leads is frozen at every step, another one takes over, and then it is thawed and finds itself in the
   * middle of what it did. @returns the steps
   */
  const frozen = async (
    aChat: () => Chat,
    listen: (passing: Doomed['passing']) => void,
    each: () => Promise<{ id: string; check: (step: string) => Promise<void> | void }>,
  ): Promise<string[]> => {
    for (let at = 0; ; at++) {
      const { id, check } = await each()
      const first = new Frozen(at)
      // What it has asked the platform for before it was frozen is done.
      listen((step) => (step.startsWith('after') ? first.passing(step) : undefined))
      const lease = await leaseOf(db)
      const isCurrent = () => !first.wasFrozen
      const write: Leader['write'] = async (work) => {
        await first.passing('before a write')
        const written = await writeAsHolder(db, lease, work)
        await first.passing('after a write')
        return written
      }
      const reporter = reporterOf(aChat(), first.database(db), { isCurrent, write })
      for (let round = 0; round < 4 && !first.wasFrozen; round++) {
        await first.work(reporter)
        await clock.pass(5_000)
      }
      listen(() => undefined)
      const next = await leaseOf(db)
      const second: Leader = { isCurrent: () => true, write: (work) => writeAsHolder(db, next, work) }
      await settle(reporterOf(aChat(), db, second), id)
      first.thaw()
      await reporter.idle()
      await check(`frozen at step ${at}: ${first.steps.at(-1)}`)
      await settle(reporterOf(aChat(), db, second), id)
      await check(`thawed at step ${at}: ${first.steps.at(-1)}`)
      if (!first.wasFrozen) return first.steps
    }
  }

  const stateOf = async (id: string) =>
    db
      .selectFrom('deliveries')
      .select(['state', 'rung', 'tries', 'try_at', 'error'])
      .where('task_id', '=', id)
      .executeTakeFirst()

  /** Lets time pass until its delivery is seen or waits; at most for so many rounds. @returns how many there were */
  const settle = async (reporter: Reporter, id: string, most = 40): Promise<number> => {
    for (let round = 1; ; round++) {
      reporter.wake()
      await reporter.idle()
      const delivery = await stateOf(id)
      const isSettled = delivery?.state === 'seen' || delivery?.state === 'waiting'
      if (isSettled || round === most) return round
      // Long enough for an edit that is put off, too.
      await clock.pass(Math.max(5_000, (delivery?.try_at ?? 0) - clock.now()))
    }
  }

  return { ...cast, clock, faults, ends, reporterOf, killed, frozen, settle, stateOf }
}
