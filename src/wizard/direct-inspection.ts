import { findWorkflow } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { UploadFile } from '../workbook/types.ts'
import { type Draft, EMPTY_STATE, type Look, type State, without } from './draft.ts'
import { columnsNamed, type NamedMapping } from './columns.ts'
import { Refused } from './answer.ts'
import { workflowsFor, type WizardOptions } from './step-context.ts'
import { firstLook, looked } from './inspection.ts'
import type { Asker } from '../messages/people.ts'

/** How an upload is to be read; what is not said is found, as for a person. */
export interface Reading {
  workflowId?: string | undefined
  sheet?: string | undefined
  headingRow?: number | undefined
  mapping?: NamedMapping | undefined
}

export type LookedState = State & { look: Look }

/** A look at an upload with what a program says of it. */
export class DirectLook {
  constructor(private readonly options: Pick<WizardOptions, 'db' | 'isAdmin' | 'limits'>) {}

  /** @throws Refused, UserError */
  async first(asker: Asker, file: UploadFile, reading: Reading): Promise<LookedState> {
    const { sheet, headingRow, mapping } = reading
    const base: State = {
      ...EMPTY_STATE,
      step: 'check',
      byHeadings: true,
      ...(sheet !== undefined && { sheet }),
      ...(headingRow !== undefined && { headingRow }),
    }
    const { db, isAdmin, limits } = this.options
    if (reading.workflowId !== undefined)
      return this.#look(base, file, await this.#workflow(asker, reading.workflowId), mapping)
    const workflows = await workflowsFor(db, asker, isAdmin)
    const first = withLook(await firstLook(base, { file, workflows, limits }))
    const workflow = workflows.find(({ id }) => id === first.workflowId)
    if (workflow) return this.#look(base, file, workflow, mapping)
    if (!mapping) return { ...first, step: 'workflow' }
    throw new Refused('workflow', 'A mapping needs a workflow.', 'Name the workflow whose inputs it maps.')
  }

  /** As the draft has it, but for what the program says now. */
  async again(asker: Asker, { state }: Pick<Draft, 'state'>, file: UploadFile, wanted: Reading) {
    const { workflowId = state.workflowId, sheet, headingRow, mapping } = wanted
    if (workflowId === undefined)
      throw new Refused('workflow', 'More than one workflow may be meant.', 'Name the one to run.')
    const workflow = await this.#workflow(asker, workflowId)
    // The same said again changes nothing: what was said beside it, of the upload, still holds.
    const isOtherSheet = sheet !== undefined && sheet !== state.look?.sheet
    const isOtherRow = headingRow !== undefined && headingRow !== state.look?.headingRow
    const isOther = workflowId !== state.workflowId || isOtherSheet || isOtherRow
    const kept = isOtherSheet ? without(state, 'headingRow') : state
    const next: State = {
      ...kept,
      byHeadings: true,
      ...(isOther && { mapping: {} }),
      ...(sheet !== undefined && { sheet }),
      ...(headingRow !== undefined && { headingRow }),
    }
    return { state: await this.#look(next, file, workflow, mapping), workflow }
  }

  async #look(state: State, file: UploadFile, workflow: Workflow, mapping: NamedMapping | undefined) {
    const { db, limits } = this.options
    const about = { file, workflow, limits }
    const seen = withLook(await looked(db, { ...state, workflowId: workflow.id }, about))
    if (!mapping) return seen
    const { sheet, headingRow, headings } = seen.look
    const columns = columnsNamed(mapping, headings, workflow.variables)
    return withLook(await looked(db, { ...seen, sheet, headingRow, mapping: columns }, about))
  }

  async #workflow(asker: Asker, id: string): Promise<Workflow> {
    const { db, isAdmin } = this.options
    const found = (await workflowsFor(db, asker, isAdmin)).find((workflow) => workflow.id === id)
    if (found) return found
    const known = await findWorkflow(db, id)
    if (known && !known.enabled) throw new UserError(`The workflow “${known.name}” is switched off.`)
    throw new Refused('workflow', `There is no workflow ${id}.`, 'The list of workflows has every id.')
  }
}

function withLook(state: State): LookedState {
  const { look } = state
  if (!look) throw new Error('a look at a file left no look')
  return { ...state, look }
}
