import type { Variable } from '../../engine/workflow.ts'
import type { Mapping } from '../../workbook/types.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { columnOf, columnOptions, columnValue } from '../columns.ts'
import { type Look, without } from '../draft.ts'
import { headingRowForm } from '../forms.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import { headingOf } from '../preview-table.ts'
import type { Line, Select } from '../../messages/prompt.ts'
import { type Move, type Sight, STALE, type Step } from '../step-context.ts'
import { clip, code, dotted } from '../../messages/rich-text.ts'
import { fileLine, mapped, titleOf } from './shared.ts'

/** Still 2 of 4: which column feeds what, by hand. Nothing holds before Done. */
export const columnsStep: Step = {
  prompt(sight) {
    const { draft, words } = sight
    const { buttons, columnsHelp } = words.wizard
    const { look, edited } = draft.state
    if (!look) throw new Error('the columns are shown without a look at the file')
    const mapping = { ...look.mapping, ...edited }
    const fed = (sight.workflow?.variables ?? []).map((variable) => pair(sight, variable, mapping))
    return {
      title: titleOf(sight, 2, 'columns'),
      lines: [fileLine(sight), [columnsHelp], ...fed],
      selects: selectsOf(sight, look, mapping),
      buttons: [
        { id: draftClick(draft, 'next'), label: buttons.done, style: 'primary' },
        { id: draftClick(draft, 'automatic'), label: buttons.byHeadings },
        { id: draftClick(draft, 'heading'), label: buttons.headingRow },
        { id: draftClick(draft, 'back'), label: buttons.back },
        { id: draftClick(draft, 'cancel'), label: buttons.cancel },
      ],
    }
  },

  answers: {
    input: chooseInput,
    column: chooseColumn,
    next: ({ draft }) => {
      const { state, look } = mapped(draft.state)
      return look ? { state, look } : { state }
    },
    automatic: ({ draft }) => {
      const kept = without(draft.state, 'remembered', 'edited')
      return { state: { ...kept, step: 'check', mapping: {}, byHeadings: true }, look: true }
    },
    heading: (sight) => ({ form: headingRowForm(sight) }),
    back: ({ draft }) => ({ state: { ...without(draft.state, 'edited'), step: 'check' } }),
  },
}

/** `name ← Name · features ← Key features · max words ← – (optional)` */
export function fedLine(sight: Sight, mapping: Mapping): Line {
  return dotted(
    ...(sight.workflow?.variables ?? [])
      .slice(0, PAIRS_NAMED)
      .map((variable) => pair(sight, variable, mapping)),
  )
}

const PAIRS_NAMED = 12

function pair({ draft, words }: Sight, { name, label, required }: Variable, mapping: Mapping): Line {
  const column = mapping[name] ?? null
  const { unfed } = words.wizard
  const from =
    column === null || !draft.state.look
      ? required
        ? unfed.required
        : unfed.optional
      : code(clip(headingOf(draft.state.look, column), 40))
  return [clip(label, 40), ' ← ', from]
}

function chooseInput({ draft: { state }, workflow }: Sight, value: string): Move {
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, input: page } } }
  const input = workflow?.variables[Number(value)]?.name
  return input === undefined ? STALE : { state: { ...state, input, pages: without(state.pages, 'column') } }
}

function chooseColumn({ draft: { state }, workflow }: Sight, value: string): Move {
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, column: page } } }
  const input = workflow?.variables.find(({ name }) => name === state.input)
  const column = state.look && columnOf(value, state.look)
  if (!input || column === undefined) return STALE
  return { state: { ...state, edited: { ...state.edited, [input.name]: column } } }
}

function selectsOf({ draft, workflow, words }: Sight, look: Look, mapping: Mapping): Select[] {
  const { selects } = words.wizard
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
    words,
  )
  const input = variables[chosen]
  if (variables.length === 0) return []
  if (!input) return [inputs]
  const column = {
    id: draftClick(draft, 'column'),
    label: selects.column,
    options: columnOptions(look, words),
    selected: columnValue(mapping[input.name]),
  }
  return [inputs, pagedSelect({ ...column, page: draft.state.pages['column'] }, words)]
}
