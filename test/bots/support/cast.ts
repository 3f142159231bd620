import { soleLeader } from '../../../src/db/leader.ts'
import pino from 'pino'
import { Budgets } from '../../../src/bots/budget.ts'
import { Commands } from '../../../src/bots/handlers/commands.ts'
import { ChatHandlers } from '../../../src/bots/handlers/chat-handlers.ts'
import { Reporter, type ReporterOptions } from '../../../src/bots/reporter.ts'
import { QuestionActions } from '../../../src/bots/handlers/question-actions.ts'
import { ReviewActions } from '../../../src/bots/handlers/review-actions.ts'
import { TaskOverview } from '../../../src/bots/handlers/task-overview.ts'
import { TaskActions } from '../../../src/bots/handlers/task-actions.ts'
import { findTask, type TaskView } from '../../../src/db/tasks/tasks.ts'
import type { UploadFile, WrittenResult } from '../../../src/workbook/types.ts'
import type { SmallerFiles } from '../../../src/app/chat-results.ts'
import { WorkflowRuntimes } from '../../../src/app/workflow-runtimes.ts'
import { later, QUICK } from '../../support/bot.ts'
import { box } from '../../support/runner-store.ts'
import { asker, aWizard, buttonOf, SAMPLE, selectOf } from '../../wizard/support/cast.ts'
import { FakeChat } from './fake-chat.ts'
import { aSentFile } from './sent.ts'

/** Longer than any message takes, on a busy machine, too. */
const HANGS_MS = 1_000

/** A desk, a reporter and a chat over a real database; rows are settled by hand, without a workflow. */
export async function aDesk(more: Partial<ReporterOptions> = {}) {
  const cast = await aWizard()
  const { db, clock, engineFor, wizard } = cast
  const runtimes = new WorkflowRuntimes(db, box, clock, QUICK, cast.options.files)
  const bot = { db, clock, engineFor, runtimes, timing: QUICK, hasRunner: () => Promise.resolve(true) }
  const chat = new FakeChat(clock.now)
  const faults: unknown[] = []
  /** what becomes of the results from now on */
  const written: { now: WrittenResult } = { now: { kind: 'own', columns: 9 } }
  /** at least so many bytes are in a result */
  const size = { now: 0 }
  /** what there is of a result that is too large */
  const smaller: { now: SmallerFiles } = { now: { parts: () => Promise.resolve(undefined) } }
  const makeResult = (task: TaskView) =>
    Promise.resolve({
      name: `${task.name}.results.xlsx`,
      content: new Blob([`${task.counts.succeeded} results`.padEnd(size.now)]),
      written: written.now,
      smaller: smaller.now,
      remove: () => Promise.resolve(),
    })
  /** how many files the rows gave, as far as the chat is concerned */
  const gave = { files: 0 }
  const makeZip = (task: TaskView) =>
    Promise.resolve(
      gave.files === 0
        ? undefined
        : {
            name: `${task.name}.results.files.zip`,
            content: new Blob([`${gave.files} files`]),
            count: gave.files,
            smaller: { parts: () => Promise.resolve(undefined) },
            remove: () => Promise.resolve(),
          },
    )
  const budgets = new Budgets(clock)
  let newest: Reporter | undefined
  let hangs = false
  /** until all is sent, or nothing more comes of it: a platform may never answer a process that is to be killed then */
  const atRest = async () => {
    await Bun.sleep(1) // so long the platform takes over an edit
    if (hangs || !newest) return
    hangs = await Promise.race([newest.idle().then(() => false), Bun.sleep(HANGS_MS).then(() => true)])
  }
  const build = () => {
    const reporter = new Reporter({
      db,
      leader: soleLeader(db),
      clock,
      chats: { slack: chat },
      makeResult,
      makeZip,
      budgets,
      slowdown: () => undefined,
      pageUrl: (id) => `https://rowbot.example/batch/${id}`,
      onFault: (fault) => faults.push(fault),
      ...more,
    })
    const tasks = new TaskActions({
      bot: { ...bot, log: pino({ level: 'silent' }) },
      isAdmin: cast.options.isAdmin,
      makeResult,
      slowdown: () => undefined,
    })
    const restarted = cast.restarted()
    const overview = new TaskOverview({
      bot: { ...bot, log: pino({ level: 'silent' }) },
      isAdmin: cast.options.isAdmin,
      slowdown: () => undefined,
      pageUrl: (id) => `https://rowbot.example/batch/${id}`,
      listUrl: 'https://rowbot.example/batch',
    })
    const commands = new Commands(restarted, tasks, overview)
    const handlers = new ChatHandlers({
      platform: 'slack',
      chat,
      wizard: restarted,
      tasks,
      questions: new QuestionActions({
        bot: { ...bot, log: pino({ level: 'silent' }), runsTasks: true, wake: () => reporter.wake() },
        isAdmin: cast.options.isAdmin,
        clock,
      }),
      reviews: new ReviewActions({
        bot: { ...bot, log: pino({ level: 'silent' }) },
        isAdmin: cast.options.isAdmin,
        pageUrl: (id) => `https://rowbot.example/batch/${id}`,
      }),
      commands,
      reporter,
      budgets,
      store: cast.options.files,
      limits: cast.options.limits,
      clock,
      patience: clock,
      onFault: (fault) => {
        faults.push(fault)
        return 'F1'
      },
    })
    newest = reporter
    hangs = false
    return { reporter, desk: handlers, overview }
  }
  const { reporter, desk: handlers, overview } = build()
  later(async () => {
    handlers.stop()
    await reporter.stop()
  })
  const mei = asker('Mei')

  return {
    bot,
    gave,
    budgets,
    ...cast,
    chat,
    faults,
    written,
    size,
    smaller,
    reporter,
    desk: handlers,
    overview,
    wizard,
    mei,
    /** as after a restart: nothing is kept but the database and the chat */
    rebuild: build,
    receive: (file: UploadFile = SAMPLE, who = mei) =>
      handlers.receive(who, {
        files: [aSentFile(file)],
        source: crypto.randomUUID(),
      }),
    /** presses a button of the n-th message as it stands */
    press: (label: string, n = 0, who = mei) =>
      handlers.click(who, buttonOf(standing(chat, n), label).id, [], () => Promise.resolve()),
    choose: (label: string, value: string, n = 0) =>
      handlers.click(mei, selectOf(standing(chat, n), label).id, [value], () => Promise.resolve()),
    find: async (id: string) => {
      const task = await findTask(db, id)
      if (!task) throw new Error(`no task ${id}`)
      return task
    },
    /** the reporter works for so long, in steps of a second; what it sends takes no time */
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        await clock.pass(Math.min(1_000, ms - passed))
        await atRest()
      }
    },
  }
}

function standing(chat: FakeChat, n: number) {
  const message = chat.messages[n]
  if (!message) throw new Error(`there is no message ${n}`)
  return message.prompt
}
