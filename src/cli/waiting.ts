import { ROWBOT } from '../engine/this-program.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { answerForm } from '../app/answer-form.ts'
import { listWaitingForms, type WaitingForm } from '../app/waiting-rows.ts'
import { UserError } from '../engine/user-error.ts'
import type { GivenConstants } from './mapping.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { rowsText } from './text/check.ts'
import { waitingLines } from './text/waiting.ts'
import { inEnglish } from '../engine/sentence.ts'

/** Shows what a task's rows wait for, and how to answer. */
export async function showWaiting(
  bot: Rowbot,
  id: string,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const forms = await listWaitingForms(bot, id)
  if (json) screen.print(JSON.stringify(forms))
  else for (const line of waitingLines(id, forms)) screen.print(line)
  return EXIT.done
}

interface AnswerFlags {
  set?: GivenConstants
  /** the same for every row that asks the same */
  all: boolean
}

/** Answers for a row that waits. @param action id or title of a button */
export async function answerRow(
  bot: Rowbot,
  id: string,
  { row, action }: { row: number; action: string },
  { set, all }: AnswerFlags,
  screen: Screen,
): Promise<number> {
  const forms = await listWaitingForms(bot, id, { row })
  const asked = forms.flatMap((form) => {
    const actionId = actionOf(form, action)
    return actionId === undefined ? [] : [{ formId: form.id, action: actionId }]
  })[0]
  if (!asked) throw notThere(id, row, action, forms)
  const answered = await answerForm(bot, actorHere(), { ...asked, inputs: set, forAllAlike: all })
  const { rows, others } = answered
  const which = rows.length === 1 ? `Row ${row}` : rowsText(rows.length)
  screen.print(`${which}: ${answered.action}.`)
  for (const other of others) screen.warn(`Row ${other.row} was not answered: ${inEnglish(other.error)}`)
  if (!(await bot.hasRunner())) screen.print(`To go on with the task: ${ROWBOT} resume ${id}`)
  return others.length === 0 ? EXIT.done : EXIT.someFailed
}

function actionOf({ actions }: WaitingForm, wanted: string): string | undefined {
  const word = wanted.trim().toLowerCase()
  const found =
    actions.find(({ id }) => id === wanted) ??
    actions.find(({ id, title }) => id.toLowerCase() === word || title.toLowerCase() === word)
  return found?.id
}

function notThere(id: string, row: number, action: string, [form]: WaitingForm[]): UserError {
  if (!form) {
    return new UserError(
      `Row ${row} of task ${id} does not wait for an answer.`,
      `What waits: ${ROWBOT} waiting ${id}`,
    )
  }
  const buttons = form.actions.map((one) => one.id).join(', ')
  return new UserError(`“${action}” is no answer to “${form.nodeTitle}”.`, `There are ${buttons}.`)
}
