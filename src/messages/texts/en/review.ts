import type { ValueKind } from '../../../engine/review.ts'
import type { Numbers } from '../numbers.ts'
import type { Rich } from './wizard.ts'

/** Rows that people look at one by one, and what they say of them: in the chats, on the page. */
export const review = (n: Numbers) => ({
  edited: (rows: number) => `${n.count(rows)} edited`,
  kept: (rows: number) => `${n.count(rows)} kept`,
  again: (rows: number) => `${n.count(rows)} run again`,
  left: (rows: number) => `${n.count(rows)} not looked at`,
  title: (row: number, position: number, total: number) =>
    `Row ${n.count(row)} · ${n.count(position)} of ${n.count(total)}`,
  name: (name: string) => `To look at: ${name}`,
  sent: 'Sent',
  nothing: '(nothing)',
  more: (outputs: number) => `${n.count(outputs)} more`,
  restOnPage: <S>(link: S): Rich<S> => ['… The rest is on ', link, '.'],
  rest: '… The rest is in the result.',
  editedBy: (by: string) => `edited by ${by}`,
  machine: 'The machine’s',
  keptBy: (by: string) => `${by} has kept it as it is.`,
  againIsPaid: '“Run again” calls the workflow once more for this row, and is paid again.',
  againReplaces: 'A new answer replaces the edit; the row’s log keeps it.',
  runs: 'This row runs again. Its new answer will be here.',
  isPaused: 'This row is to run again, but the task is paused.',
  failed: (error: string) => `It failed: ${error}`,
  newAnswer: 'Its new answer:',
  isGone: 'This row has no answer now.',
  buttons: {
    look: (rows: number) => `Look at ${n.count(rows)}`,
    keep: 'Keep',
    edit: 'Edit',
    again: 'Run again',
    reset: 'Reset',
    previous: '←',
    next: '→',
    over: 'Look at them again',
    result: 'Result with these',
  },
  over: (seen: number, total: number) =>
    seen === total ? `${n.count(total)} looked at` : `${n.count(seen)} of ${n.count(total)} looked at`,
  inResult: 'Edited values are in the result, tinted, with what the machine gave in a comment.',
  moved: 'Goes on further down.',
  form: {
    title: (row: number) => `Edit row ${n.count(row)}`,
    submit: 'Save',
    kinds: {
      text: '',
      number: 'a number',
      boolean: 'true or false',
      list: 'a list in JSON',
      object: 'an object in JSON',
    } satisfies Record<ValueKind, string>,
  },
  /** of a field */
  mustBe: {
    text: 'It must stay text.',
    number: 'It must stay a number, such as 12.5, without a unit.',
    boolean: 'It must stay true or false.',
    list: 'It must stay a list in JSON: it begins with [, and texts in it stand in double quotes.',
    object: 'It must stay an object in JSON: it begins with {, and names and texts stand in double quotes.',
  } satisfies Record<ValueKind, string>,
  private: {
    notYours: (owner: string) => `Only ${owner} and admins may do that.`,
    gone: 'This task is not there any more.',
    changed: (row: number) =>
      `Row ${n.count(row)} has changed since you saw it. Nothing was changed by you; it is shown as it is now.`,
    noAnswer: (row: number) => `Row ${n.count(row)} has no answer now: it runs, waits to, or has failed.`,
    standsStill: 'The task stands still with rows left, which would run, too. Resume or stop it first.',
    tooLong: <S>(link: S | undefined): Rich<S> =>
      link === undefined
        ? ['These texts are too long for a dialog. “rowbot edit” takes any length.']
        : ['These texts are too long for a dialog. Edit them on ', link, '.'],
    notEditable: 'A file cannot be edited. Let the row run again instead.',
    notPosted: 'The rows could not be shown here just now. They are on the page.',
    isThere: 'They are in this thread already, further down.',
  },
  page: {
    title: 'What you think of it',
    reviewed: 'looked at',
    person: (by: string) => `edited by ${by}`,
    machine: 'the machine’s',
    kept: (by: string) => `kept by ${by}`,
    isKept: 'kept',
    keep: 'Keep as it is',
    save: 'Save',
    edit: 'Edit',
    reset: 'Reset',
    resetHint: 'Takes back what was edited or kept: the machine’s answer counts again.',
  },
  inputs: {
    title: 'What it is sent',
    edit: 'Edit inputs and run again',
    run: 'Run with these inputs',
    isPaid:
      'The workflow is called once more for this row, which is paid again. What it gave before is kept.',
    asInFile: 'Run again as in the file',
    changedBy: (by: string) => `changed by ${by}`,
    inFile: 'in the file:',
    former: (answers: number) =>
      answers === 1 ? 'Its answer before' : `Its ${n.count(answers)} answers before`,
    againBy: (by: string) => `run again by ${by}`,
    sentThen: 'sent then:',
    fromBefore: 'These outputs are from before it was run again. There are no new ones yet.',
  },
})
