import type { Workflow } from '../../engine/workflow.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { fits } from '../inspection.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import type { Line } from '../../messages/prompt.ts'
import type { Move, Sight, Step } from '../step-context.ts'
import { without } from '../draft.ts'
import { bold, clip, code, dotted } from '../../messages/rich-text.ts'
import { fileLine, titleOf } from './shared.ts'

const NAME_CHARS = 100
const DESCRIPTION_CHARS = 290

/** 1 of 4: which workflow. */
export const workflowStep: Step = {
  prompt(sight) {
    const { draft, workflows, workflow, words } = sight
    const { buttons, selects } = words.wizard
    return {
      title: titleOf(sight, 1, 'workflow'),
      lines: [fileLine(sight), ...(workflow ? about(workflow, sight) : [[words.wizard.choose]])],
      selects: [
        pagedSelect(
          {
            id: draftClick(draft, 'workflow'),
            label: selects.workflow,
            options: workflows.map(({ id, name, description }) => ({ value: id, label: name, description })),
            page: draft.state.pages['workflow'],
            ...(workflow && { selected: workflow.id }),
          },
          words,
        ),
      ],
      buttons: [
        ...(workflow
          ? [
              { id: draftClick(draft, 'next'), label: buttons.next, style: 'primary' as const },
              { id: draftClick(draft, 'template'), label: buttons.template },
            ]
          : []),
        { id: draftClick(draft, 'file'), label: buttons.otherFile },
        { id: draftClick(draft, 'cancel'), label: buttons.cancel },
      ],
    }
  },

  answers: {
    workflow: choose,
    next: ({ draft, workflow, words }) =>
      workflow
        ? { state: { ...draft.state, step: 'check' }, look: true }
        : { tell: words.wizard.private.chooseFirst },
    template: ({ workflow, words }) =>
      workflow ? { file: 'template' } : { tell: words.wizard.private.chooseFirst },
  },
}

function choose({ draft, workflows, words }: Sight, value: string): Move {
  const { state } = draft
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, workflow: page } } }
  const chosen = workflows.find(({ id }) => id === value)
  if (!chosen) return { tell: words.wizard.private.workflowGone }
  const pages = without(state.pages, 'workflow')
  if (chosen.id === state.workflowId) return { state: { ...state, pages } }
  // Another workflow has other inputs: what was mapped for the last one means nothing to it.
  const kept = without(state, 'remembered', 'byHeadings', 'input')
  return { state: { ...kept, workflowId: chosen.id, mapping: {}, pages } }
}

function about(workflow: Workflow, { draft, words }: Sight): Line[] {
  const { name, description, variables } = workflow
  const named = (required: boolean) =>
    variables.filter((variable) => variable.required === required).map(({ label }) => code(clip(label, 60)))
  const headings = draft.state.look?.headings ?? []
  const said = clip(description.trim(), DESCRIPTION_CHARS)
  return [
    dotted(bold(clip(name, NAME_CHARS)), said !== '' && said),
    words.wizard.inputs(named(true).slice(0, INPUTS_NAMED), named(false).slice(0, INPUTS_NAMED)),
    ...(fits(headings, workflow) ? [[words.wizard.fits]] : []),
  ]
}

const INPUTS_NAMED = 12
