import { draftClick } from '../../messages/click-ids.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import { clip } from '../../messages/rich-text.ts'
import { takesFiles } from '../inspection.ts'
import { type Move, type StepContext, STALE, type Step } from '../step-context.ts'

/** Instead of a place in the list of workbooks: none of them is the sheet. */
const ROW_EACH = 'rows'

/** Before the four steps, when several workbooks were sent together: which of them is the sheet. */
export const workbookStep: Step = {
  prompt({ draft, workflows, texts }) {
    const { which, buttons } = texts.wizard
    const { workbooks = [], pages } = draft.state
    // By place: a name may be longer than a value.
    const options = workbooks.map((name, i) => ({ value: String(i), label: name }))
    const rows = workflows.some(takesFiles) ? [{ value: ROW_EACH, label: which.rowEach }] : []
    const select = { id: draftClick(draft, 'workbook'), label: which.label, page: pages['workbook'] }
    return {
      title: clip(which.title, PROMPT_LIMITS.titleChars),
      lines: [[which.sent(workbooks.length)]],
      selects: [pagedSelect({ ...select, options: [...options, ...rows] }, texts)],
      buttons: [{ id: draftClick(draft, 'cancel'), label: buttons.cancel }],
    }
  },

  answers: { workbook: choose },
}

function choose({ draft, workflows }: StepContext, value: string): Move {
  const { state } = draft
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, workbook: page } } }
  if (value === ROW_EACH) return workflows.some(takesFiles) ? { workbook: undefined } : STALE
  const chosen = /^\d+$/.test(value) ? state.workbooks?.[Number(value)] : undefined
  return chosen === undefined ? STALE : { workbook: chosen }
}
