import { LETTERS } from '../../app/comparison-text.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import type { Line, Option, Select } from '../../messages/prompt.ts'
import { bold, dotted } from '../../messages/rich-text.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { type Draft, without } from '../draft.ts'
import { faultLine } from '../faults.ts'
import type { Move, StepContext } from '../step-context.ts'
import { labelHere, workflowOptions, workflowsFound } from '../workflow-options.ts'

/* What the steps show of a second workflow, which runs the same rows, to be compared. */

const NAME_CHARS = 60
const NONE = 'none'
const FAULTS_SHOWN = 3

/** True where there is another workflow to compare with. */
export function mayCompare({ workflow, workflows }: StepContext): boolean {
  return workflow !== undefined && workflows.length > 1
}

/** The workflow to compare with, if one is chosen and this person may use it. */
export function secondOf({ draft, workflows }: StepContext): Workflow | undefined {
  return workflows.find(({ id }) => id === draft.state.against?.workflowId)
}

/** The select for the workflow to compare with, once somebody has asked for it. */
export function againstSelects(context: StepContext): Select[] {
  const { draft, texts } = context
  const { comparing, against } = draft.state
  return mayCompare(context) && (comparing || against)
    ? [againstSelect(context, texts.comparison.select)]
    : []
}

export function againstSelect(context: StepContext, label: string): Select {
  const { draft, workflow, texts } = context
  const none: Option = { value: NONE, label: texts.comparison.none }
  const others = workflowOptions(workflowsFound(context, ''), '', texts)
    .filter(({ value }) => value !== workflow?.id)
    .map(({ group: _group, ...option }) => option)
  return pagedSelect(
    {
      id: draftClick(draft, 'against'),
      label,
      options: [none, ...others],
      page: draft.state.pages['against'],
      selected: draft.state.against?.workflowId ?? NONE,
    },
    texts,
  )
}

export function chooseAgainst(
  { draft: { state }, workflow, workflows, texts }: StepContext,
  value: string,
): Move {
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, against: page } } }
  if (value === NONE) return { state: without(state, 'against', 'comparing') }
  const chosen = workflows.find(({ id }) => id === value)
  if (!chosen || chosen.id === workflow?.id) return { tell: texts.wizard.private.workflowGone }
  return { state: { ...without(state, 'onlyNew'), comparing: true, against: { workflowId: chosen.id } } }
}

/** `A: Copywriter · B: Slogan writer` */
export function bothLine(context: StepContext): Line | undefined {
  const { workflow, texts } = context
  const second = secondOf(context)
  if (!workflow || !second) return undefined
  const name = (one: Workflow) => bold(labelHere(one, context, NAME_CHARS))
  return texts.comparison.both(name(workflow), name(second))
}

/** What the check says for the second workflow. */
export function againstLines(context: StepContext): Line[] {
  const { draft, texts } = context
  const both = bothLine(context)
  const check = draft.state.against?.check
  if (!both || !check) return []
  const words = texts.comparison
  return [
    dotted(both, check.good > 0 && words.canRun(check.good, check.rows)),
    ...check.faults
      .slice(0, FAULTS_SHOWN)
      .map((group): Line => [`${LETTERS.b}: `, ...faultLine(group, texts, {})]),
    ...(check.good === 0 ? [[bold(words.cannotRun)]] : []),
  ]
}

/** True where the second workflow can run none of the rows. */
export function isSecondStuck({ state }: Pick<Draft, 'state'>): boolean {
  return state.against?.check?.good === 0
}
