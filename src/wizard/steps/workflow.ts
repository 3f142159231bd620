import type { Workflow } from '../../engine/workflow.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { fits, takesFiles } from '../inspection.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import type { Line } from '../../messages/prompt.ts'
import type { Move, StepContext, Step } from '../step-context.ts'
import { without } from '../draft.ts'
import { bold, clip, code, dotted } from '../../messages/rich-text.ts'
import { fileLine, titleOf } from './title-and-file.ts'

const NAME_CHARS = 100
const DESCRIPTION_CHARS = 290

/** 1 of 4: which workflow. */
export const workflowStep: Step = {
  prompt(context) {
    const { draft, workflow, texts } = context
    const { buttons, selects } = texts.wizard
    return {
      title: titleOf(context, 1, 'workflow'),
      lines: [fileLine(context), ...(workflow ? about(workflow, context) : [[chooseText(context)]])],
      selects: [
        pagedSelect(
          {
            id: draftClick(draft, 'workflow'),
            label: selects.workflow,
            options: fittingFirst(context).map(({ id, name, description }) => ({
              value: id,
              label: name,
              description,
            })),
            page: draft.state.pages['workflow'],
            ...(workflow && { selected: workflow.id }),
          },
          texts,
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
  const rest = without(state, 'remembered', 'byHeadings', 'input', 'constants')
  return { state: { ...rest, workflowId: chosen.id, mapping: {}, pages } }
}

/** Each kind by name. */
function fittingFirst({ draft, workflows }: StepContext): Workflow[] {
  const isFitting = (workflow: Workflow) => fits(draft.state, workflow)
  return [...workflows.filter(isFitting), ...workflows.filter((workflow) => !isFitting(workflow))]
}

function about(workflow: Workflow, { draft, texts }: StepContext): Line[] {
  const { name, description, variables } = workflow
  const named = (required: boolean) =>
    variables.filter((variable) => variable.required === required).map(({ label }) => code(clip(label, 60)))
  const said = clip(description.trim(), DESCRIPTION_CHARS)
  return [
    dotted(bold(clip(name, NAME_CHARS)), said !== '' && said),
    texts.wizard.inputs(named(true).slice(0, INPUTS_NAMED), named(false).slice(0, INPUTS_NAMED)),
    ...(fits(draft.state, workflow) && !draft.state.listsFiles ? [[texts.wizard.fits]] : []),
  ]
}

const INPUTS_NAMED = 12
