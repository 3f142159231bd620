import type { FlagCode } from '../../../engine/flag.ts'
import type { TaskLimit, LimitUse } from '../../../engine/limits.ts'
import type { MoneySum, Nano } from '../../../engine/money.ts'
import type { Numbers } from '../numbers.ts'
import type { Rich } from './wizard.ts'

/** What gets through in a minute, where that is fewer than the workflow may take. */
interface Pace {
  perMinute: number | undefined
  tokensPerMinute: number | undefined
}

/** A server that does not answer. */
interface TroubleFacts {
  rows: number
  askedEveryMs: number
  lastAnswer: string
}

/** A task’s message, from its start to its end. */
export const tasks = (n: Numbers) => ({
  title: (name: string, state: string) => `${name} · ${state}`,
  states: {
    pending: 'waiting',
    running: 'running',
    paused: 'paused',
    completed: (ms: number) => `completed in ${n.duration(ms)}`,
    failed: 'stopped by a fault',
    cancelled: 'stopped',
  },
  of: (done: number, total: number) => `${n.count(done)} of ${n.count(total)}`,
  done: (rows: number) => `${n.count(rows)} done`,
  failed: (rows: number) => `${n.count(rows)} failed`,
  cancelled: (rows: number) => `${n.count(rows)} not run`,
  left: (rows: number) => `${n.count(rows)} left`,
  waitForAnswer: (rows: number) =>
    rows === 1 ? '1 row waits for an answer' : `${n.count(rows)} rows wait for an answer`,
  aMinute: (rows: number) => `${n.rough(rows)} a minute`,
  timeLeft: (ms: number) => `about ${n.roughDuration(ms)} left`,
  tokens: (tokens: number) => `${n.count(tokens)} tokens`,
  price: (nano: Nano, currency: string) => n.price(nano, currency),
  aboutPrice: (nano: Nano, currency: string) => `≈ ${n.price(nano, currency)}`,
  /** a sum, marked where it has the mean for calls whose price nobody told */
  spent: ({ nano, currency, guessed }: MoneySum) =>
    guessed > 0 ? `≈ ${n.price(nano, currency)}` : n.price(nano, currency),
  unpriced: (calls: number) => `price of ${calls === 1 ? '1 call' : `${n.count(calls)} calls`} unknown`,
  unknownCalls: (calls: number) =>
    `plus up to ${calls === 1 ? '1 call' : `${n.count(calls)} calls`} not known`,
  amount: (limit: TaskLimit) => amountText(limit, n),
  pausesAt: (limit: TaskLimit) => `Pauses at ${amountText(limit, n)}`,
  /** at the limit of the task */
  atLimit: ({ spent, limit, rowsLeft, rest, isUntold }: LimitUse) => {
    const rows = rowsLeft === 1 ? '1 row left' : `${n.count(rowsLeft)} rows left`
    if (isUntold)
      return `The limit is ${amountText(limit, n)}, but Dify tells no cost, so that the limit cannot be held; ${rows}.`
    const about = rest ? `, about ${amountText(rest, n)}` : ''
    return `At its limit: ${amountText(spent, n)} of ${amountText(limit, n)} spent; ${rows}${about}.`
  },
  maybePaid: (calls: number) =>
    `${calls === 1 ? '1 call' : `${n.count(calls)} calls`} may have been paid already: Dify cannot say what became of ${calls === 1 ? 'it' : 'them'}.`,
  duration: (ms: number) => n.duration(ms),
  slowed: (limit: number) => `Slowed to ${n.count(limit)} at once: Dify is answering “too many requests”.`,
  paced: ({ perMinute, tokensPerMinute }: Pace) =>
    perMinute === undefined
      ? `Slowed to ${n.count(tokensPerMinute ?? 0)} tokens a minute: no more get through.`
      : `Slowed to ${perMinute === 1 ? '1 call' : `${n.count(perMinute)} calls`} a minute: no more get through.`,
  trouble: <S>(since: S, { rows, askedEveryMs, lastAnswer }: TroubleFacts): Rich<S> => [
    'Dify has not answered since ',
    since,
    `; ${rows === 1 ? '1 row waits' : `${n.count(rows)} rows wait`}; asked again every ${n.duration(askedEveryMs)}. Last: ${lastAnswer}`,
  ],
  queued: (rows: number, ms: number) =>
    `${rows === 1 ? '1 row waits' : `${n.count(rows)} rows wait`} in Dify’s queue, about ${n.duration(ms)} so far.`,
  silent: (rows: number, ms: number) =>
    `No sign of life from ${rows === 1 ? '1 run' : `${n.count(rows)} runs`} for ${n.duration(ms)}; Rowbot keeps asking Dify.`,
  pausing: (rows: number) =>
    rows === 1
      ? '1 row is still at Dify and will finish.'
      : `${n.count(rows)} rows are still at Dify and will finish.`,
  leftOut: (rows: number) =>
    rows === 1
      ? '1 row could not be run; the result says why.'
      : `${n.count(rows)} rows could not be run; the result says why.`,
  failures: (count: number, error: string, rows: number[]) =>
    `${n.count(count)} × ${error.replace(/[.。]$/, '')} (${count === 1 ? 'row' : 'rows'} ${rows.join(', ')}${count > rows.length ? ', …' : ''})`,
  toLookAt: (rows: number) => `${n.count(rows)} to look at`,
  carried: (rows: number) => `${n.count(rows)} from an earlier task`,
  asOthers: (rows: number) => `${n.count(rows)} as other rows`,
  flagged: (count: number, flag: string, rows: number[]) =>
    `To look at: ${n.count(count)} × ${flag} (${count === 1 ? 'row' : 'rows'} ${rows.join(', ')}${count > rows.length ? ', …' : ''})`,
  flags: {
    empty: () => 'empty',
    refusal: () => 'the model refused',
    cut: () => 'ends in mid-sentence',
    'no-json': () => 'not valid JSON',
    short: () => 'far shorter than the others',
    'as-input': () => 'the same as the input',
    'as-others': (rows: number) => `the same as in ${n.count(rows)} other rows`,
    script: () => 'in another script than the others',
    'odd-value': () => 'not one of the values that the others have',
  } satisfies Record<FlagCode, (rows: number) => string>,
  moreFailures: (rows: number) => `${n.count(rows)} failed for other reasons; the result lists them all.`,
  stoppedAt: (settled: number, total: number, error: string) =>
    `Stopped after ${n.count(settled)} of ${n.count(total)} rows: ${error}`,
  resultsStored: (results: number) =>
    results === 1 ? '1 result is kept.' : `${n.count(results)} results are kept.`,
  tokensUnknown: 'Dify does not report this workflow’s tokens.',
  buttons: {
    pause: 'Pause',
    stop: 'Stop',
    resume: 'Resume',
    raise: (step: TaskLimit) => `+${amountText(step, n)}`,
    results: 'Results so far',
    resultsThere: 'Results',
    resultsAgain: 'Results again',
    retry: (rows: number) => `Retry failed (${n.count(rows)})`,
    again: (rows: number) => `Retry these ${n.count(rows)}`,
    page: 'Open the page',
  },
  haltedFor: <S>(name: string, person: S): Rich<S> => [`${name} has stopped and needs you. `, person],
  pausedFor: <S>(name: string, person: S): Rich<S> => [`${name} has paused and needs you. `, person],
  /** a file that somebody asked for */
  resultsOf: {
    running: (name: string, settled: number, total: number) =>
      `${name}: results so far, ${n.count(settled)} of ${n.count(total)}`,
    paused: (name: string, settled: number, total: number) =>
      `${name}: paused at ${n.count(settled)} of ${total === 1 ? '1 row' : `${n.count(total)} rows`}`,
    ended: (name: string, settled: number, total: number) =>
      `${name}: stopped at ${n.count(settled)} of ${total === 1 ? '1 row' : `${n.count(total)} rows`}`,
    completed: (name: string, _settled: number, total: number) =>
      `${name}: the results of ${total === 1 ? '1 row' : `${n.count(total)} rows`}`,
  },
  inYours: (columns: number) =>
    `your workbook, ${columns === 1 ? '1 column' : `${n.count(columns)} columns`} added`,
  inNew: (why: string) => `a new workbook: ${why}`,
  whyNew: {
    kind: 'columns can only be added to .xlsx and .xlsm files',
    'no-room': 'your sheet has no room for more columns',
    'too-large': 'yours would become too large',
    'macro-sheets': 'yours has macro sheets',
    damaged: 'a part of yours is damaged',
    unusual: 'yours is built in an unusual way',
    'too-slow': 'adding columns to yours takes too long',
    stopped: 'columns could not be added to yours',
    gone: 'your file is no longer kept',
    'old-task': 'the task was started by an earlier version of Rowbot',
  },
  tooLarge: <S>(id: string, link: S | undefined): Rich<S> =>
    link === undefined
      ? [
          `The result is too large for this chat. The person who runs Rowbot can get it with “rowbot result ${id}”.`,
        ]
      : ['The result is too large for this chat; it is on ', link, '.'],
  pageLink: 'the page',
  filesOfRows: (files: number) =>
    files === 1
      ? 'The file that a row gave; its name begins with the row’s number'
      : `The ${n.count(files)} files that the rows gave; each name begins with the row’s number`,
  filesTooLarge: <S>(id: string, link: S | undefined): Rich<S> =>
    link === undefined
      ? [
          `The files that the rows gave are too large for this chat. The person who runs Rowbot can get them with “rowbot result ${id}”.`,
        ]
      : ['The files that the rows gave are too large for this chat; they are on ', link, '.'],
  /** of the result, after the task’s name */
  isDone: ' is done: ',
  /** one line for a notification: which task, and what happened */
  notices: {
    pending: (name: string) => `${name} waits for its turn`,
    running: (name: string, settled: number, total: number) =>
      `${name} is running: ${n.count(settled)} of ${n.count(total)}`,
    paused: (name: string, settled: number, total: number) =>
      `${name} is paused at ${n.count(settled)} of ${n.count(total)}`,
    tried: (name: string, rows: number) =>
      `${name} has tried ${rows === 1 ? '1 row' : `${n.count(rows)} rows`} and waits for you`,
    completed: (name: string, done: number, failed: number) =>
      `${name} is done: ${n.count(done)} done${failed > 0 ? `, ${n.count(failed)} failed` : ''}`,
    failed: (name: string, settled: number, total: number) =>
      `${name} was stopped by a fault at ${n.count(settled)} of ${n.count(total)}`,
    cancelled: (name: string, settled: number, total: number) =>
      `${name} was stopped at ${n.count(settled)} of ${n.count(total)}`,
  },
  startedInThread: 'Started. Progress and the result will appear in the thread below.',
  private: {
    notYours: (name: string) =>
      `This batch is ${name}’s. Start your own by sending a file and mentioning me.`,
    unknown: (id: string) => `There is no task ${id}.`,
    retried: (name: string, rows: number) =>
      rows === 1 ? `${name}: 1 row runs again.` : `${name}: ${n.count(rows)} rows run again.`,
    paused: (name: string) => `${name} is paused; rows already at Dify will finish.`,
    stopped: (name: string) => `${name} is stopped.`,
    resumed: (name: string) => `${name} continues.`,
    raised: (name: string, limit: TaskLimit) => `${name} continues, up to ${amountText(limit, n)}.`,
    atLimit: (name: string) => `${name} is paused at its limit. Raise the limit to go on.`,
    cannot: {
      pause: (name: string, state: string) => `There is nothing to pause: ${name} is ${state}.`,
      stop: (name: string, state: string) => `There is nothing to stop: ${name} is ${state}.`,
      resume: (name: string, state: string) => `There is nothing to resume: ${name} is ${state}.`,
    },
    fileTooLarge: 'The file is too large for this chat. The person who runs Rowbot can get it for you.',
    fileComes: 'The file is being written. It comes in a moment.',
    fileNotSent: 'The file could not be sent just now. Please try again in a minute.',
    sentDirectly: (file: string) => `I have sent you ${file} in a direct message.`,
    nothingToLookAt: 'There is nothing to look at in this task.',
    nothingFailed: (name: string) => `No row of ${name} has failed.`,
  },
  statusNames: {
    pending: 'waiting',
    running: 'running',
    paused: 'paused',
    completed: 'completed',
    failed: 'stopped by a fault',
    cancelled: 'stopped',
  },
})

function amountText(limit: TaskLimit, n: Numbers): string {
  return 'tokens' in limit ? `${n.count(limit.tokens)} tokens` : n.price(limit.nano, limit.currency)
}
