import { durationText } from '../duration.ts'
import { plural } from './words.ts'

/** What became of a run, where it did not simply succeed or fail. */
export const RUNS = {
  'workflow-failed-silently': () => 'The workflow failed.',
  'workflow-failed-with': ({ words }: { words: string }) => `The workflow failed: “${words}”`,
  'failed-before-first-step': ({ words }: { words: string }) =>
    `Dify says that the run failed before its first step: “${words}”`,
  'run-not-begun': ({ words }: { words: string }) => `Dify did not begin the run: “${words}”`,
  'stopped-in-dify': () => 'The run was stopped in Dify.',
  'stopped-in-dify-with': ({ words }: { words: string }) => `The run was stopped in Dify: “${words}”`,
  'outputs-until-then': ({ error, outputs }: { error: string; outputs: string[] }) =>
    `${error} Dify keeps what it had put out by then: ${outputs.join(', ')}.`,
  'unknown-run-status': ({ status }: { status: string }) =>
    `Dify says the run is “${status}”, which Rowbot does not know.`,
  'some-steps-failed': ({ steps }: { steps: string[] }) =>
    `Some steps of the workflow failed${named(steps)}.`,
  'some-steps-failed-with': ({ steps, words }: { steps: string[]; words: string }) =>
    `Some steps of the workflow failed${named(steps)}: “${words}”`,
  'nested-too-deep': ({ levels }: { levels: number }) =>
    `The workflow succeeded, but its outputs are nested more than ${levels} levels deep, which cannot be stored.`,
  'answer-cut-at-start': () =>
    'The answer was cut short before its first word: Dify ended it without counting its tokens.',
  'answer-cut': ({ characters }: { characters: number }) =>
    `The answer was cut short after ${characters} characters: Dify ended it without counting its tokens.`,

  'accepted-without-events': () => 'Dify accepted the call, but sent no events of the run.',
  'stream-closed-early': () => 'Dify closed the stream before the run had ended.',
  'stream-ended-not-over': () => 'Dify ended the stream of a run that it says is not over.',
  'unreadable-end': () => 'Dify told the end of the run in a way that Rowbot cannot read.',
  'answer-over-32-mb': () => 'Dify’s answer is larger than 32 MB.',
  'not-joined': () => 'The run cannot be joined.',
  'not-joined-without-id': () => 'A run without an id cannot be joined.',
  'unreadable-look-up': () => 'Dify tells what became of the run in a way that Rowbot cannot read.',
  'unreadable-state': () =>
    'Rowbot cannot read what Dify says about the end of the run. Look at the run in Dify.',
  'look-up-failed': () => 'Dify could not be asked about the run.',
  'too-many-runs': () => 'Dify lists too many runs to find this one.',
  'outputs-gone': () => 'Dify’s log says that the run succeeded, but its outputs are gone.',

  'timed-out': ({ ms }: { ms: number }) => `Timed out after ${durationText(ms)}.`,
  'timed-out-still-running': ({ ms, since }: { ms: number; since: string }) =>
    `Timed out after ${durationText(ms)}. Dify still says running; no sign of life since ${since}.`,
  'not-started-in-time': () => 'Dify did not start to answer within the row’s time limit.',
  'not-uploaded-in-time': ({ ms }: { ms: number }) =>
    `The files were not uploaded within ${durationText(ms)}.`,
  'fate-unknowable': ({ error }: { error: string }) =>
    `${error} It is impossible to find out what became of the call; it may have been paid for.`,
  'was-stopped': () => 'It was stopped.',
  'stopped-after-pause': ({ error }: { error: string }) =>
    `${error} It had waited for a person: its time was up, or the answer is lost, as Dify 1.16.1 may do. A retry begins a new run, which asks again.`,
  'went-on-after-pause': () =>
    'Dify says that this run was stopped, but it went on after it had waited for a person, and its outputs are there: Dify 1.16.1 reports such runs wrongly.',
  'no-run-of-it': ({ error }: { error: string }) => `${error} Dify has no run of it.`,
  'rowbot-ended': () => 'Rowbot ended while the row ran.',
  'lost-in-queue': ({ times }: { times: number }) =>
    `Waited in Dify’s queue ${times} times and was never started.`,
  'files-lost': ({ times, error }: { times: number; error: string }) =>
    `Dify did not find the row’s files, though they were uploaded ${times} times. See whether its file storage works, then retry the row. ${error}`,

  'waits-at-dify': () => 'waits at Dify',
  'waits-for-answer': ({ titles }: { titles: string[] }) => `waits for an answer: ${titles.join(', ')}`,
  'question-gone': ({ title }: { title: string }) =>
    `Dify does not have the question “${title}” any more, so nobody can answer it.`,
  'nobody-answered': ({ until, titles }: { until: string; titles: string[] }) =>
    `Nobody answered by ${until}${titles.length > 0 ? ` (${titles.join(', ')})` : ''}.`,
  'nobody-answered-on': ({ until, day, titles }: { until: string; day: string; titles: string[] }) =>
    `Nobody answered by ${until} on ${day}${titles.length > 0 ? ` (${titles.join(', ')})` : ''}.`,

  'still-waits-at-dify': () =>
    'Stopped while it waited for an answer. Its run still waits at Dify, which cannot stop such a run.',
  'two-runs-succeeded': ({ first, second }: { first: string; second: string }) =>
    `Two runs of this row succeeded: ${first}, whose result this is, and ${second}.`,
  'one-run': () => 'one',
  'another-run': () => 'another',
  both: ({ first, second }: { first: string; second: string }) => `${first} ${second}`,

  'log-by': ({ person }: { person: string }) => `by ${person}`,
  'log-at-limit': () => 'at its limit',
  'log-at-month-limit': () => 'at a limit for this month',
  'log-after-trial': () => 'after its trial',
  'log-answered': ({ question, answer, person }: { question: string; answer: string; person: string }) =>
    `${question}: ${answer}, by ${person}`,
  'log-interrupted': () => 'Its runner ended while it ran; Dify is asked what became of it.',
  'log-ran-when-stopped': () => 'It ran when the task was stopped.',
  'log-maybe-paid': ({ calls }: { calls: number }) =>
    plural(
      calls,
      '1 call may have been paid already: Dify cannot say what became of it.',
      `${calls} calls may have been paid already: Dify cannot say what became of them.`,
    ),

  'task-ends-runners': ({ count }: { count: number }) =>
    `The program that ran this task ended ${count} times in a row without a row having ended. The task may be the cause. Look at the log, and at the rows that it began with, before you resume it.`,
  'rowbot-failed-often': ({ log }: { log: string }) =>
    `Rowbot failed several times while it ran this task (${log}). The log has the details.`,
  /** why a task stopped, and what to do */
  'with-hint': ({ error, hint }: { error: string; hint: string }) => `${error} ${hint}`,
} as const

function named(steps: string[]): string {
  return steps.length === 0 ? '' : ` (${steps.map((step) => `“${step}”`).join(', ')})`
}
