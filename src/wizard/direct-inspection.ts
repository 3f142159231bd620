import { findWorkflow } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import { labelOf, labelsOf, type WorkflowLabels } from '../app/workflow-labels.ts'
import { workflowsMeant } from '../app/workflow-search.ts'
import { textsFor } from '../messages/texts/texts.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Reading, UploadFile } from '../workbook/types.ts'
import { inspectAgainst, ofWorkflow } from './against.ts'
import { type Draft, EMPTY_STATE, type Inspection, type DraftState, without } from './draft.ts'
import { columnsNamed, type NamedMapping } from './columns.ts'
import { Refused } from './answer.ts'
import { workflowsFor, type WizardOptions } from './step-context.ts'
import { fits, inspectFirst, inspectAgain, onSheetShown, readingOfSheet, readingShown } from './inspection.ts'
import type { Requester } from '../messages/people.ts'
import { say, type Sentence } from '../engine/sentence.ts'

/** How to read an upload, and for which workflow; what is not given is detected, as for a person. */
export interface InspectionRequest {
  workflowId?: string | undefined
  reading?: Reading
  mapping?: NamedMapping | undefined
  /** one value for all rows, by input: see DraftState */
  constants?: Record<string, string> | undefined
  /** id of a second workflow, to be compared: the mapping and the constants may be of its inputs, too */
  against?: string | undefined
}

export type InspectedState = DraftState & { inspection: Inspection }

/** Inspects uploads with the options that programs give. */
export class DirectInspection {
  constructor(private readonly options: Pick<WizardOptions, 'db' | 'isAdmin' | 'limits'>) {}

  /** @throws Refused, UserError */
  async first(requester: Requester, file: UploadFile, request: InspectionRequest): Promise<InspectedState> {
    const { reading = {}, mapping, constants } = request
    const base: DraftState = {
      ...EMPTY_STATE,
      step: 'check',
      byHeadings: true,
      reading,
      ...(constants && { constants }),
      ...(file.listsFiles && { listsFiles: true }),
    }
    const { db, isAdmin, limits } = this.options
    if (request.workflowId !== undefined)
      return this.#inspect(
        requester,
        base,
        file,
        await this.#workflow(requester, request.workflowId),
        mapping,
      )
    const workflows = await workflowsFor(db, requester, isAdmin)
    const first = requireInspection(await inspectFirst(base, { file, workflows, limits }))
    const workflow = workflows.find(({ id }) => id === first.workflowId)
    if (workflow) return this.#inspect(requester, base, file, workflow, mapping)
    if (!mapping) return { ...first, step: 'workflow' }
    throw new Refused('workflow', say('mapping-needs-workflow'), say('do-name-its-workflow'))
  }

  /** Inspects again, with the draft’s answers except where the program gives others now. */
  async again(
    requester: Requester,
    { state }: Pick<Draft, 'state'>,
    file: UploadFile,
    request: InspectionRequest,
  ) {
    const { workflowId = state.workflowId, reading = {}, mapping, constants } = request
    if (workflowId === undefined) {
      const names = await this.#idsOf(requester, (all) => all.filter((one) => fits(state, one)))
      throw new Refused(
        'workflow',
        say('many-workflows-fit'),
        names.length === 0 ? say('do-name-workflow') : say('do-name-workflow-of', { names }),
      )
    }
    const workflow = await this.#workflow(requester, workflowId)
    const second =
      request.against === undefined ? undefined : await this.#workflow(requester, request.against, 'against')
    // Repeating the same options changes nothing: other options given earlier for this upload still apply.
    const shown = readingShown(state)
    const isSame = workflowId === state.workflowId
    const hasOtherHead =
      !isSame || HEAD.some((key) => reading[key] !== undefined && reading[key] !== shown[key])
    const next: DraftState = {
      ...state,
      byHeadings: true,
      ...(hasOtherHead && { mapping: {} }),
      ...(constants && { constants }),
      reading: { ...readingBefore(state, reading, isSame), ...reading },
    }
    if (!second) return { state: await this.#inspect(requester, next, file, workflow, mapping), workflow }
    const own = mapping && without(mapping, ...onlyOf(second, workflow))
    const both = { ...next, against: { workflowId: second.id } }
    const first = await this.#inspect(requester, both, file, workflow, own, second)
    return { state: await this.#inspectSecond(first, file, second, mapping), workflow, second }
  }

  /** The same sheet for the workflow to compare with. @throws Refused if none of its rows can run */
  async #inspectSecond(
    state: InspectedState,
    file: UploadFile,
    workflow: Workflow,
    named: NamedMapping = {},
  ): Promise<InspectedState> {
    const { db, limits } = this.options
    const mapping = columnsNamed(ofWorkflow(named, workflow), state.inspection.headings, workflow.variables)
    const against = { workflowId: workflow.id, mapping }
    const inspected = await inspectAgainst(db, { ...state, against }, { file, workflow, limits })
    const check = inspected.against?.check
    if (check?.good === 0)
      throw new Refused(
        'rows',
        say('no-row-runs-in', { workflow: workflow.name }),
        say('do-map-or-constants'),
        { ...state.inspection, faults: check.faults },
      )
    return requireInspection(inspected)
  }

  async #inspect(
    requester: Requester,
    state: DraftState,
    file: UploadFile,
    workflow: Workflow,
    mapping: NamedMapping | undefined,
    second?: Workflow,
  ) {
    const { db, limits } = this.options
    refuseUnknown(
      second ? without(state.constants ?? {}, ...onlyOf(second, workflow)) : state.constants,
      workflow,
    )
    const about = { file, workflow, limits, requester }
    const inspected = requireInspection(await inspectAgain(db, { ...state, workflowId: workflow.id }, about))
    if (!mapping) return inspected
    const columns = columnsNamed(mapping, inspected.inspection.headings, workflow.variables)
    return requireInspection(await inspectAgain(db, { ...inspected, mapping: columns }, about))
  }

  async #workflow(
    requester: Requester,
    id: string,
    field: 'workflow' | 'against' = 'workflow',
  ): Promise<Workflow> {
    const { db, isAdmin } = this.options
    const found = (await workflowsFor(db, requester, isAdmin)).find((workflow) => workflow.id === id)
    if (found) return found
    const disabled = await findWorkflow(db, id)
    if (disabled && !disabled.enabled)
      throw new UserError(say('workflow-switched-off', { workflow: disabled.name }))
    const names = await this.#idsOf(requester, (all, labels) => workflowsMeant(all, id, labels))
    throw new Refused(
      field,
      say('no-workflow-with-id', { id }),
      names.length === 0 ? say('do-list-has-workflows') : say('do-give-id-of', { names }),
    )
  }

  /** `“Translate · chatflow” is 3f2a91bc-…, “Summarize” is …`: of those that may be meant. */
  async #idsOf(
    requester: Requester,
    meant: (all: Workflow[], labels: WorkflowLabels) => Workflow[],
  ): Promise<Sentence[]> {
    const { db, isAdmin } = this.options
    const all = await workflowsFor(db, requester, isAdmin)
    const labels = labelsOf(all, textsFor('en'))
    return meant(all, labels)
      .slice(0, IDS_NAMED)
      .map((workflow) => say('workflow-with-id', { workflow: labelOf(workflow, labels), id: workflow.id }))
  }
}

const IDS_NAMED = 10

/** Inputs that the second workflow has, and the first has not. */
function onlyOf(second: Workflow, first: Workflow): string[] {
  const names = new Set(first.variables.map(({ name }) => name))
  return second.variables.map(({ name }) => name).filter((name) => !names.has(name))
}

function refuseUnknown(constants: Record<string, string> = {}, workflow: Workflow): void {
  const names = workflow.variables.map(({ name }) => name)
  const unknown = Object.keys(constants).find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw new Refused('constants', say('no-such-input', { input: unknown }), say('do-inputs-are', { names }))
}

/** What decides which headings there are: with others, columns chosen earlier mean nothing. */
const HEAD = ['sheet', 'headingRow', 'headingRows', 'encoding', 'delimiter'] as const

/** What was said of the upload earlier, as far as it holds with what is said now. */
function readingBefore(state: DraftState, { sheet, headingRow }: Reading, isSameWorkflow: boolean): Reading {
  if (sheet !== undefined && sheet !== readingShown(state).sheet) return readingOfSheet(state.reading, sheet)
  return headingRow !== undefined && isSameWorkflow ? onSheetShown(state) : state.reading
}

function requireInspection(state: DraftState): InspectedState {
  const { inspection } = state
  if (!inspection) throw new Error('inspecting a file left no inspection')
  return { ...state, inspection }
}
