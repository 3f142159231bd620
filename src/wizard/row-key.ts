import type { EarlierTask } from '../db/tasks/earlier-task.ts'
import { draftClick } from '../messages/click-ids.ts'
import type { Form } from '../messages/prompt.ts'
import { UserError } from '../engine/user-error.ts'
import { columnsNamed, columnsTyped, namesOfColumns } from '../workbook/check/named-columns.ts'
import { type DraftState, without } from './draft.ts'
import { faultText } from '../messages/fault-text.ts'
import type { StepContext } from './step-context.ts'

// The columns that name a row: a person chooses them; else they are those of last time; else they are found.

/** Headings or letters; empty: found. */
export function keyOf({ reading, keyAsLast }: Pick<DraftState, 'reading' | 'keyAsLast'>): string[] {
  return reading.key ?? keyAsLast ?? []
}

/** For a task: undefined if they are found. */
export function keyColumnsChosen(
  state: Pick<DraftState, 'reading' | 'keyAsLast'>,
  headings: string[],
): number[] | undefined {
  const key = keyOf(state)
  return key.length === 0 ? undefined : columnsNamed(key, headings)
}

/** The state with what was chosen last time, if a person chose it. */
export function withKeyOf(
  state: DraftState,
  { keyChosen, keyColumns }: Pick<EarlierTask, 'keyChosen' | 'keyColumns'>,
  headings: string[],
): DraftState {
  if (state.reading.key || !keyChosen) return without(state, 'keyAsLast')
  return { ...state, keyAsLast: namesOfColumns(keyColumns, headings) }
}

export function keyForm({ draft, texts }: StepContext): Form {
  const { key, save } = texts.wizard.forms
  return {
    id: draftClick(draft, 'key'),
    title: key.title,
    fields: [
      {
        type: 'text',
        id: 'key',
        label: key.label,
        hint: key.hint,
        value: keyOf(draft.state).join(', '),
        maxLength: 500,
        optional: true,
      },
    ],
    submit: save,
  }
}

/** Nothing typed: they are found. */
export function fillKey({ draft: { state }, texts }: StepContext, values: Record<string, string>) {
  const key = columnsTyped(values['key'] ?? '')
  try {
    columnsNamed(key, state.inspection?.headings ?? [])
  } catch (fault) {
    if (fault instanceof UserError) return { errors: { key: faultText(fault, texts) } }
    throw fault
  }
  return { state: { ...state, reading: { ...state.reading, key } }, reinspect: true }
}
