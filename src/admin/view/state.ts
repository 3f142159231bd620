import type { ResultRow } from '../../engine/task.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { type Html, html } from './html.ts'

/** A sign beside the word, as colour alone must not carry meaning. */
export const TASK_SIGNS: Record<TaskStatus, string> = {
  running: '●',
  pending: '◌',
  paused: '‖',
  completed: '✔',
  failed: '✖',
  cancelled: '■',
}

const ROW_SIGNS: Record<ResultRow['status'], string> = {
  running: '●',
  pending: '◌',
  waiting: '?',
  succeeded: '✔',
  failed: '✖',
  cancelled: '■',
  'left out': '–',
}

export function taskState(status: TaskStatus, { page }: Texts): Html {
  return state(status, TASK_SIGNS[status], page.states[status])
}

export function rowState(status: ResultRow['status'], { page }: Texts): Html {
  return state(status.replace(' ', '-'), ROW_SIGNS[status], page.rowStates[status])
}

function state(name: string, sign: string, word: string): Html {
  return html`<span class="state state-${name}"><span aria-hidden="true">${sign}</span> ${word}</span>`
}
