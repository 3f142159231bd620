import type { Db } from '../db/schema.ts'
import { findConstants, saveConstants } from '../db/workflows/remembered-constants.ts'
import type { Workflow } from '../engine/workflow.ts'
import { personKey, type Requester } from '../messages/people.ts'
import { constantFault } from '../workbook/check/constants.ts'
import { isFileInput } from './constant-form.ts'
import type { DraftState, Inspection } from './draft.ts'

// Values for all rows are remembered for a workflow and a channel (a chat with one person is one, too); on the page, for
// the person. Neither for programs nor at the command line, where the same request always has the same result.

type Whose = Pick<Requester, 'person' | 'place'>

/**
 * The values of last time that still fit, and those that do not.
 * @param inspection of the file without them: what a column feeds or may feed needs no value
 * @returns undefined if none are remembered
 */
export async function lastConstants(
  db: Db,
  { id, variables }: Pick<Workflow, 'id' | 'variables'>,
  whose: Whose,
  { mapping, proposals }: Pick<Inspection, 'mapping' | 'proposals'>,
): Promise<Required<Pick<DraftState, 'constants' | 'lastTime' | 'notAsLastTime'>> | undefined> {
  const remembered = await findConstants(db, { workflowId: id, place: placeKey(whose) })
  if (!remembered) return undefined
  const constants: Record<string, string> = {}
  const notAsLastTime: NonNullable<DraftState['notAsLastTime']> = []
  for (const [name, text] of Object.entries(remembered)) {
    const variable = variables.find((one) => one.name === name)
    const why = !variable
      ? 'gone'
      : (mapping[name] ?? null) !== null || proposals[name] !== undefined
        ? 'column'
        : isFileInput(variable) || constantFault(text, variable)
          ? 'unfit'
          : undefined
    if (why === undefined) constants[name] = text
    else notAsLastTime.push({ label: variable?.label.trim() || name, text, why })
  }
  return { constants, lastTime: constants, notAsLastTime }
}

/** Remembers what was given, without files: links to them expire, and what was uploaded goes with its batch. */
export async function rememberConstants(
  db: Db,
  { id, variables }: Pick<Workflow, 'id' | 'variables'>,
  whose: Whose,
  { constants = {}, inspection }: Pick<DraftState, 'constants' | 'inspection'>,
  now: number,
): Promise<void> {
  const given = variables.flatMap((variable): [string, string][] => {
    const text = Object.hasOwn(constants, variable.name) ? constants[variable.name] : undefined
    const isSent = (inspection?.mapping[variable.name] ?? null) === null
    return text === undefined || text.trim() === '' || isFileInput(variable) || !isSent
      ? []
      : [[variable.name, text]]
  })
  await saveConstants(db, { workflowId: id, place: placeKey(whose) }, Object.fromEntries(given), now)
}

function placeKey({ person, place: { platform, team, channel } }: Whose): string {
  return platform === 'web' ? personKey(person) : `${platform}:${team}:${channel}`
}
