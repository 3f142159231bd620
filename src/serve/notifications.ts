import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../files/temporary.ts'
import { makeResultFile } from '../app/chat-results.ts'
import { resultNameOf, writeTaskResult } from '../app/results.ts'
import { findProgress } from '../app/progress.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { findMessageShowing } from '../db/chats/task-messages.ts'
import { findDraftOfTask } from '../db/drafts/drafts.ts'
import { listWork } from '../db/stats/work.ts'
import { findListedTask } from '../db/tasks/task-list.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import type { Clock } from '../engine/clock.ts'
import { Notifier, type NotifierOptions } from '../notify/notifier.ts'

/**
 * What notifies others of the ends of this bot's tasks. Only the runner may start it: two would send everything twice.
 *
 * What a webhook and an e-mail are made of is loaded when there is one: the end of every `run` asks whether anybody is
 * to be notified, and mostly nobody is.
 */
export function notifierOf(bot: Rowbot, clock: Clock = bot.clock): Notifier {
  const { db, config, log } = bot
  const options: NotifierOptions = {
    db,
    clock,
    settings: config.notify,
    random: Math.random,
    taskJson: (task) => apiTask(bot, task),
    withResult: (task, use) => withResult(bot, task, use),
    emailOf: (task) => taskEmail(bot, task),
    counted: (channel, result) => bot.metrics?.notified({ channel, result }),
    onFault: (err, taskId) => log.error({ err, taskId }, 'somebody could not be notified of a task’s end'),
  }
  return new Notifier(options)
}

/** As `GET /api/batch/{task_id}/status` has it. */
async function apiTask(bot: Rowbot, { id }: TaskView): Promise<object> {
  const { db, clock } = bot
  const task = await findListedTask(db, id)
  if (!task) throw new Error(`task ${id} was deleted`)
  const slowdown = (workflowId: string) => bot.runtimes.slowdown(workflowId)
  const { FreshCache } = await import('../admin/http/cache.ts')
  const { toTaskAndCost } = await import('../admin/api/requests.ts')
  return toTaskAndCost(task, { db, clock, slowdown, http: bot.config.http, cache: new FreshCache(clock) })
}

async function withResult<T>(
  { db, config }: Rowbot,
  task: TaskView,
  use: (result: { name: string; path: string }) => Promise<T>,
): Promise<T> {
  const folder = await temporaryFolder('result')
  try {
    const path = join(folder, 'result.xlsx')
    const workflow = await findWorkflow(db, task.workflowId)
    await writeTaskResult(db, task, workflow?.name ?? '', { path, limits: config.limits })
    return await use({ name: resultNameOf(task), path })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function taskEmail(bot: Rowbot, task: TaskView) {
  const { factsOf } = await import('../bots/task-facts.ts')
  const { textsFor } = await import('../messages/texts/texts.ts')
  const { emailOf } = await import('../notify/message.ts')
  const { db, config, clock } = bot
  const now = clock.now()
  const progress = await findProgress(task, {
    now,
    work: (taskIds) => listWork(db, taskIds, now),
    slowdown: (workflowId) => bot.runtimes.slowdown(workflowId),
  })
  const { publicUrl } = config.http
  const facts = await factsOf(db, task, {
    now,
    progress,
    pageUrl: publicUrl && `${publicUrl}/batch/${task.id}`,
  })
  const texts = textsFor(await localeOf(bot, task))
  const result = facts.progress.settled > 0 ? await makeResultFile(db, task, config.limits) : undefined
  try {
    return await emailOf(facts, result, { texts, maxBytes: config.notify.email.maxBytes })
  } finally {
    await result?.remove()
  }
}

/** Of the person who started it, as their chat or the page had it then. */
async function localeOf({ db }: Rowbot, { id }: TaskView): Promise<string> {
  const message = await findMessageShowing(db, id)
  if (message) return message.locale
  return (await findDraftOfTask(db, id))?.locale ?? 'en'
}
