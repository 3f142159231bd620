import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { CheckOptions, Mapping, UploadFile } from '../workbook/types.ts'
import { type GivenConstants, type GivenMapping, inputOf, mappingFor } from './mapping.ts'
import { readingOf, type ReadingFlags } from './reading.ts'

/** One value for all rows, by the inputs’ names in Dify. @throws UserError that names an unknown input */
export function constantsFor(workflow: Workflow, given: GivenConstants = {}): Record<string, string> {
  const all = Object.entries(given).map(([input, value]) => [inputOf(workflow, input), value] as const)
  return Object.fromEntries(all)
}

/** How an upload is checked for a workflow, with the columns and values that were given for it. */
export async function checkOptionsFor(
  bot: Rowbot,
  upload: UploadFile,
  workflow: Workflow,
  options: ReadingFlags & { map?: GivenMapping; constants: Record<string, string> },
): Promise<CheckOptions> {
  const { variables, fileLimits } = workflow
  const { map, constants } = options
  const asked: CheckOptions = { ...readingOf(options), variables, fileLimits, constants }
  const mapping = await mappingFor(bot, upload, workflow, asked, map)
  return { ...asked, mapping: withoutColumns(mapping, constants, workflow, map) }
}

/**
 * The mapping without the columns that would feed these inputs: what is given now counts.
 * @throws UserError if a column was given now, too
 */
function withoutColumns(
  mapping: Mapping,
  constants: Record<string, string>,
  workflow: Workflow,
  given: GivenMapping = {},
): Mapping {
  const byHand = Object.keys(given).filter((input) => given[input] !== '')
  const both = byHand.find((input) => Object.hasOwn(constants, inputOf(workflow, input)))
  if (both !== undefined)
    throw new UserError(`“${both}” has a column and a value.`, 'Give --map or --set, not both.')
  return { ...mapping, ...Object.fromEntries(Object.keys(constants).map((name) => [name, null] as const)) }
}
