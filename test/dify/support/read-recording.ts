import { decimalOf } from '../../../src/engine/money.ts'
import type { LookUpResult, Outcome, RunProgress, RunRef, WithRunIds } from '../../../src/engine/outcome.ts'
import type { RunIds, Usage } from '../../../src/engine/run.ts'
import type { AppMode } from '../../../src/engine/workflow.ts'
import { openApp, type OpenAppOptions } from '../../../src/dify/apps/open-app.ts'
import type { Recording } from './recordings.ts'
import { replay } from './replay.ts'
import { inEnglish } from '../../../src/engine/sentence.ts'

/** A server that never answers is given up soon; one that does may take its time on a busy machine. */
const limits = (recordings: Recording[]) => {
  const ms = recordings.some(({ status }) => status === 0) ? 100 : 30_000
  return { runMs: ms, lookUpMs: ms }
}

export interface Heard {
  outcome: WithRunIds<Outcome>
  news: RunProgress[]
}

/** Reads a recorded answer to a run with our own code, over the wire. We leave where the recording's client left. */
export async function outcomeOf(recording: Recording, options: Partial<OpenAppOptions> = {}): Promise<Heard> {
  await using server = await replay(() => recording)
  const app = openApp({
    baseUrl: server.url,
    apiKey: 'app-any',
    mode: modeOf(recording),
    limits: limits([recording]),
    ...options,
  })
  const left = new AbortController()
  const news: RunProgress[] = []
  const known = Promise.withResolvers<void>()
  const running = app.run({
    inputs: { query: 'q' },
    variables: [],
    user: recording.body?.user ?? 'u',
    signal: left.signal,
    onProgress(one) {
      news.push(one)
      if (tells(recording, Object.assign({}, ...news) as RunProgress)) known.resolve()
    },
  })
  if (recording.end === 'open' && recording.status !== 0) {
    await server.sent
    await known.promise
    left.abort()
  }
  return { outcome: await running, news }
}

/** Joins a run whose stream was recorded, and leaves where the recording's client left. */
export async function joined(recording: Recording, mode: AppMode): Promise<Heard & { heard: number }> {
  await using server = await replay(() => recording)
  const app = openApp({ baseUrl: server.url, apiKey: 'app-any', mode, limits: limits([recording]) })
  const left = new AbortController()
  const news: RunProgress[] = []
  let heard = 0
  const known = Promise.withResolvers<void>()
  const run = { user: 'u', attemptedAt: 0, workflowRunId: recording.path.split('/')[2] ?? '' }
  const joining = app.join?.(run, {
    signal: left.signal,
    onProgress: (one) => void news.push(one),
    onActivity() {
      heard += 1
      known.resolve()
    },
  })
  if (recording.end === 'open') {
    await server.sent
    await known.promise
    left.abort()
  }
  return { outcome: (await joining) ?? { kind: 'lost', error: 'cannot be joined' }, news, heard }
}

/** Looks a run up, each request answered by the recording that was made of such a request. */
export async function lookedUp(
  mode: AppMode,
  run: Partial<RunRef>,
  answers: Recording[],
  options: Partial<OpenAppOptions> = {},
): Promise<WithRunIds<LookUpResult>> {
  await using server = await replay((_, path) => {
    const asked = askedFor(path)
    return answers.find((one) => askedFor(one.path) === asked)
  })
  const app = openApp({ baseUrl: server.url, apiKey: 'app-any', mode, limits: limits(answers), ...options })
  return await app.lookUp({ user: 'u', attemptedAt: 0, ...run }, new AbortController().signal)
}

/** /workflows/run/{any id} is asked for a run, and so on. */
function askedFor(path: string): string {
  return path.split('/').slice(0, 3).join('/')
}

/** What the recording has to tell, so that nothing of it is still on the way when we leave. */
function tells({ chunks }: Recording, told: RunIds): boolean {
  const text = Buffer.concat(chunks).toString('utf8')
  return (
    (!text.includes('"workflow_run_id"') || told.workflowRunId !== undefined) &&
    (!text.includes('"message_id"') || told.messageId !== undefined)
  )
}

function modeOf({ path, name }: Recording): AppMode {
  if (path.endsWith('/run')) return 'workflow'
  if (path === '/completion-messages') return 'completion'
  return name.includes('chatflow') ? 'advanced-chat' : 'chat'
}

/** An outcome in one line. */
export function inShort(fate: LookUpResult): string {
  switch (fate.kind) {
    case 'succeeded': {
      const warning = fate.warning === undefined ? '' : `; ${inEnglish(fate.warning)}`
      return `succeeded: ${clipped(JSON.stringify(fate.outputs))}${costIn(fate.usage)}${warning}`
    }
    case 'failed': {
      const kept = fate.outputs === undefined ? '' : ` keeps ${JSON.stringify(fate.outputs)}`
      return `failed${fate.stopped ? ' (stopped)' : ''}: ${wordsIn(inEnglish(fate.error))}${kept}`
    }
    case 'waiting':
      return `waiting: ${fate.forms.map(({ nodeTitle, content }) => `${nodeTitle}: ${JSON.stringify(content)}`).join(', ')}`
    case 'rejected':
      return `rejected: ${wordsIn(inEnglish(fate.error))}`
    case 'throttled':
      return `throttled by ${fate.by}: ${wordsIn(inEnglish(fate.error))}`
    case 'halted':
      return `halted (${[fate.sure ? 'sure' : 'if three say so', fate.ran && 'ran'].filter(Boolean).join(', ')}): ${wordsIn(inEnglish(fate.error))}`
    case 'lost': {
      const otherwise = fate.ifUnknown === undefined ? '' : `; if unknown: ${inShort(fate.ifUnknown)}`
      return `lost${fate.inTrouble ? ' (in trouble)' : ''}: ${wordsIn(inEnglish(fate.error))}${otherwise}`
    }
    case 'running':
    case 'unknown':
      return fate.kind
  }
}

function costIn({ tokens, price, currency }: Usage): string {
  const parts = [
    tokens !== undefined && `${tokens} tokens`,
    price !== undefined && `${decimalOf(price)} ${currency}`,
  ]
  const known = parts.filter(Boolean).join(', ')
  return known === '' ? '' : ` [${known}]`
}

/** Where our half of a sentence stands before Dify's, both; of Dify's the beginning. */
function wordsIn(error: string): string {
  const [ours = '', theirs = '', after = ''] = error.split(/[“”]/)
  return `${ours.trimEnd()}${theirs === '' ? '' : ` “${clipped(theirs)}”`}${after}`
}

function clipped(text: string): string {
  return text.length > 64 ? `${text.slice(0, 63)}…` : text
}
