import type { Variable } from '../../engine/workflow.ts'
import type { Mapping } from '../../workbook/types.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { columnOf, columnOptions, columnValue } from '../columns.ts'
import { constantForm, inputChosen } from '../constant-form.ts'
import { constantPair, forAllRows } from '../all-rows.ts'
import { type DraftState, type Inspection, without } from '../draft.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import { headingOf } from '../preview-table.ts'
import type { Line, Select } from '../../messages/prompt.ts'
import { type Move, type StepContext, STALE, type Step } from '../step-context.ts'
import { bold, clip, code, dotted } from '../../messages/rich-text.ts'
import { applyMapping, fileLine, titleOf } from './title-and-file.ts'

/** Still 2 of 4: choosing which column feeds which input. Takes effect only with Done. */
export const columnsStep: Step = {
  prompt(context) {
    const { draft, texts } = context
    const { buttons, columnsHelp } = texts.wizard
    const { inspection, edited } = draft.state
    if (!inspection) throw new Error('the columns are shown without an inspection')
    const mapping = { ...inspection.mapping, ...edited }
    const fed = (context.workflow?.variables ?? []).map((variable) => pair(context, variable, mapping))
    return {
      title: titleOf(context, 2, 'columns'),
      lines: [fileLine(context), [columnsHelp], ...proposalLines(context), ...fed],
      selects: selectsOf(context, inspection, mapping),
      buttons: [
        { id: draftClick(draft, 'next'), label: buttons.done, style: 'primary' },
        ...(inputChosen(context) ? [{ id: draftClick(draft, 'constant'), label: buttons.constant }] : []),
        { id: draftClick(draft, 'automatic'), label: buttons.byHeadings },
        { id: draftClick(draft, 'back'), label: buttons.back },
        { id: draftClick(draft, 'cancel'), label: buttons.cancel },
      ],
    }
  },

  answers: {
    input: chooseInput,
    column: chooseColumn,
    constant: (context) => {
      const form = constantForm(context)
      return form ? { form } : STALE
    },
    next: ({ draft }) => {
      const { state, reinspect: look } = applyMapping(draft.state)
      return look ? { state, reinspect: look } : { state }
    },
    automatic: ({ draft }) => {
      const rest = without(draft.state, 'remembered', 'edited', 'editedConstants')
      return { state: { ...rest, step: 'check', mapping: {}, byHeadings: true }, reinspect: true }
    },
    back: ({ draft }) => ({ state: { ...without(draft.state, 'edited', 'editedConstants'), step: 'check' } }),
  },
}

/** What to do about columns that are filled in only as suggestions. */
function proposalLines({ draft: { state }, texts, workflow }: StepContext): Line[] {
  if (!workflow?.variables.some(({ name }) => isProposed(state, name))) return []
  const { proposals, acceptThem, buttons } = texts.wizard
  return [[proposals, bold(buttons.done), acceptThem]]
}

/** `name ← Name · features ← Key features · max words ← – (optional)` */
export function mappingLine(context: StepContext, mapping: Mapping): Line {
  return dotted(
    ...(context.workflow?.variables ?? [])
      .slice(0, PAIRS_NAMED)
      .map((variable) => pair(context, variable, mapping)),
  )
}

const PAIRS_NAMED = 12

function pair({ draft, texts }: StepContext, variable: Variable, mapping: Mapping): Line {
  const { name, label, required } = variable
  const column = mapping[name] ?? null
  const { unmapped: unfed } = texts.wizard
  const constant = forAllRows(draft.state, variable, column)
  if (constant) return constantPair(label, constant, texts)
  const from =
    column === null || !draft.state.inspection
      ? required
        ? unfed.required
        : unfed.optional
      : code(clip(headingOf(draft.state.inspection, column), 40))
  const isProposal = draft.state.step === 'columns' && isProposed(draft.state, name)
  return [clip(label, 40), ' ← ', from, ...(isProposal ? [texts.wizard.proposed] : [])]
}

/** True while an input has the column that was proposed for it, and nobody has accepted that yet. */
export function isProposed({ inspection, edited }: DraftState, variable: string): boolean {
  const column = inspection?.proposals[variable]
  return column !== undefined && edited?.[variable] === column
}

function chooseInput({ draft: { state }, workflow }: StepContext, value: string): Move {
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, input: page } } }
  const input = workflow?.variables[Number(value)]?.name
  return input === undefined ? STALE : { state: { ...state, input, pages: without(state.pages, 'column') } }
}

function chooseColumn({ draft: { state }, workflow }: StepContext, value: string): Move {
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, column: page } } }
  const input = workflow?.variables.find(({ name }) => name === state.input)
  const column = state.inspection && columnOf(value, state.inspection)
  if (!input || column === undefined) return STALE
  const editedConstants = { ...state.editedConstants, [input.name]: null }
  return { state: { ...state, edited: { ...state.edited, [input.name]: column }, editedConstants } }
}

function selectsOf(
  { draft, workflow, texts }: StepContext,
  inspection: Inspection,
  mapping: Mapping,
): Select[] {
  const { selects } = texts.wizard
  const variables = workflow?.variables ?? []
  const chosen = variables.findIndex(({ name }) => name === draft.state.input)
  const inputs = pagedSelect(
    {
      id: draftClick(draft, 'input'),
      label: selects.input,
      options: variables.map(({ label }, i) => ({ value: String(i), label })),
      page: draft.state.pages['input'],
      ...(chosen >= 0 && { selected: String(chosen) }),
    },
    texts,
  )
  const input = variables[chosen]
  if (variables.length === 0) return []
  if (!input) return [inputs]
  const column = {
    id: draftClick(draft, 'column'),
    label: selects.column,
    options: columnOptions(inspection, texts),
    selected: columnValue(mapping[input.name]),
  }
  return [inputs, pagedSelect({ ...column, page: draft.state.pages['column'] }, texts)]
}
