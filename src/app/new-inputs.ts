import { findListedRow } from '../db/rows/row-list.ts'
import type { Db } from '../db/schema.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { type NewInputs, valuesOfFile, withInputs } from '../engine/again.ts'
import { textToEdit, withNewlines } from '../engine/review.ts'
import { say } from '../engine/sentence.ts'
import type { EditedInputs, Inputs, InputValue } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import type { Variable } from '../engine/workflow.ts'
import type { Fault } from '../workbook/fault.ts'
import { sentence } from '../workbook/fault-text.ts'
import { take } from '../workbook/check/prepare.ts'
import type { Actor } from './actor.ts'
import type { Rowbot } from './rowbot.ts'

/* What a person has typed in place of a row's inputs, taken by the rules of a cell. */

export type NewInputsApp = Pick<Rowbot, 'db' | 'clock' | 'runtimes'>

/** It is no value for the input. */
export class WrongInput extends UserError {
  constructor(
    readonly input: string,
    label: string,
    readonly fault: Fault,
  ) {
    const { message, hint } = sentence(fault)
    super(say('field-says', { field: label, says: message }), hint)
  }
}

/** The workflow has no such input. */
export class UnknownInput extends UserError {}

/**
 * @param rows must be one
 * @param wanted by input, as it would stand in a cell: one whose text is what it has already stays as it is
 * @throws WrongInput, UnknownInput; UserError if it is not one row of the task, or nothing of it is to be taken back
 */
export async function newInputs(
  { db, clock, runtimes }: NewInputsApp,
  actor: Actor,
  task: { id: string; workflowId: string },
  rows: readonly number[],
  wanted: Record<string, string> | 'as-in-file',
): Promise<NewInputs> {
  const [number, ...others] = rows
  if (number === undefined || others.length > 0)
    throw new UserError(say('inputs-of-one-row'), say('do-name-one-row'))
  const row = await findListedRow(db, task.id, number)
  if (!row) throw new UserError(say('no-task-row', { task: task.id, row: number }))
  const edited: EditedInputs = row.editedInputs ?? {}
  const by = { by: actor.name, at: clock.now() }
  if (wanted === 'as-in-file') {
    if (Object.keys(edited).length === 0) throw new UserError(say('no-input-edited', { row: number }))
    return withInputs({ inputs: row.inputs, edited }, valuesOfFile(edited), by)
  }
  const variables = await variablesOf(db, task.workflowId)
  const values = new Map<string, InputValue | null>()
  for (const [name, text] of Object.entries(wanted)) {
    const variable = variables.find((one) => one.name === name)
    if (!variable) {
      const names = variables.map((one) => one.name)
      throw new UnknownInput(say('no-such-input', { input: name }), say('do-inputs-are', { names }))
    }
    const typed = withNewlines(text)
    if (typed !== withNewlines(inputText(row.inputs, name)))
      values.set(name, valueOf(typed, variable, runtimes.fileHosts))
  }
  return withInputs({ inputs: row.inputs, edited }, values, by)
}

/** Of an input, as a person edits it: a file by its address, or by its name if it came along with the sheet. */
export function inputText(inputs: Inputs, name: string): string {
  const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined
  const files = (Array.isArray(value) ? value : [value]).map(fileText)
  return files.every((text) => text !== undefined) ? files.join('\n') : textToEdit(value)
}

/** The inputs that the workflow declares now, each with a label. */
export async function variablesOf(db: Db, workflowId: string): Promise<Variable[]> {
  const { variables = [] } = (await findWorkflow(db, workflowId)) ?? {}
  return variables.map((one) => ({ ...one, label: one.label.trim() || one.name }))
}

/** @returns null if nothing is to be sent */
function valueOf(text: string, variable: Variable, fileHosts: string[]): InputValue | null {
  const taken = take(text, variable, { fileHosts }, 'raw')
  if (!taken) return null
  if ('fault' in taken) throw new WrongInput(variable.name, variable.label, taken.fault)
  return taken.value
}

function fileText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('transfer_method' in value)) return undefined
  if ('url' in value) return String(value.url)
  return 'name' in value ? String(value.name) : undefined
}
