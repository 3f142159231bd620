import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Parameters } from '../engine/task.ts'
import type { Sight } from './step.ts'
import { stemOf } from './steps/shared.ts'
import { clip } from './text.ts'

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
