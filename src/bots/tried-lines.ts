import type { ResultRow } from '../engine/result.ts'
import type { Line } from '../wizard/prompt.ts'
import { bold, clip, code, dotted } from '../wizard/text.ts'
import type { Words } from '../words/words.ts'
import type { TaskFacts } from './task-facts.ts'

const OUTPUTS_SHOWN = 4
const OUTPUT_CHARS = 320

/** What the first row came to, and what that says about the others. */
export function triedLines({ task, tried }: TaskFacts, words: Words): Line[] {
  if (!tried) return []
  const { tasks } = words
  const isGood = tried.status === 'succeeded'
  return [
    [bold(isGood ? tasks.triedRow(tried.row) : tasks.triedFailed(tried.row))],
    ...(isGood ? outputLines(tried) : [[clip(tried.error ?? '', OUTPUT_CHARS)]]),
    dotted(
      tried.seconds !== null && tasks.duration(tried.seconds * 1000),
      tried.tokens === null ? tasks.tokensNotTold : tasks.tokens(tried.tokens),
      tried.price !== null && tried.currency !== null && tasks.price(tried.price, tried.currency),
    ),
    ...(isGood && tried.seconds !== null ? [[estimate(tried, task, words)]] : []),
  ]
}

function outputLines({ outputs }: ResultRow): Line[] {
  return Object.entries(outputs ?? {})
    .slice(0, OUTPUTS_SHOWN)
    .map(([name, value]): Line => [bold(clip(name, 60)), ': ', code(shown(value))])
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return clip(text.replaceAll(/\s+/g, ' ').trim(), OUTPUT_CHARS) || '–'
}

function estimate({ seconds, tokens }: ResultRow, task: TaskFacts['task'], { tasks }: Words): string {
  const { left } = task.counts
  const ms = (((seconds ?? 0) * left) / Math.max(1, Math.min(task.concurrency, left))) * 1000
  const whole = ms < 60_000 ? Math.ceil(ms / 1000) * 1000 : Math.round(ms / 60_000) * 60_000
  return tasks.estimate(whole, tokens === null ? undefined : tokens * left, left)
}
