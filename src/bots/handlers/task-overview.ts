import { listProgress, type ProgressSources } from '../../app/progress.ts'
import type { TaskApp } from '../../app/tasks.ts'
import { listWaitingCards } from '../../db/chats/question-cards.ts'
import { listWaitingDeliveries, type WaitingDelivery } from '../../db/chats/deliveries.ts'
import { listWork } from '../../db/stats/work.ts'
import { listWorkedMs } from '../../db/stats/worked.ts'
import { type ListedTask, listTaskPage } from '../../db/tasks/task-list.ts'
import type { TaskStatus } from '../../engine/states.ts'
import { NEW_CLICK, taskClick } from '../../messages/click-ids.ts'
import { PROMPT_LIMITS, titled } from '../../messages/limits.ts'
import { personKey, type Requester } from '../../messages/people.ts'
import type { Button, Line, Prompt, Span } from '../../messages/prompt.ts'
import { bold, clip, code, dotted, fitLines } from '../../messages/rich-text.ts'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import type { IsAdmin } from '../../wizard/step-context.ts'
import { factsOf } from '../task-facts.ts'
import { taskPrompt } from '../task-prompt.ts'

export interface TaskOverviewOptions {
  bot: TaskApp
  isAdmin: IsAdmin
  /** URL of a task’s page */
  pageUrl?: (taskId: string) => string
  /** URL of the page with all tasks */
  listUrl?: string
  slowdown: ProgressSources['slowdown']
}

/** How many tasks each part of a list shows. */
const MINE_LISTED = 8
const OTHERS_LISTED = 8
const WAITING_LISTED = 3
/** Each button shows its task with everything that can be done to it. */
const TASKS_WITH_BUTTON = PROMPT_LIMITS.buttons - 1
const BUTTON_CHARS = 40
const NAME_CHARS = 60
/** On a home tab, each with its buttons: about three blocks, of which Slack allows 100. */
const CARDS = 10
const RECENT_CARDS = 10
const WAITING_CARDS = 5

const OPEN = ['running', 'pending', 'paused', 'failed'] as const satisfies TaskStatus[]
const OVER = ['completed', 'cancelled'] as const satisfies TaskStatus[]

/** What people see of several tasks at once: `/batch list` and the home tab. */
export class TaskOverview {
  constructor(private readonly options: TaskOverviewOptions) {}

  /** The person’s own tasks and those of the channel; for an admin, all. With a way to start one. */
  async list(requester: Requester): Promise<Prompt> {
    const { person, place } = requester
    const texts = textsFor(requester.locale)
    const { commands } = texts
    const ownerKey = personKey(person)
    const isAdmin = this.options.isAdmin(person)
    const mine = await this.#page({ ownerKey }, MINE_LISTED)
    const others = await this.#page(
      { exceptOwnerKey: ownerKey, ...(!isAdmin && { channel: place.channel }) },
      OTHERS_LISTED,
    )
    const waiting = (await this.#waiting(requester)).slice(0, WAITING_LISTED)
    const worked = await this.#worked([...mine.tasks, ...others.tasks])
    const lineOf = (task: ListedTask, owner?: string) =>
      taskLine(task, { workedMs: worked.get(task.id) ?? 0, owner, texts })
    const lines = [
      ...waiting.map((one) => waitingLine(one, texts)),
      ...(mine.total === 0 ? [[commands.none]] : mine.tasks.map((task) => lineOf(task))),
      ...this.#moreLine(mine, texts),
      ...(others.total > 0 ? [[bold(isAdmin ? commands.listOthers : commands.listHere)]] : []),
      ...others.tasks.map((task) => lineOf(task, task.owner)),
      ...this.#moreLine(others, texts),
    ]
    const shown = [...mine.tasks, ...(isAdmin ? others.tasks : [])].slice(0, TASKS_WITH_BUTTON)
    return {
      title: commands.list,
      lines: fitLines(lines, PROMPT_LIMITS.lineChars, () => '…'),
      selects: [],
      buttons: [newButton(texts), ...shown.map((task) => statusButton(task, shown))],
    }
  }

  /**
   * The person’s tasks with their buttons, what waits for them, and their last results, each a prompt of its own; for
   * somebody who has none, the first steps.
   */
  async home(requester: Requester): Promise<Prompt[]> {
    const texts = textsFor(requester.locale)
    const { commands } = texts
    const ownerKey = personKey(requester.person)
    const open = await this.#page({ ownerKey, statuses: [...OPEN] }, CARDS)
    const over = await this.#page({ ownerKey, statuses: [...OVER] }, RECENT_CARDS)
    const waiting = (await this.#waiting(requester)).slice(0, WAITING_CARDS)
    const start = [newButton(texts)]
    if (open.total + over.total === 0)
      return [withButtons(titled(commands.firstSteps, ...commands.steps), start)]
    const worked = await this.#worked(over.tasks)
    return [
      withButtons(titled(commands.list, ...(open.total === 0 ? [commands.noneOpen] : [])), start),
      ...(await this.#cards(open.tasks, texts)),
      ...this.#moreCard(open, texts),
      ...(waiting.length > 0 ? [titled(commands.waits)] : []),
      ...waiting.map((one) => waitingCard(one, texts)),
      ...(over.total > 0 ? [titled(commands.recent)] : []),
      ...over.tasks.map((task) => this.#overCard(task, worked.get(task.id) ?? 0, texts)),
      ...this.#moreCard(over, texts),
    ]
  }

  #page(filter: Parameters<typeof listTaskPage>[1], limit: number) {
    return listTaskPage(this.options.bot.db, filter, { limit, offset: 0 })
  }

  /** A stopped task is among the others, and says itself that it needs its owner. */
  async #waiting({ person }: Requester): Promise<WaitingDelivery[]> {
    const { db } = this.options.bot
    const ownerKey = personKey(person)
    return [...(await listWaitingCards(db, ownerKey)), ...(await listWaitingDeliveries(db, { ownerKey }))]
  }

  #worked(tasks: ListedTask[]): Promise<Map<string, number>> {
    const { db, clock } = this.options.bot
    return listWorkedMs(
      db,
      tasks.filter(({ finishedAt }) => finishedAt !== null),
      clock.now(),
    )
  }

  /** As in their own messages. */
  async #cards(tasks: ListedTask[], texts: Texts): Promise<Prompt[]> {
    const { bot, slowdown, pageUrl } = this.options
    const { db, clock } = bot
    const now = clock.now()
    const listed = await listProgress(tasks, { now, work: (ids) => listWork(db, ids, now), slowdown })
    const cards: Prompt[] = []
    for (const { task, progress } of listed) {
      const facts = await factsOf(db, task, { now, progress, pageUrl: pageUrl?.(task.id) })
      const { title, lines, buttons } = taskPrompt(facts, texts)
      cards.push({ title: '', lines: [[bold(title)], ...lines], selects: [], buttons })
    }
    return cards
  }

  #overCard(task: ListedTask, workedMs: number, texts: Texts): Prompt {
    const { tasks } = texts
    const { counts } = task
    const page = this.options.pageUrl?.(task.id)
    const button = (verb: 'retry' | 'resume' | 'results', label: string): Button => ({
      id: taskClick(task.id, verb, verb === 'retry' ? task.finishedAt : null),
      label,
    })
    return {
      title: '',
      lines: [taskLine(task, { workedMs, texts })],
      selects: [],
      buttons: [
        ...(counts.failed > 0 && task.status === 'completed'
          ? [button('retry', tasks.buttons.retry(counts.failed))]
          : []),
        ...(task.status === 'cancelled' ? [button('resume', tasks.buttons.resume)] : []),
        ...(counts.succeeded + counts.failed > 0 ? [button('results', tasks.buttons.resultsAgain)] : []),
        ...(page === undefined ? [] : [{ url: page, label: tasks.buttons.page }]),
      ],
    }
  }

  /** `… and 212 more on the page` */
  #moreLine(
    { tasks, total }: { tasks: ListedTask[]; total: number },
    { commands, tasks: said }: Texts,
  ): Line[] {
    const left = total - tasks.length
    if (left === 0) return []
    const { listUrl } = this.options
    const page: Span | undefined = listUrl === undefined ? undefined : { link: said.pageLink, url: listUrl }
    return [commands.more(left, page)]
  }

  #moreCard(page: { tasks: ListedTask[]; total: number }, texts: Texts): Prompt[] {
    return this.#moreLine(page, texts).map((line) => ({ title: '', lines: [line], selects: [], buttons: [] }))
  }
}

/** What could be delivered nowhere, above all else. */
function waitingLine({ taskId, taskName, what }: WaitingDelivery, { commands, questions }: Texts): Line {
  const name = bold(clip(taskName, NAME_CHARS))
  if (what === 'question') return questions.undelivered(name, code(`/batch status ${taskId}`))
  return what !== 'halted'
    ? commands.resultWaits(name, code(`/batch results ${taskId}`))
    : commands.haltWaits(name, code(`/batch status ${taskId}`))
}

function waitingCard(waiting: WaitingDelivery, texts: Texts): Prompt {
  const { taskId, what } = waiting
  const results: Button = {
    id: taskClick(taskId, 'results'),
    label: texts.tasks.buttons.resultsThere,
    style: 'primary',
  }
  return {
    title: '',
    lines: [waitingLine(waiting, texts)],
    selects: [],
    buttons: what === 'halted' || what === 'question' ? [] : [results],
  }
}

/** The name leads to the task’s thread. */
function taskLine(
  task: ListedTask,
  { workedMs, owner, texts }: { workedMs: number; owner?: string | undefined; texts: Texts },
): Line {
  const { tasks, numbers } = texts
  const { counts, link } = task
  const name = clip(task.name, NAME_CHARS)
  return dotted(
    code(task.id),
    link?.startsWith('https://') ? { link: name, url: link } : bold(name),
    tasks.statusNames[task.status],
    tasks.of(counts.succeeded + counts.failed, counts.total),
    counts.failed > 0 && tasks.failed(counts.failed),
    task.finishedAt !== null && workedMs > 0 && numbers.duration(workedMs),
    owner !== undefined && owner !== '' && owner,
  )
}

function newButton({ wizard }: Texts): Button {
  return { id: NEW_CLICK, label: wizard.forms.newBatch, style: 'primary' }
}

/** Tasks of the same name are told apart by their ids. */
function statusButton({ id, name }: ListedTask, shown: ListedTask[]): Button {
  const isOne = shown.filter((other) => other.name === name).length === 1
  return { id: taskClick(id, 'status'), label: clip(isOne ? name : `${id} · ${name}`, BUTTON_CHARS) }
}

function withButtons(prompt: Prompt, buttons: Button[]): Prompt {
  return { ...prompt, buttons }
}
