import { parseLimitOrNone, type TaskLimit } from '../engine/limits.ts'
import type { Submission } from '../engine/engine.ts'
import type { Workflow } from '../engine/workflow.ts'
import { firstRow } from '../workbook/check/table.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'
import { readRows } from '../workbook/workbook.ts'
import type { Draft } from './draft.ts'
import { carriedFrom } from './earlier.ts'
import { keyColumnsChosen } from './row-key.ts'
import { optionsOf, readingShown } from './inspection.ts'
import { personKey } from '../messages/people.ts'
import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Parameters } from '../engine/task.ts'
import type { StepContext } from './step-context.ts'
import { stemOf } from './steps/title-and-file.ts'
import { clip } from '../messages/rich-text.ts'

/** The submission of a confirmed draft: every row of the sheet, read again from the stored upload. */
export async function submissionOf(
  draft: Draft & { uploadId: string },
  workflow: Workflow,
  file: UploadFile,
  { tryFirst, limits, limit }: { tryFirst: number; limits: Limits; limit?: TaskLimit | null | undefined },
): Promise<Submission> {
  const { inspection } = draft.state
  if (!inspection) throw new Error('a draft is started without an inspection')
  const rows: Submission['rows'] = []
  const leftOut: Submission['leftOut'] = []
  // Exactly as it was shown, even if detection would choose otherwise now.
  const shown = { ...draft.state, reading: readingShown(draft.state) }
  for await (const chunk of readRows(file, optionsOf(shown, workflow), limits)) {
    for (const { row, cells, inputs, fault, found } of chunk) {
      if (inputs) rows.push({ row, cells, inputs })
      else leftOut.push({ row, cells, fault, found })
    }
  }
  const carryFrom = carriedFrom(draft.state)
  const keyColumns = keyColumnsChosen(draft.state, inspection.headings)
  return {
    parameters: parametersOf({ draft, workflow }),
    workflow,
    upload: { fileName: draft.fileName, id: draft.uploadId },
    sheet: inspection.sheet,
    headingRow: firstRow(inspection) - 1,
    headings: inspection.headings,
    constants: inspection.constants,
    rows,
    leftOut,
    owner: draft.owner.name,
    ownerKey: personKey(draft.owner),
    tryFirst,
    ...limitIn(draft.state.limit, limit),
    equalOnce: draft.state.callEach !== true,
    ...(draft.state.notify && { notify: draft.state.notify }),
    ...(keyColumns && { keyColumns }),
    ...(carryFrom && { carryFrom }),
    draft: { id: draft.id, nonce: draft.nonce, inChat: draft.place.platform !== 'web' },
  }
}

/** @param written in a form; `given`: by a program. Neither: what the workflow says */
function limitIn(
  written: string | undefined,
  given: TaskLimit | null | undefined,
): Pick<Submission, 'limit'> {
  const limit = given === undefined && written !== undefined ? parseLimitOrNone(written) : given
  return limit === undefined ? {} : { limit }
}

/** The chosen parameters, with defaults for the rest; the default name combines the file’s and the workflow’s. */
export function parametersOf({ draft, workflow }: Pick<StepContext, 'draft' | 'workflow'>): Parameters {
  const chosen = draft.state.parameters
  return {
    name: chosen.name ?? defaultName({ draft, workflow }),
    concurrency: chosen.concurrency ?? RANGES.concurrency.default,
    retries: chosen.retries ?? RANGES.retries.default,
    timeoutSeconds: chosen.timeoutSeconds ?? RANGES.timeoutSeconds.default,
  }
}

export function defaultName({ draft, workflow }: Pick<StepContext, 'draft' | 'workflow'>): string {
  return clip(`${stemOf(draft.fileName)} · ${workflow?.name ?? ''}`, NAME_CHARS)
}
