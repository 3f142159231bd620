import { findMapping, saveMapping } from '../db/workflows/mappings.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { headingKey } from '../workbook/check/heading-keys.ts'
import type { CheckOptions, Mapping, UploadFile } from '../workbook/types.ts'
import { checkUpload } from '../workbook/workbook.ts'
import { byColumn, byHeading, headingSet } from '../wizard/columns.ts'

/** `input=Heading`, or `input=` to leave it empty, as given on the command line. */
export type GivenMapping = Record<string, string>

/**
 * Which column feeds which input: as given now, otherwise as last chosen for this workflow and these headings (here
 * or in a chat). Remembers what is given.
 * @throws UserError that names an unknown input or heading
 */
export async function mappingFor(
  bot: Rowbot,
  upload: UploadFile,
  workflow: Workflow,
  options: CheckOptions,
  given: GivenMapping | undefined,
): Promise<Mapping | undefined> {
  const { headings } = await checkUpload(upload, options, bot.config.limits)
  const key = { workflowId: workflow.id, headings: headingSet(headings) }
  if (!given) {
    const remembered = await findMapping(bot.db, key.workflowId, key.headings)
    return remembered && byColumn(remembered, headings)
  }
  const mapping: Mapping = {}
  for (const [input, heading] of Object.entries(given)) {
    mapping[inputOf(workflow, input)] = heading === '' ? null : columnOf(headings, heading)
  }
  await saveMapping(bot.db, key, byHeading(mapping, headings), Date.now())
  return mapping
}

function inputOf({ name, variables }: Workflow, wanted: string): string {
  const key = headingKey(wanted)
  const found = variables.find((input) => headingKey(input.name) === key || headingKey(input.label) === key)
  if (found) return found.name
  const inputs = variables.map((input) => input.name).join(', ')
  throw new UserError(`“${name}” has no input “${wanted}”.`, `It has ${inputs}.`)
}

function columnOf(headings: string[], wanted: string): number {
  const key = headingKey(wanted)
  const columns = headings.flatMap((heading, column) => (headingKey(heading) === key ? [column] : []))
  const [column] = columns
  if (column !== undefined && columns.length === 1) return column
  if (column !== undefined) {
    throw new UserError(`More than one column is headed “${wanted}”.`, 'Give each a heading of its own.')
  }
  throw new UserError(`There is no column “${wanted}”.`, `There are ${headings.filter(Boolean).join(', ')}.`)
}
