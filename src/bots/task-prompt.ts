import { slowedLine, textBar } from '../app/progress.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { reviewClick, taskClick, type TaskVerb } from '../messages/click-ids.ts'
import type { Button, Line, Prompt, Table } from '../messages/prompt.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import { bold, clip, dotted, fitLines } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { limitLines } from './limit-lines.ts'
import { pairPrompt } from './pair-prompt.ts'
import type { TaskFacts } from './task-facts.ts'
import { afterTrialLines, triedRowLines, triedTable } from './trial-view.ts'
import type { Trial } from '../app/trial.ts'
import type { WrittenResult } from '../workbook/types.ts'

/** A task’s message, for any state. */
export function taskPrompt(facts: TaskFacts, texts: Texts): Prompt {
  const { task, pair } = facts
  if (pair) return pairPrompt({ ...facts, pair }, texts)
  const view = VIEWS[task.status](facts, texts)
  const title = texts.tasks.title(clip(task.name, NAME_CHARS), view.state)
  return {
    title: clip(title, PROMPT_LIMITS.titleChars),
    notice: noticeOf(facts, texts),
    lines: fitLines(view.lines, PROMPT_LIMITS.lineChars, () => '…'),
    ...(view.table && { table: view.table }),
    selects: [],
    buttons: view.buttons,
  }
}

/** `products-q3 is done: 233 done, 3 failed` */
function noticeOf({ task, trial }: TaskFacts, { tasks }: Texts): string {
  const { notices } = tasks
  const name = clip(task.name, NAME_CHARS)
  const { succeeded, failed, total } = task.counts
  const settled = succeeded + failed
  switch (task.status) {
    case 'pending':
      return notices.pending(name)
    case 'completed':
      return notices.completed(name, succeeded, failed)
    case 'paused':
      return trial ? notices.tried(name, trial.tried) : notices.paused(name, settled, total)
    case 'running':
    case 'failed':
    case 'cancelled':
      return notices[task.status](name, settled, total)
  }
}

/** The message where a task was started, when the task’s own message is in a thread. */
export function startedPrompt({ name }: TaskView, { tasks }: Texts): Prompt {
  const title = clip(name, PROMPT_LIMITS.titleChars)
  return { title, lines: [[tasks.startedInThread]], selects: [], buttons: [] }
}

/** `233 done · 3 failed · 187,420 tokens · $0.56` */
export function summaryLine(
  { task, spent, flagged }: Pick<TaskFacts, 'task' | 'spent' | 'flagged'>,
  { tasks, review }: Texts,
): Line {
  const { counts } = task
  return dotted(
    tasks.done(counts.succeeded),
    flagged.rows.length > 0 && bold(tasks.toLookAt(flagged.rows.length)),
    flagged.edited > 0 && review.edited(flagged.edited),
    flagged.kept > 0 && review.kept(flagged.kept),
    task.carried > 0 && tasks.carried(task.carried),
    task.equal !== null && task.equal > 0 && tasks.asOthers(task.equal),
    counts.failed > 0 && tasks.failed(counts.failed),
    counts.cancelled > 0 && tasks.cancelled(counts.cancelled),
    spent.tokens > 0 && tasks.tokens(spent.tokens),
    ...spent.prices.map((sum) => tasks.spent(sum)),
    spent.unpriced > 0 && tasks.unpriced(spent.unpriced),
    spent.unknownCalls > 0 && tasks.unknownCalls(spent.unknownCalls),
  )
}

/** Whose workbook the result is in: `your workbook, 12 columns added`. */
export function resultNote(written: WrittenResult, { tasks }: Texts): string | undefined {
  if (written.kind === 'own') return tasks.inYours(written.columns)
  return written.why && tasks.inNew(tasks.whyNew[written.why.code])
}

/** Where to find a result that is too large for the chat. */
export function tooLargeLine({ id }: TaskView, pageUrl: string | undefined, { tasks }: Texts): Line {
  return tasks.tooLarge(id, pageUrl === undefined ? undefined : { link: tasks.pageLink, url: pageUrl })
}

interface View {
  state: string
  lines: Line[]
  table?: Table | undefined
  buttons: Button[]
}

/** The file’s name and the page have the full name. */
const NAME_CHARS = 100
const BAR_CELLS = 20
/** Longer messages among them are clipped by fitLines. */
const ERRORS_NAMED = 3

const VIEWS: Record<TaskView['status'], (facts: TaskFacts, texts: Texts) => View> = {
  pending: (facts, texts) => ({
    state: texts.tasks.states.pending,
    lines: [progressLine(facts, texts)],
    buttons: buttons(facts, texts, 'pause', 'stop'),
  }),
  running: (facts, texts) => ({
    state: facts.trying === 0 ? texts.tasks.states.running : texts.trial.trying(facts.trying),
    lines: [
      progressLine(facts, texts),
      ...(facts.progress.slowedBy ? [slowedLine(facts.progress.slowedBy, texts)] : []),
    ],
    buttons: buttons(facts, texts, 'pause', 'stop', 'results'),
  }),
  paused: (facts, texts) => (facts.trial ? tried(facts, facts.trial, texts) : paused(facts, texts)),
  completed: (facts, texts) => ({
    state: texts.tasks.states.completed(facts.workedMs),
    lines: [
      summaryLine(facts, texts),
      ...leftOutLines(facts, texts),
      ...failureLines(facts, texts),
      ...flagLines(facts, texts),
    ],
    buttons: buttons(facts, texts, 'retry', 'look', 'again', 'results', 'page'),
  }),
  failed: (facts, texts) => ({
    state: texts.tasks.states.failed,
    lines: [
      [
        texts.tasks.stoppedAt(
          facts.progress.settled,
          facts.progress.total,
          texts.say(facts.task.error ?? ''),
        ),
      ],
      [texts.tasks.resultsStored(facts.task.counts.succeeded)],
      ...maybePaidLines(facts, texts),
      ...failureLines(facts, texts),
    ],
    buttons: buttons(facts, texts, 'resume', 'results', 'page'),
  }),
  cancelled: (facts, texts) => ({
    state: texts.tasks.states.cancelled,
    lines: [
      summaryLine(facts, texts),
      ...maybePaidLines(facts, texts),
      ...failureLines(facts, texts),
      ...flagLines(facts, texts),
    ],
    buttons: buttons(facts, texts, 'resume', 'look', 'results', 'page'),
  }),
}

function paused(facts: TaskFacts, texts: Texts): View {
  return {
    state: texts.tasks.states.paused,
    lines: [
      progressLine(facts, texts),
      ...limitLines(facts.limit, texts),
      ...(facts.inFlight > 0 ? [[texts.tasks.pausing(facts.inFlight)]] : []),
      ...maybePaidLines(facts, texts),
    ],
    buttons: buttons(facts, texts, facts.task.atLimit ? 'raise' : 'resume', 'stop', 'results'),
  }
}

function tried(facts: TaskFacts, trial: Trial, texts: Texts): View {
  return {
    state: texts.trial.tried(trial.tried),
    lines: [
      ...(trial.tried === 1
        ? triedRowLines(trial, texts)
        : [summaryLine(facts, texts), ...failureLines(facts, texts)]),
      ...flagLines(facts, texts),
      ...afterTrialLines(trial, texts),
    ],
    table: triedTable(trial, texts),
    buttons: buttons(facts, texts, 'goOn', 'settings', 'stopHere', 'look', 'results', 'page'),
  }
}

/** `▓▓▓▓░░░░ 131 of 236 · 128 done · 3 failed · 18 a minute · about 6 min left` */
function progressLine({ progress }: TaskFacts, { tasks }: Texts): Line {
  const { total, settled, done, failed, waiting, perMinute, leftMs } = progress
  return [
    `${textBar(progress, BAR_CELLS, '▓')}  `,
    ...dotted(
      bold(tasks.of(settled, total)),
      done > 0 && tasks.done(done),
      failed > 0 && tasks.failed(failed),
      waiting > 0 && tasks.waitForAnswer(waiting),
      perMinute !== undefined && tasks.aMinute(perMinute),
      leftMs !== undefined && tasks.timeLeft(leftMs),
    ),
  ]
}

function failureLines({ task, failures }: TaskFacts, { tasks, say }: Texts): Line[] {
  const named = failures.slice(0, ERRORS_NAMED)
  const others = task.counts.failed - named.reduce((sum, { count }) => sum + count, 0)
  return [
    ...named.map(({ count, error, rows }): Line => [tasks.failures(count, clip(say(error), 300), rows)]),
    ...(others > 0 ? [[tasks.moreFailures(others)]] : []),
  ]
}

const FLAGS_NAMED = 3
const FLAGGED_ROWS_NAMED = 5

function flagLines({ flagged }: TaskFacts, { tasks }: Texts): Line[] {
  return flagged.groups
    .slice(0, FLAGS_NAMED)
    .map(({ code, rows, count = 0 }): Line => [
      tasks.flagged(rows.length, tasks.flags[code](count), rows.slice(0, FLAGGED_ROWS_NAMED)),
    ])
}

/** Said before somebody resumes it: then these rows may be called, and paid, again. */
function maybePaidLines({ task, spent }: TaskFacts, { tasks }: Texts): Line[] {
  return spent.unknownCalls > 0 && task.counts.left + task.counts.cancelled > 0
    ? [[tasks.maybePaid(spent.unknownCalls)]]
    : []
}

function leftOutLines({ task }: TaskFacts, { tasks }: Texts): Line[] {
  return task.leftOut > 0 ? [[tasks.leftOut(task.leftOut)]] : []
}

type ButtonName = Exclude<TaskVerb, 'status'> | 'goOn' | 'stopHere' | 'look' | 'page'

/** Of these buttons, the ones that have an effect now. */
function buttons(
  { task, flagged, progress, pageUrl }: TaskFacts,
  { tasks, trial, review }: Texts,
  ...wanted: ButtonName[]
): Button[] {
  const labels = tasks.buttons
  const button = (verb: TaskVerb, label: string, style?: 'primary' | 'danger'): Button[] => [
    { id: taskClick(task.id, verb, PAYS.has(verb) ? task.finishedAt : null), label, ...(style && { style }) },
  ]
  return wanted.flatMap((one): Button[] => {
    switch (one) {
      case 'goOn':
        return button('resume', trial.goOn(task.counts.left), 'primary')
      case 'settings':
        return button('settings', trial.settings)
      case 'stopHere':
        return button('stop', trial.stopHere, 'danger')
      case 'resume':
        return button('resume', labels.resume, 'primary')
      case 'raise':
        return task.limitStep ? button('raise', labels.raise(task.limitStep), 'primary') : []
      case 'pause':
        return button('pause', labels.pause)
      case 'stop':
        return button('stop', labels.stop, 'danger')
      case 'results':
        return progress.settled > 0 ? button('results', labels[RESULTS[task.status]]) : []
      case 'retry':
        return task.counts.failed > 0 ? button('retry', labels.retry(task.counts.failed), 'primary') : []
      case 'again':
        return flagged.rows.length > 0 ? button('again', labels.again(flagged.rows.length)) : []
      case 'look':
        return flagged.rows.length > 0
          ? [
              {
                id: reviewClick({ of: 'review', id: task.id, verb: 'begin' }),
                label: review.buttons.look(flagged.rows.length),
              },
            ]
          : []
      case 'page':
        return pageUrl === undefined ? [] : [{ url: pageUrl, label: labels.page }]
    }
  })
}

/** A second click on the same message, once rows have run again, is not to pay for them once more. */
const PAYS = new Set<TaskVerb>(['retry', 'again'])

const RESULTS = {
  pending: 'results',
  running: 'results',
  paused: 'resultsThere',
  completed: 'resultsAgain',
  failed: 'resultsThere',
  cancelled: 'resultsThere',
} as const satisfies Record<TaskView['status'], keyof Texts['tasks']['buttons']>
