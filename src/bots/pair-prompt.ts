import { textBar } from '../app/progress.ts'
import { canGoOn, type ComparedPair, type ComparedSide, type Comparison, mayGoOn } from '../app/comparison.ts'
import { comparisonLines, LETTERS } from '../app/comparison-text.ts'
import { type SideName, SIDES } from '../engine/comparison.ts'
import { taskClick } from '../messages/click-ids.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import type { Button, Line, Prompt } from '../messages/prompt.ts'
import { bold, clip, fitLines } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { pausedAtLines } from './limit-lines.ts'
import type { TaskFacts } from './task-facts.ts'

const NAME_CHARS = 60
const BAR_CELLS = 14

/** The one message of two tasks that are compared. */
export function pairPrompt(
  {
    pair,
    limits,
    comparison,
    pageUrl,
  }: Pick<TaskFacts, 'limits' | 'comparison' | 'pageUrl'> & { pair: ComparedPair },
  texts: Texts,
): Prompt {
  const words = texts.comparison
  const state = comparison ? words.compared(comparison.tally.rows) : stateOf(pair, texts)
  const title = texts.tasks.title(clip(pair.a.task.fileName, NAME_CHARS), state)
  const lines = comparison
    ? afterLines(comparison, texts)
    : [...progressLines(pair, texts), ...pausedAtLines({ limit: {}, limits }, texts)]
  const page = pageUrl === undefined ? [] : [{ url: pageUrl, label: texts.tasks.buttons.page }]
  return {
    title: clip(title, PROMPT_LIMITS.titleChars),
    notice: `${words.notice(clip(pair.a.workflow, NAME_CHARS), clip(pair.b.workflow, NAME_CHARS))}: ${state}`,
    lines: fitLines(lines, PROMPT_LIMITS.lineChars, () => '…'),
    selects: [],
    buttons: [...(comparison ? afterButtons(comparison, texts) : runningButtons(pair, texts)), ...page],
  }
}

function stateOf(pair: ComparedPair, { comparison, tasks }: Texts): string {
  return isPaused(pair) ? tasks.states.paused : comparison.comparing
}

/** A person or a limit has paused one before all its rows had run. */
function isPaused({ a, b }: ComparedPair): boolean {
  return [a, b].some(isHeld)
}

function isHeld({ task, isOver }: ComparedSide): boolean {
  return task.status === 'paused' && !isOver
}

/** `A · Copywriter  ▓▓▓▓░░░░ 12 of 20` */
function progressLines(pair: ComparedPair, texts: Texts): Line[] {
  return SIDES.map((side): Line => {
    const { workflow, settled, total, task } = pair[side]
    const bar = textBar({ share: total === 0 ? 0 : settled / total }, BAR_CELLS, '▓')
    return [
      bold(`${LETTERS[side]} · ${clip(workflow, NAME_CHARS)}`),
      `  ${bar}  ${texts.tasks.of(settled, total)}`,
      ...(task.error === null ? [] : [` · ${clip(texts.say(task.error), 300)}`]),
    ]
  })
}

function afterLines(comparison: Comparison, texts: Texts): Line[] {
  return [...comparisonLines(comparison, texts), ...(mayGoOn(comparison) ? [[texts.trial.paidOnce]] : [])]
}

/** One click resumes both, but for one that is at its own limit: that is raised for itself. */
function runningButtons(pair: ComparedPair, { comparison, tasks: { buttons } }: Texts): Button[] {
  const { id } = pair.a.task
  const held = SIDES.filter((side) => isHeld(pair[side]))
  const raises = held.flatMap((side): Button[] => {
    const { task } = pair[side]
    if (!task.atLimit || !task.limitStep) return []
    const label = comparison.raise(LETTERS[side], buttons.raise(task.limitStep))
    return [{ id: taskClick(task.id, 'raise'), label, style: 'primary' }]
  })
  const resumed = held.map((side) => pair[side].task).find((task) => !task.atLimit)
  const resume: Button[] = resumed
    ? [{ id: taskClick(resumed.id, 'resume'), label: buttons.resume, style: 'primary' }]
    : []
  const pause: Button[] = held.length === 0 ? [{ id: taskClick(id, 'pause'), label: buttons.pause }] : []
  return [...raises, ...resume, ...pause, { id: taskClick(id, 'stop'), label: buttons.stop, style: 'danger' }]
}

function afterButtons(comparison: Comparison, { comparison: words, tasks, trial }: Texts): Button[] {
  const { a, b, tally } = comparison
  const failed = tally.a.failed + tally.b.failed
  // A retry of one is one of both; this one ends anew by it.
  const again = tally.a.failed > 0 ? a : b
  const goOn = mayGoOn(comparison) ? SIDES.filter((side) => canGoOn(comparison[side])) : []
  const stuck = SIDES.filter((side) => isStuck(comparison, side))
  return [
    ...goOn.map((side): Button => {
      const { task } = comparison[side]
      return {
        id: taskClick(task.id, 'resume'),
        label: words.goOn(LETTERS[side], task.counts.total),
        style: 'primary',
      }
    }),
    ...stuck.map((side): Button => ({
      id: taskClick(comparison[side].task.id, 'resume'),
      label: words.resume(LETTERS[side]),
    })),
    ...(failed > 0 && stuck.length === 0
      ? [{ id: taskClick(again.task.id, 'retry', again.task.finishedAt), label: tasks.buttons.retry(failed) }]
      : []),
    ...(goOn.length > 0
      ? [{ id: taskClick(a.task.id, 'stop'), label: trial.stopHere, style: 'danger' as const }]
      : []),
    { id: taskClick(a.task.id, 'results'), label: tasks.buttons.resultsThere },
  ]
}

/** Stopped, by a fault or by a person: it may be continued. */
function isStuck(comparison: Comparison, side: SideName): boolean {
  const { task } = comparison[side]
  return task.status === 'failed' || (task.status === 'cancelled' && !canGoOn(comparison[side]))
}
