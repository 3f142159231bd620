import type { Submission } from '../engine/engine.ts'
import type { Workflow } from '../engine/workflow.ts'
import { NAME_CHARS } from '../engine/parameters.ts'
import { clip } from '../messages/rich-text.ts'
import type { Db } from '../db/schema.ts'
import type { Limits } from '../workbook/limits.ts'
import type { CheckOptions, Mapping, UploadFile } from '../workbook/types.ts'
import { readRows } from '../workbook/workbook.ts'
import type { Against, DraftState } from './draft.ts'
import { inspect, optionsOf, readingShown } from './inspection.ts'
import { rememberedMapping } from './remembered.ts'

/*
 * A draft may compare its workflow, A, with a second one, B. Both run the same rows of the same sheet; the columns feed the
 * inputs of each by its own mapping, and a value for all rows feeds the inputs of its name in both.
 */

/** The state with what the check of the sheet says for the second workflow. */
export async function inspectAgainst(
  db: Db,
  state: DraftState & { against: Against },
  { file, workflow, limits }: { file: UploadFile; workflow: Workflow; limits: Limits },
): Promise<DraftState> {
  const { mapping } = state.against
  const first = await inspect(file, againstOptions(state, workflow, mapping), limits)
  const remembered = mapping ? {} : await rememberedMapping(db, workflow, first, file)
  const isMapped = Object.keys(remembered).length > 0
  const check = isMapped ? await inspect(file, againstOptions(state, workflow, remembered), limits) : first
  const { rows, good, faults } = check
  return {
    ...state,
    against: {
      workflowId: workflow.id,
      ...(isMapped ? { mapping: remembered } : mapping && { mapping }),
      check: {
        rows,
        good,
        constants: check.constants,
        mapping: check.mapping,
        faults: faults.filter(({ note }) => !note),
      },
    },
  }
}

/** The submission of the second workflow: the same as that of the first, with its own inputs. */
export async function againstSubmission(
  state: DraftState & { against: Against },
  workflow: Workflow,
  file: UploadFile,
  { a, limits }: { a: Submission; limits: Limits },
): Promise<Submission> {
  const rows: Submission['rows'] = []
  const leftOut: Submission['leftOut'] = []
  for await (const chunk of readRows(file, againstOptions(state, workflow, state.against.mapping), limits)) {
    for (const { row, cells, inputs, fault, found } of chunk) {
      if (inputs) rows.push({ row, cells, inputs })
      else leftOut.push({ row, cells, fault, found })
    }
  }
  const { draft: _draft, carryFrom: _carryFrom, ...same } = a
  const name = clip(a.parameters.name.replace(a.workflow.name, workflow.name), NAME_CHARS)
  const constants = state.against.check?.constants ?? []
  return { ...same, workflow, constants, parameters: { ...a.parameters, name }, rows, leftOut }
}

/** The sheet as it was read for the first workflow, with the inputs of the second. */
function againstOptions(state: DraftState, workflow: Workflow, mapping: Mapping | undefined): CheckOptions {
  const constants = ofWorkflow(state.constants ?? {}, workflow)
  return optionsOf({ reading: readingShown(state), mapping: mapping ?? {}, constants }, workflow)
}

/** Of what is given by input, what is for the inputs of this workflow. */
export function ofWorkflow<T>(given: Record<string, T>, { variables }: Workflow): Record<string, T> {
  const names = new Set(variables.map(({ name }) => name))
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name)))
}
