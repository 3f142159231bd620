import type { Order } from '../engine/engine.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'
import { readRows } from '../workbook/workbook.ts'
import type { Draft } from './draft.ts'
import { optionsOf } from './inspection.ts'
import { personKey } from '../messages/people.ts'
import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Parameters } from '../engine/task.ts'
import type { Sight } from './step-context.ts'
import { stemOf } from './steps/shared.ts'
import { clip } from '../messages/rich-text.ts'

/** What a confirmed draft asks the engine for: every row of the sheet, read once more from the upload as it is kept. */
export async function orderOf(
  draft: Draft & { uploadId: string },
  workflow: Workflow,
  file: UploadFile,
  { tryFirst, limits }: { tryFirst: boolean; limits: Limits },
): Promise<Order> {
  const { look } = draft.state
  if (!look) throw new Error('a draft is started without a look at the file')
  const rows: Order['rows'] = []
  const leftOut: Order['leftOut'] = []
  // The very sheet and heading row that were shown, even where another would be found now.
  const shown = { ...draft.state, sheet: look.sheet, headingRow: look.headingRow }
  for await (const chunk of readRows(file, optionsOf(shown, workflow), limits)) {
    for (const { row, cells, inputs, fault } of chunk) {
      if (inputs) rows.push({ row, cells, inputs })
      else leftOut.push({ row, cells, fault })
    }
  }
  return {
    parameters: parametersOf({ draft, workflow }),
    workflow,
    upload: { fileName: draft.fileName, id: draft.uploadId },
    sheet: look.sheet,
    headings: look.headings,
    rows,
    leftOut,
    owner: draft.owner.name,
    ownerKey: personKey(draft.owner),
    tryFirst,
    draft: { id: draft.id, nonce: draft.nonce, inChat: draft.place.platform !== 'web' },
  }
}

/** Those chosen, and the defaults for the rest: the name is the file’s and the workflow’s. */
export function parametersOf({ draft, workflow }: Pick<Sight, 'draft' | 'workflow'>): Parameters {
  const chosen = draft.state.parameters
  return {
    name: chosen.name ?? usualName({ draft, workflow }),
    concurrency: chosen.concurrency ?? RANGES.concurrency.default,
    retries: chosen.retries ?? RANGES.retries.default,
    timeoutSeconds: chosen.timeoutSeconds ?? RANGES.timeoutSeconds.default,
  }
}

export function usualName({ draft, workflow }: Pick<Sight, 'draft' | 'workflow'>): string {
  return clip(`${stemOf(draft.fileName)} · ${workflow?.name ?? ''}`, NAME_CHARS)
}
