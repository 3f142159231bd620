import type { Db } from '../../db/schema.ts'
import { listWork } from '../../db/stats/work.ts'
import { findTask, listTasks, type TaskView } from '../../db/tasks/tasks.ts'
import type { Engine } from '../../engine/engine.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Answer } from '../../wizard/answer.ts'
import type { TaskVerb } from '../../messages/click-ids.ts'
import { type Person, personKey, type Asker } from '../../messages/people.ts'
import { tell } from '../../wizard/standard-answers.ts'
import type { IsAdmin } from '../../wizard/step-context.ts'
import { type Words, wordsFor } from '../../messages/texts/texts.ts'
import { findProgress, type ProgressSources } from '../../app/progress.ts'
import type { MakeResult } from '../../app/results.ts'
import type { Clock } from '../../engine/clock.ts'
import { factsOf } from '../task-facts.ts'
import { taskPrompt, tooLargeLine } from '../task-prompt.ts'

export interface TasksOptions {
  db: Db
  engine: Engine
  clock: Clock
  isAdmin: IsAdmin
  makeResult: MakeResult
  pageUrl?: (taskId: string) => string
  loweredLimit: ProgressSources['loweredLimit']
}

/** What came of it: refused, done (with a sentence, for who does not see the message), or more to show. */
export type Acted = { refused: string } | { done: string } | { answer: Answer }

/** What people may do with tasks from a chat: their own, and admins all. */
export class Tasks {
  constructor(private readonly options: TasksOptions) {}

  async act({ person, locale }: Asker, id: string, verb: TaskVerb): Promise<Acted> {
    const words = wordsFor(locale)
    const task = await findTask(this.options.db, id)
    if (!task) return { refused: words.tasks.private.unknown(id) }
    if (!this.#mayAct(person, task)) return { refused: words.tasks.private.notYours(task.owner) }
    try {
      return await this.#do(verb, task, person, words)
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      return { refused: await this.#whyNot(verb, task, words) }
    }
  }

  /** The person’s newest tasks; an admin’s are everybody’s. */
  list(person: Person, limit: number): Promise<TaskView[]> {
    const all = this.options.isAdmin(person)
    return listTasks(this.options.db, { limit, ...(!all && { ownerKey: personKey(person) }) })
  }

  async #do(verb: TaskVerb, task: TaskView, person: Person, words: Words): Promise<Acted> {
    const { engine } = this.options
    const { private: said } = words.tasks
    switch (verb) {
      case 'pause':
        await engine.pause(task.id, person.name)
        return { done: said.paused(task.name) }
      case 'resume':
        await engine.resume(task.id, person.name)
        return { done: said.resumed(task.name) }
      case 'stop':
        await engine.stop(task.id, person.name)
        return { done: said.stopped(task.name) }
      case 'retry': {
        const { rows } = await engine.retry(task.id, person.name)
        return { done: said.retried(rows) }
      }
      case 'results':
        return { answer: await this.#results(task, words) }
      case 'status':
        return { answer: await this.#status(task, words) }
    }
  }

  async #results(task: TaskView, words: Words): Promise<Answer> {
    const { makeResult, pageUrl } = this.options
    const result = await makeResult(task)
    const { total, succeeded, failed } = task.counts
    return {
      kind: 'file',
      file: { name: result.name, content: result.content },
      line: [words.tasks.resultsSoFar(task.name, succeeded + failed, total)],
      tooLarge: tooLargeLine(task, pageUrl?.(task.id), words),
      done: () => result.remove(),
    }
  }

  async #status(task: TaskView, words: Words): Promise<Answer> {
    const { db, clock, pageUrl, loweredLimit } = this.options
    const now = clock.now()
    const work = (taskIds: string[]) => listWork(db, taskIds, now)
    const progress = await findProgress(task, { now, work, loweredLimit })
    const facts = await factsOf(db, task, { progress, pageUrl: pageUrl?.(task.id) })
    return { kind: 'tell', prompt: taskPrompt(facts, words) }
  }

  /** The state it is in forbids it, perhaps only since a moment ago. */
  async #whyNot(verb: TaskVerb, { id }: TaskView, { tasks }: Words): Promise<string> {
    const task = await findTask(this.options.db, id)
    if (!task) return tasks.private.unknown(id)
    const state = tasks.statusWords[task.status]
    if (verb === 'pause' || verb === 'stop' || verb === 'resume') return tasks.private.cannot[verb](state)
    return tasks.private.nothingFailed
  }

  #mayAct(person: Person, { ownerKey }: TaskView): boolean {
    return ownerKey === personKey(person) || this.options.isAdmin(person)
  }
}

/** As an answer to who has typed a command. */
export function answerTo(acted: Acted): Answer {
  if ('answer' in acted) return acted.answer
  return tell('done' in acted ? acted.done : acted.refused)
}
