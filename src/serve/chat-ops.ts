import { Budgets } from '../bots/budget.ts'
import type { Chat, SendResult } from '../bots/chat.ts'
import { SharedBudgets } from '../bots/shared-budgets.ts'
import { SharedTurns } from '../app/shared-turns.ts'
import { Commands } from '../bots/handlers/commands.ts'
import { ChatHandlers } from '../bots/handlers/chat-handlers.ts'
import { Reporter } from '../bots/reporter.ts'
import { QuestionActions } from '../bots/handlers/question-actions.ts'
import { ReviewActions } from '../bots/handlers/review-actions.ts'
import { TaskActions } from '../bots/handlers/task-actions.ts'
import { TaskOverview } from '../bots/handlers/task-overview.ts'
import { type Leader, soleLeader } from '../db/leader.ts'
import { LeaseLost } from '../db/leases.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { Clock } from '../engine/clock.ts'
import { makeResultFile, makeResultZip } from '../app/chat-results.ts'
import { ResultLinks } from '../app/result-links.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { IsAdmin } from '../wizard/step-context.ts'
import type { Platform } from '../messages/people.ts'
import { Wizard } from '../wizard/wizard.ts'

export interface ChatOpsOptions {
  chats: Partial<Record<Platform, Chat>>
  isAdmin: IsAdmin
  clock: Clock
  /** that of several machines; unset: there is one process */
  leader?: Leader
}

/** A machine that has not said for so long that it is at work on a draft’s file is dead. */
export const READ_FOR_MS = 15_000

const PLATFORMS: Platform[] = ['slack', 'discord', 'web']

/** What all chats share: one wizard and one reporter; and the chat handlers of each chat. */
export class ChatOps {
  readonly #reporter: Reporter
  readonly #wizard: Wizard
  readonly #tasks: TaskActions
  readonly #questions: QuestionActions
  readonly #reviews: ReviewActions
  readonly #overview: TaskOverview
  readonly #handlers: ChatHandlers[] = []
  readonly #budgets: Budgets
  /** what several machines share; undefined: there is one process */
  readonly #shared: SharedBudgets | undefined
  readonly #turns: SharedTurns | undefined
  readonly #links: ResultLinks | undefined
  /** the same chats, wrapped to count calls */
  readonly #counted = new Map<Chat, Chat>()

  constructor(
    private readonly bot: Rowbot,
    private readonly options: ChatOpsOptions,
  ) {
    const { db, engineFor, config, files } = bot
    const { isAdmin, clock } = options
    const chats = this.#counting(options.chats)
    const { leader } = options
    const onFault = (err: unknown) =>
      bot.log.warn({ err }, 'what the machines tell each other of chats failed')
    this.#shared = leader && new SharedBudgets({ db, clock, isLeading: () => leader.isCurrent(), onFault })
    const turns = leader && new SharedTurns(db, clock)
    this.#turns = turns
    this.#budgets = this.#shared?.budgets ?? new Budgets(clock)
    const makeResult = (task: TaskView) => makeResultFile(db, task, config.limits)
    const makeZip = (task: TaskView) => makeResultZip(db, files, task)
    const { publicUrl } = config.http
    const list = publicUrl && { listUrl: `${publicUrl}/batch` }
    const page = publicUrl && {
      pageUrl: (taskId: string) => `${publicUrl}/batch/${taskId}`,
      links: new ResultLinks(bot, publicUrl),
    }
    const slowdown = (workflowId: string) => bot.runtimes.slowdown(workflowId)
    this.#links = page ? page.links : undefined
    this.#tasks = new TaskActions({ bot, isAdmin, makeResult, slowdown, ...page })
    this.#questions = new QuestionActions({ bot, isAdmin, clock })
    this.#reviews = new ReviewActions({ bot, isAdmin, ...page, ...(turns && { turns }) })
    this.#overview = new TaskOverview({ bot, isAdmin, slowdown, ...page, ...list })
    const { limits, notify } = config
    const shared = leader && { readForMs: READ_FOR_MS }
    this.#wizard = new Wizard({ db, engineFor, clock, limits, files, isAdmin, notify, ...shared })
    this.#reporter = new Reporter({
      db,
      clock,
      leader: leader ?? soleLeader(db),
      chats,
      makeResult,
      makeZip,
      budgets: this.#budgets,
      ...page,
      slowdown,
      onFault: (fault, taskId) => {
        if (fault instanceof LeaseLost) bot.log.info({ taskId }, 'another machine reports this task by now')
        else bot.log.error({ err: fault, taskId }, 'a task could not be reported')
      },
    })
  }

  handlersFor(platform: Platform, chat: Chat): ChatHandlers {
    const handlers = new ChatHandlers({
      platform,
      chat: this.#counted.get(chat) ?? chat,
      wizard: this.#wizard,
      tasks: this.#tasks,
      questions: this.#questions,
      reviews: this.#reviews,
      commands: new Commands(this.#wizard, this.#tasks, this.#overview),
      reporter: this.#reporter,
      budgets: this.#budgets,
      ...(this.#turns && { turns: this.#turns }),
      ...(this.#links && { links: this.#links }),
      store: this.bot.files,
      limits: this.bot.config.limits,
      clock: this.options.clock,
      onFault: (fault) => {
        const id = crypto.randomUUID().slice(0, 8)
        this.bot.log.error({ err: fault, id }, 'what a person asked for in a chat failed')
        return id
      },
    })
    this.#handlers.push(handlers)
    return handlers
  }

  #counting(chats: ChatOpsOptions['chats']): ChatOpsOptions['chats'] {
    const counting: ChatOpsOptions['chats'] = {}
    for (const platform of PLATFORMS) {
      const chat = chats[platform]
      if (!chat) continue
      const counted = countedChat(chat, (call, result) =>
        this.bot.metrics?.chatCalled({ platform, call, result }),
      )
      this.#counted.set(chat, counted)
      counting[platform] = counted
    }
    return counting
  }

  async start(): Promise<void> {
    for (const handlers of this.#handlers) await handlers.start()
    this.#shared?.start()
    this.#reporter.start()
  }

  /** This machine leads from now on. */
  report(): void {
    this.#reporter.start()
  }

  async stop(): Promise<void> {
    for (const handlers of this.#handlers) handlers.stop()
    await this.#reporter.stop()
    await this.#shared?.stop()
  }
}

/** Reports the result of every call to the chat. */
export function countedChat(
  chat: Chat,
  counted: (call: keyof Chat, result: SendResult['kind']) => void,
): Chat {
  const branch = chat.branch?.bind(chat)
  const rejoin = chat.rejoin?.bind(chat)
  return {
    post: (place, prompt, once) => report('post', chat.post(place, prompt, once)),
    tell: (place, person, prompt, how) => report('tell', chat.tell(place, person, prompt, how)),
    edit: (message, prompt, urgency) => report('edit', chat.edit(message, prompt, urgency)),
    upload: (place, file, line, once) => report('upload', chat.upload(place, file, line, once)),
    direct: (person) => report('direct', chat.direct(person)),
    maxFileBytes: (place, size) => chat.maxFileBytes(place, size),
    // Only if the platform has it: its absence has a meaning.
    ...(branch && {
      branch: (message, prompt, name) => report('branch', branch(message, prompt, name)),
    }),
    ...(rejoin && { rejoin }),
  }

  async function report<T>(call: keyof Chat, sending: Promise<SendResult<T>>): Promise<SendResult<T>> {
    const sent = await sending
    counted(call, sent.kind)
    return sent
  }
}
