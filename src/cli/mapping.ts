import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { headingKey } from '../workbook/check/heading-keys.ts'
import type { CheckOptions, Mapping, UploadFile } from '../workbook/types.ts'
import { checkUpload } from '../workbook/workbook.ts'
import { rememberedMapping, rememberMapping } from '../wizard/remembered.ts'

/** `input=Heading`, or `input=` to leave it empty, as given on the command line. */
export type GivenMapping = Record<string, string>

/** `input` → value of all rows, as given with `--set`. */
export type GivenConstants = Record<string, string>

/**
 * Which column feeds which input: as given now, otherwise as last chosen for this workflow and its heading (here or
 * in a chat). Remembers what is given.
 * @throws UserError that names an unknown input or heading
 */
export async function mappingFor(
  bot: Rowbot,
  upload: UploadFile,
  workflow: Workflow,
  options: CheckOptions,
  given: GivenMapping | undefined,
): Promise<Mapping> {
  const check = await checkUpload(upload, options, bot.config.limits)
  const { headings } = check
  const mapping = await rememberedMapping(bot.db, workflow, check, upload)
  if (!given) return mapping
  for (const [input, heading] of Object.entries(given)) {
    mapping[inputOf(workflow, input)] = heading === '' ? null : columnOf(headings, heading)
  }
  await rememberMapping(bot.db, workflow.id, { headings, mapping }, Date.now())
  return mapping
}

/** The name of the input that has this name or label. @throws UserError that names the inputs there are */
export function inputOf(workflow: Workflow, wanted: string): string {
  const found = findInput(workflow, wanted)
  if (found !== undefined) return found
  const { name, variables } = workflow
  const inputs = variables.map((input) => input.name).join(', ')
  throw new UserError(`“${name}” has no input “${wanted}”.`, `It has ${inputs}.`)
}

export function findInput({ variables }: Workflow, wanted: string): string | undefined {
  const key = headingKey(wanted)
  return variables.find((input) => headingKey(input.name) === key || headingKey(input.label) === key)?.name
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
