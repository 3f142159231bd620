import type { Numbers } from '../numbers.ts'
import type { Rich } from './wizard.ts'

/** Rows whose run waits for a person: the card in a chat and the section on the page. */
export const questions = (n: Numbers) => ({
  title: (name: string, row: number, position: number, total: number) =>
    total === 1
      ? `${name}: row ${n.count(row)} waits for an answer`
      : `${name}: ${n.count(position)} of ${n.count(total)} wait for an answer · row ${n.count(row)}`,
  until: <S>(time: S): Rich<S> => ['until ', time],
  fields: (names: string) => `The buttons open a form: ${names}`,
  restOnPage: <S>(page: S): Rich<S> => ['… the whole text is on ', page, '.'],
  restInDify: '… the whole text is in Dify.',
  moreActions: (count: number) =>
    count === 1 ? '1 more button is on the page.' : `${n.count(count)} more buttons are on the page.`,
  tooManyFields: (count: number) =>
    `It asks for ${n.count(count)} values, more than a form here can: answer it on the page.`,
  onlyInDify: 'This can only be answered in Dify.',
  answering: (row: number) => `An answer for row ${n.count(row)} is on its way to Dify.`,
  answered: (row: number, action: string, by: string) => `Row ${n.count(row)}: ${action}, by ${by}`,
  forAll: (count: number) => `Same answer for all (${n.count(count)})`,
  actionForAll: (action: string, count: number) => `${action}: all ${n.count(count)}`,
  othersMay: 'Everybody in this conversation may answer.',
  buttons: { letOthers: 'Let others answer', onlyMe: 'Let only me answer' },
  over: (name: string, answers: number) =>
    `${name}: ${answers === 1 ? '1 answer' : `${n.count(answers)} answers`} given`,
  overInDify: (rows: number) => `${n.count(rows)} went on without an answer from here`,
  overExpired: (rows: number) => `${n.count(rows)} not answered in time`,
  goesOn: 'The task goes on.',
  isPaused: 'The task is paused; it goes on with these answers when it is resumed.',
  isStopped: 'The task is stopped.',
  /** what could be posted nowhere */
  undelivered: <S>(name: S, command: S): Rich<S> => [name, ' waits for an answer from you: ', command],
  form: {
    title: (row: number) => `Row ${row}`,
    rows: 'For which rows',
    onlyThis: (row: number) => `Only row ${n.count(row)}`,
    all: (count: number) => `All ${n.count(count)} that ask the same`,
  },
  page: {
    title: (rows: number) =>
      rows === 1 ? '1 row waits for an answer' : `${n.count(rows)} rows wait for an answer`,
    more: (rows: number) =>
      rows === 1
        ? '1 more follows once these are answered.'
        : `${n.count(rows)} more follow once these are answered.`,
    alike: (rows: number) => `The same answer for all ${n.count(rows)} that ask the same`,
    answers: 'Answers',
    answer: (action: string, by: string) => `${action}, by ${by}`,
    states: {
      open: 'waits',
      answering: 'an answer is on its way',
      answered: 'answered',
      elsewhere: 'answered in Dify',
      expired: 'not answered in time',
    },
  },
  private: {
    notYours: (owner: string) =>
      `Only ${owner} may answer for the rows of this task. With “Let others answer” they can change that.`,
    notYourSwitch: (owner: string) => `Only ${owner} may change who answers.`,
    answeredBefore: (by: string, row: number, action: string) =>
      `${by} has answered row ${n.count(row)} already: ${action}.`,
    answeredInDify: (row: number) => `Row ${n.count(row)} was answered in Dify already.`,
    expired: (row: number) => `Row ${n.count(row)} cannot be answered any more: its time is up.`,
    gone: 'This question is not there any more.',
    notFor: (rows: string, why: string) => `It could not be given for the rows ${rows}: ${why}`,
    notOneOf: (name: string) => `“${name}” must be one of the choices.`,
  },
})
