import type { Variable } from '../../engine/workflow.ts'
import type { Mapping } from '../../workbook/types.ts'
import { columnName } from '../../workbook/read/value.ts'
import { draftClick } from '../click-ids.ts'
import type { Look } from '../draft.ts'
import { headingRowForm } from '../forms.ts'
import { pageAsked, pagedSelect } from '../paged-select.ts'
import { headingOf } from '../preview-table.ts'
import type { Line, Option, Select } from '../prompt.ts'
import { type Move, type Sight, STALE, type Step } from '../step.ts'
import { without } from '../without.ts'
import { clip, code, dotted } from '../text.ts'
import { fileLine, titleOf } from './shared.ts'

const EMPTY = 'none'

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
      const { edited = {}, ...state } = draft.state
      if (Object.keys(edited).length === 0) return { state: { ...state, step: 'check' } }
      const kept = without(state, 'remembered', 'byHeadings')
      return { state: { ...kept, step: 'check', mapping: { ...state.mapping, ...edited } }, look: true }
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
  const column = value === EMPTY ? null : Number(value)
  const isColumn =
    column === null || (Number.isInteger(column) && column >= 0 && column < columnCount(state.look))
  if (!input || value === '' || !isColumn) return STALE
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
  const options: Option[] = [
    { value: EMPTY, label: selects.leaveEmpty },
    ...Array.from({ length: columnCount(look) }, (_, column) => ({
      value: String(column),
      label: look.headings[column]?.trim() || selects.columnWithoutHeading(columnName(column)),
      description: look.preview[0]?.cells[column] ?? '',
    })),
  ]
  const selected = mapping[input.name] ?? EMPTY
  const column = {
    id: draftClick(draft, 'column'),
    label: selects.column,
    options,
    selected: String(selected),
  }
  return [inputs, pagedSelect({ ...column, page: draft.state.pages['column'] }, words)]
}

function columnCount(look: Look | undefined): number {
  return look?.headings.length ?? 0
}
