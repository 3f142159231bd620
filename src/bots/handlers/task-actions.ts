import { type Actor, NotAllowed, personActor } from '../../app/actor.ts'
import { MonthUsedUp, usedUpText } from '../../app/usage.ts'
import { raiseLimit } from '../../app/change-limit.ts'
import {
  findTaskFor,
  pauseTask,
  resumeTask,
  retryTask,
  runAgain,
  stopTask,
  type TaskApp,
} from '../../app/tasks.ts'
import { markResultSeen } from '../../db/chats/deliveries.ts'
import { findMessageShowing } from '../../db/chats/task-messages.ts'
import { listWork } from '../../db/stats/work.ts'
import { findTask, listTasks, type TaskView } from '../../db/tasks/tasks.ts'
import type { SeenState } from '../../engine/again.ts'
import { UnknownTask } from '../../engine/engine.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Answer } from '../../wizard/answer.ts'
import type { Prompt } from '../../messages/prompt.ts'
import type { TaskVerb } from '../../messages/click-ids.ts'
import { type Person, personKey, type Place, type Requester } from '../../messages/people.ts'
import { tell } from '../../wizard/standard-answers.ts'
import type { IsAdmin } from '../../wizard/step-context.ts'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import { dotted } from '../../messages/rich-text.ts'
import { findProgress, type ProgressSources } from '../../app/progress.ts'
import type { MakeResult } from '../../app/chat-results.ts'
import { factsOf } from '../task-facts.ts'
import { resultNote, taskPrompt, tooLargeLine } from '../task-prompt.ts'

export interface TaskActionsOptions {
  bot: TaskApp
  isAdmin: IsAdmin
  makeResult: MakeResult
  pageUrl?: (taskId: string) => string
  slowdown: ProgressSources['slowdown']
}

/** All but what the wizard does: the task’s choices again, in a new draft. */
export type ActVerb = Exclude<TaskVerb, 'settings'>

/** Refused, done (with a sentence for those who do not see the task’s message), or something more to show. */
export type ActionResult = { refused: string } | { done: string } | { answer: Answer }

/** What people may do with tasks from a chat: with their own; admins with all. */
export class TaskActions {
  constructor(private readonly options: TaskActionsOptions) {}

  /** @param seen what the message shows that was clicked */
  async act(requester: Requester, id: string, verb: ActVerb, seen: SeenState = {}): Promise<ActionResult> {
    const { person, locale } = requester
    const texts = textsFor(locale)
    const actor = personActor(person, this.options.isAdmin(person))
    try {
      return await this.#do(verb, id, actor, { requester, seen })
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      return { refused: await this.#whyNot(fault, verb, id, texts) }
    }
  }

  /** A task with everything that can be done to it; undefined: the person may not see it. */
  async card(requester: Requester, id: string): Promise<Prompt | undefined> {
    const acted = await this.act(requester, id, 'status')
    return 'answer' in acted && acted.answer.kind === 'tell' ? acted.answer.prompt : undefined
  }

  /** The person’s newest tasks; for an admin, everybody’s. */
  list(person: Person, limit: number): Promise<TaskView[]> {
    const all = this.options.isAdmin(person)
    return listTasks(this.options.bot.db, { limit, ...(!all && { ownerKey: personKey(person) }) })
  }

  async #do(
    verb: ActVerb,
    id: string,
    actor: Actor,
    { requester, seen }: { requester: Requester; seen: SeenState },
  ): Promise<ActionResult> {
    const { bot } = this.options
    const texts = textsFor(requester.locale)
    const { private: said } = texts.tasks
    switch (verb) {
      case 'pause':
        return { done: said.paused((await pauseTask(bot, actor, id)).name) }
      case 'resume':
        return { done: said.resumed((await resumeTask(bot, actor, id)).name) }
      case 'raise': {
        const task = await raiseLimit(bot, actor, id)
        return { done: said.raised(task.name, task.limit ?? { tokens: 0 }) }
      }
      case 'stop':
        return { done: said.stopped((await stopTask(bot, actor, id)).name) }
      case 'retry': {
        const { task, rows } = await retryTask(bot, actor, id, seen)
        return { done: said.retried(task.name, rows) }
      }
      case 'again': {
        const { task, rows } = await runAgain(bot, actor, id, undefined, seen)
        return { done: said.retried(task.name, rows) }
      }
      case 'results':
        return { answer: await this.#results(await findTaskFor(bot, actor, id), requester, texts) }
      case 'status':
        return { answer: await this.#status(await findTaskFor(bot, actor, id), texts) }
    }
  }

  async #results(task: TaskView, { person, place }: Requester, texts: Texts): Promise<Answer> {
    const { bot, makeResult, pageUrl } = this.options
    const result = await makeResult(task)
    const { total, succeeded, failed } = task.counts
    const summary = [texts.tasks.resultsOf[KINDS[task.status]](task.name, succeeded + failed, total)]
    const note = resultNote(result.written, texts)
    const isOwn = task.ownerKey === personKey(person)
    return {
      kind: 'file',
      // An admin may see it anywhere; those around them may not.
      ...(!isOwn && !(await this.#isReadIn(place, task)) && { isPersonal: true }),
      file: { name: result.name, content: result.content },
      line: dotted(summary, note),
      result: { task, smaller: result.smaller, summary, note },
      tooLarge: tooLargeLine(task, pageUrl?.(task.id), texts),
      // An admin who looks at somebody’s result does not get it for them.
      sent: async () => {
        if (!isOwn) return
        await markResultSeen(bot.db, task.id, JSON.stringify(place), bot.clock.now())
      },
      done: () => result.remove(),
    }
  }

  /** Whoever reads this place can read the task’s own messages. */
  async #isReadIn(place: Place, { id }: TaskView): Promise<boolean> {
    const row = await findMessageShowing(this.options.bot.db, id)
    if (!row) return false
    const { channel, thread, isPrivate } = JSON.parse(row.place) as Place // written by the wizard, from a Place
    return channel === place.channel && (!isPrivate || thread === place.thread)
  }

  async #status(task: TaskView, texts: Texts): Promise<Answer> {
    const { bot, pageUrl, slowdown } = this.options
    const { db, clock } = bot
    const now = clock.now()
    const work = (taskIds: string[]) => listWork(db, taskIds, now)
    const progress = await findProgress(task, { now, work, slowdown })
    const facts = await factsOf(db, task, { now, progress, pageUrl: pageUrl?.(task.id) })
    return { kind: 'tell', prompt: taskPrompt(facts, texts) }
  }

  /**
   * Why an action failed, in the person’s language: the task is not theirs, or its state, perhaps just changed,
   * forbids it.
   */
  async #whyNot(fault: UserError, verb: ActVerb, id: string, texts: Texts): Promise<string> {
    const { tasks } = texts
    if (fault instanceof MonthUsedUp) return usedUpText(fault.room, texts)
    if (fault instanceof NotAllowed) return tasks.private.notYours(fault.owner ?? '')
    const task = fault instanceof UnknownTask ? undefined : await findTask(this.options.bot.db, id)
    if (!task) return tasks.private.unknown(id)
    const { message, hint } = fault.says
    const code = typeof message === 'string' ? undefined : message.code
    if (code === 'no-row-failed') return tasks.private.nothingFailed(task.name)
    if (code === 'nothing-to-look-at') return tasks.private.nothingToLookAt
    if (verb === 'resume' && task.atLimit) return tasks.private.atLimit(task.name)
    const isOfState = verb === 'pause' || verb === 'stop' || verb === 'resume'
    if (isOfState && code !== 'task-parts-deleted')
      return tasks.private.cannot[verb](task.name, tasks.statusNames[task.status])
    return [message, ...(hint ? [hint] : [])].map((sentence) => texts.say(sentence)).join(' ')
  }
}

/** What is said of a file with results. */
const KINDS = {
  pending: 'running',
  running: 'running',
  paused: 'paused',
  completed: 'completed',
  failed: 'ended',
  cancelled: 'ended',
} as const satisfies Record<TaskView['status'], keyof Texts['tasks']['resultsOf']>

/** The answer to a typed command. */
export function answerTo(acted: ActionResult): Answer {
  if ('answer' in acted) return acted.answer
  return tell('done' in acted ? acted.done : acted.refused)
}
