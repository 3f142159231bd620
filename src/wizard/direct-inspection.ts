import { findWorkflow } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { UploadFile } from '../workbook/types.ts'
import { type Draft, EMPTY_STATE, type Inspection, type DraftState, without } from './draft.ts'
import { columnsNamed, type NamedMapping } from './columns.ts'
import { Refused } from './answer.ts'
import { workflowsFor, type WizardOptions } from './step-context.ts'
import { inspectFirst, inspectAgain } from './inspection.ts'
import type { Requester } from '../messages/people.ts'

/** How to read an upload; options that are not given are detected, as for a person. */
export interface ReadingOptions {
  workflowId?: string | undefined
  sheet?: string | undefined
  headingRow?: number | undefined
  mapping?: NamedMapping | undefined
}

export type InspectedState = DraftState & { inspection: Inspection }

/** Inspects uploads with the options that programs give. */
export class DirectInspection {
  constructor(private readonly options: Pick<WizardOptions, 'db' | 'isAdmin' | 'limits'>) {}

  /** @throws Refused, UserError */
  async first(requester: Requester, file: UploadFile, reading: ReadingOptions): Promise<InspectedState> {
    const { sheet, headingRow, mapping } = reading
    const base: DraftState = {
      ...EMPTY_STATE,
      step: 'check',
      byHeadings: true,
      ...(sheet !== undefined && { sheet }),
      ...(headingRow !== undefined && { headingRow }),
    }
    const { db, isAdmin, limits } = this.options
    if (reading.workflowId !== undefined)
      return this.#inspect(base, file, await this.#workflow(requester, reading.workflowId), mapping)
    const workflows = await workflowsFor(db, requester, isAdmin)
    const first = requireInspection(await inspectFirst(base, { file, workflows, limits }))
    const workflow = workflows.find(({ id }) => id === first.workflowId)
    if (workflow) return this.#inspect(base, file, workflow, mapping)
    if (!mapping) return { ...first, step: 'workflow' }
    throw new Refused('workflow', 'A mapping needs a workflow.', 'Name the workflow whose inputs it maps.')
  }

  /** Inspects again, with the draft’s answers except where the program gives others now. */
  async again(
    requester: Requester,
    { state }: Pick<Draft, 'state'>,
    file: UploadFile,
    request: ReadingOptions,
  ) {
    const { workflowId = state.workflowId, sheet, headingRow, mapping } = request
    if (workflowId === undefined)
      throw new Refused('workflow', 'More than one workflow may be meant.', 'Name the one to run.')
    const workflow = await this.#workflow(requester, workflowId)
    // Repeating the same options changes nothing: other options given earlier for this upload still apply.
    const isOtherSheet = sheet !== undefined && sheet !== state.inspection?.sheet
    const isOtherRow = headingRow !== undefined && headingRow !== state.inspection?.headingRow
    const isOther = workflowId !== state.workflowId || isOtherSheet || isOtherRow
    const rest = isOtherSheet ? without(state, 'headingRow') : state
    const next: DraftState = {
      ...rest,
      byHeadings: true,
      ...(isOther && { mapping: {} }),
      ...(sheet !== undefined && { sheet }),
      ...(headingRow !== undefined && { headingRow }),
    }
    return { state: await this.#inspect(next, file, workflow, mapping), workflow }
  }

  async #inspect(state: DraftState, file: UploadFile, workflow: Workflow, mapping: NamedMapping | undefined) {
    const { db, limits } = this.options
    const about = { file, workflow, limits }
    const inspected = requireInspection(await inspectAgain(db, { ...state, workflowId: workflow.id }, about))
    if (!mapping) return inspected
    const columns = columnsNamed(mapping, inspected.inspection.headings, workflow.variables)
    return requireInspection(await inspectAgain(db, { ...inspected, mapping: columns }, about))
  }

  async #workflow(requester: Requester, id: string): Promise<Workflow> {
    const { db, isAdmin } = this.options
    const found = (await workflowsFor(db, requester, isAdmin)).find((workflow) => workflow.id === id)
    if (found) return found
    const disabled = await findWorkflow(db, id)
    if (disabled && !disabled.enabled) throw new UserError(`The workflow “${disabled.name}” is switched off.`)
    throw new Refused('workflow', `There is no workflow ${id}.`, 'The list of workflows has every id.')
  }
}

function requireInspection(state: DraftState): InspectedState {
  const { inspection } = state
  if (!inspection) throw new Error('inspecting a file left no inspection')
  return { ...state, inspection }
}
