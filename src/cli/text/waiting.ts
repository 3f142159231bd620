import { ROWBOT } from '../../engine/this-program.ts'
import type { WaitingForm } from '../../app/waiting-rows.ts'
import { durationText } from '../../engine/duration.ts'
import { shellWord } from '../files.ts'
import { rowsText } from './check.ts'

/** Of a row that asks for more: the beginning of the text. */
const LINES_SHOWN = 12

/** What a task's rows wait for, and the commands that answer. Forms that ask the same show their commands once. */
export function waitingLines(taskId: string, forms: WaitingForm[]): string[] {
  if (forms.length === 0) return ['No row waits for an answer.']
  const rows = new Set(forms.map(({ row }) => row)).size
  const shown = forms.flatMap((form, i) => {
    const isNew = !forms.slice(0, i).some((other) => isAlike(other, form))
    return ['', ...formLines(form), ...(isNew ? commandLines(taskId, form) : [])]
  })
  return [`${rowsText(rows)} ${rows === 1 ? 'waits' : 'wait'} for an answer.`, ...shown]
}

/** `2 rows wait for an answer; answer them on the page or with …` */
export function waitingNote({ id, waiting }: { id: string; waiting: number }): string {
  const wait =
    waiting === 1 ? '1 row waits for an answer; answer it' : `${waiting} rows wait for an answer; answer them`
  return `${wait} on the page or with “rowbot answer”. What is asked: ${ROWBOT} waiting ${id}`
}

function formLines({ row, nodeTitle, text, expiresAt, isAnswering, isOnlyInDify }: WaitingForm): string[] {
  const notes = [
    ...(nodeTitle === '' ? [] : [nodeTitle]),
    ...(expiresAt === null ? [] : [leftText(expiresAt - Date.now())]),
    ...(isAnswering ? ['an answer is on its way'] : []),
    ...(isOnlyInDify ? ['can only be answered in Dify'] : []),
  ]
  const lines = text === '' ? [] : text.split('\n')
  const more = lines.length > LINES_SHOWN ? ['  …'] : []
  return [
    [`Row ${row}`, ...notes].join(' · '),
    ...lines.slice(0, LINES_SHOWN).map((line) => `  ${line}`),
    ...more,
  ]
}

function leftText(ms: number): string {
  return ms > 0 ? `${durationText(ms)} left` : 'its time is up'
}

function commandLines(taskId: string, { row, fields, actions, alike, isOnlyInDify }: WaitingForm): string[] {
  if (isOnlyInDify) return []
  const set = fields
    .map(({ name, options }) => ` --set ${shellWord(`${name}=${options[0] ?? '…'}`)}`)
    .join('')
  const all = alike > 1 ? ' --all' : ''
  return actions.map(
    ({ id, title }) => `  ${title}: ${ROWBOT} answer ${taskId} ${row} ${shellWord(id)}${set}${all}`,
  )
}

function isAlike(a: WaitingForm, b: WaitingForm): boolean {
  return (
    a.nodeTitle === b.nodeTitle &&
    JSON.stringify([a.fields, a.actions]) === JSON.stringify([b.fields, b.actions])
  )
}
