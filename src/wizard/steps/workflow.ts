import type { Workflow } from '../../engine/workflow.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { fits, takesFiles } from '../inspection.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import type { Line, Option } from '../../messages/prompt.ts'
import { againstSelects, chooseAgainst, mayCompare } from './against.ts'
import { type Move, type StepContext, STALE, type Step } from '../step-context.ts'
import { without } from '../draft.ts'
import { searchForm } from '../forms.ts'
import { labelHere, workflowOptions, workflowsFound } from '../workflow-options.ts'
import { bold, clip, code, dotted } from '../../messages/rich-text.ts'
import { fileLine, titleOf } from './title-and-file.ts'

const NAME_CHARS = 100
const DESCRIPTION_CHARS = 290

/** 1 of 4: which workflow. */
export const workflowStep: Step = {
  prompt(context) {
    const { draft, workflow, texts } = context
    const { buttons, selects } = texts.wizard
    const { options, hasMore, line } = offered(context)
    return {
      title: titleOf(context, 1, 'workflow'),
      lines: [
        fileLine(context),
        ...(workflow ? about(workflow, context) : [[chooseText(context)]]),
        ...(line === undefined ? [] : [[line]]),
        ...(draft.state.against ? [[texts.comparison.bothRun]] : []),
      ],
      selects: [
        pagedSelect(
          {
            id: draftClick(draft, 'workflow'),
            label: selects.workflow,
            options,
            page: draft.state.pages['workflow'],
            ...(workflow && { selected: workflow.id }),
            ...(hasMore && { hasMore }),
          },
          texts,
        ),
        ...againstSelects(context),
      ],
      buttons: [
        ...(workflow
          ? [
              { id: draftClick(draft, 'next'), label: buttons.next, style: 'primary' as const },
              { id: draftClick(draft, 'template'), label: buttons.template },
            ]
          : []),
        ...(mayCompare(context) && !draft.state.comparing
          ? [{ id: draftClick(draft, 'compare'), label: texts.comparison.compareWith }]
          : []),
        ...(hasMore ? [{ id: draftClick(draft, 'search'), label: buttons.search }] : []),
        { id: draftClick(draft, 'file'), label: buttons.otherFile },
        { id: draftClick(draft, 'cancel'), label: buttons.cancel },
      ],
    }
  },

  answers: {
    workflow: choose,
    compare: (context) =>
      mayCompare(context) ? { state: { ...context.draft.state, comparing: true } } : STALE,
    against: chooseAgainst,
    search: (context) => ({ form: searchForm(context) }),
    next: ({ draft, workflow, texts }) =>
      workflow
        ? { state: { ...draft.state, step: 'check' }, reinspect: true }
        : { tell: texts.wizard.private.chooseFirst },
    template: ({ workflow, texts }) =>
      workflow ? { file: 'template' } : { tell: texts.wizard.private.chooseFirst },
  },
}

function chooseText({ draft, workflows, texts }: StepContext): string {
  const { wizard } = texts
  return draft.state.listsFiles && !workflows.some(takesFiles) ? wizard.files.noWorkflow : wizard.choose
}

function choose({ draft, workflows, texts }: StepContext, value: string): Move {
  const { state } = draft
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, workflow: page } } }
  const chosen = workflows.find(({ id }) => id === value)
  if (!chosen) return { tell: texts.wizard.private.workflowGone }
  const pages = without(state.pages, 'workflow')
  if (chosen.id === state.workflowId) return { state: { ...state, pages } }
  // Another workflow has other inputs, so choices about the old one’s inputs are dropped.
  const rest = without(state, 'remembered', 'byHeadings', 'input', 'constants', 'lastTime', 'notAsLastTime')
  const next = { ...rest, workflowId: chosen.id, mapping: {}, pages }
  return { state: next.against?.workflowId === chosen.id ? without(next, 'against') : next }
}

/** What the select offers: what was searched for, or all. */
function offered(context: StepContext): { options: Option[]; hasMore: boolean; line?: string } {
  const { draft, workflows, texts } = context
  const { search = '' } = draft.state
  const hasMore = workflows.length > PROMPT_LIMITS.options
  const found = workflowsFound(context, search)
  if (search === '') return { options: workflowOptions(found, '', texts), hasMore }
  const typed = clip(search, SEARCH_CHARS)
  const { pick } = texts.wizard
  if (found.length === 0) {
    const options = workflowOptions(workflowsFound(context, ''), '', texts)
    return { options, hasMore, line: pick.notFound(typed) }
  }
  return { options: workflowOptions(found, search, texts), hasMore, line: pick.found(found.length, typed) }
}

function about(workflow: Workflow, context: StepContext): Line[] {
  const { draft, texts } = context
  const { description, variables } = workflow
  const named = (required: boolean) =>
    variables.filter((variable) => variable.required === required).map(({ label }) => code(clip(label, 60)))
  const said = clip(description.trim(), DESCRIPTION_CHARS)
  return [
    dotted(bold(labelHere(workflow, context, NAME_CHARS)), said !== '' && said),
    texts.wizard.inputs(named(true).slice(0, INPUTS_NAMED), named(false).slice(0, INPUTS_NAMED)),
    ...(fits(draft.state, workflow) && !draft.state.listsFiles ? [[texts.wizard.fits]] : []),
  ]
}

const INPUTS_NAMED = 12
const SEARCH_CHARS = 60
