import type { Rowbot } from '../app/rowbot.ts'
import type { Workflow } from '../engine/workflow.ts'
import { withConstantFiles } from '../files/constant-files.ts'
import { gatherAsIs } from '../files/gather.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { isFileInput } from '../wizard/constant-form.ts'
import type { UploadFile } from '../workbook/types.ts'
import { findInput, type GivenConstants } from './mapping.ts'
import { findFiles, unreadable } from './sent-files.ts'

/** What follows is the path of a file, not its link or name. */
const AT = '@'

/** The paths of `--set logo=@brand.png`, and what is given beside them: links, and names of files that come along. */
export function pathsIn(value: string): { paths: string[]; others: string[] } {
  const lines = value.split('\n')
  return {
    paths: lines.filter((line) => line.startsWith(AT)).map((line) => line.slice(AT.length)),
    others: lines.filter((line) => !line.startsWith(AT) && line.trim() !== ''),
  }
}

/**
 * The upload with the files that `--set` names by their paths, and the values with their names. Only for inputs that take
 * files: the text `@all` is a text.
 * @throws UserError if there is no such file, or they are too many or too large
 */
export async function withSetFiles(
  bot: Pick<Rowbot, 'config' | 'files'>,
  upload: UploadFile,
  set: GivenConstants | undefined,
  workflows: Workflow[],
): Promise<{ upload: UploadFile; set: GivenConstants | undefined }> {
  const { limits, dataDir } = bot.config
  const all = { upload, set: set && { ...set } }
  for (const [wanted, value] of Object.entries(set ?? {})) {
    const { paths, others } = pathsIn(value)
    const inputs = workflows.flatMap((workflow) => fileInput(workflow, wanted))
    if (paths.length === 0 || inputs.length === 0) continue
    const found = await findFiles(paths, { maxFiles: limits.maxFiles, except: undefined })
    const options = { store: bot.files, limits, words: textsFor('en').files }
    const sent = await gatherAsIs(found.files, options).catch((fault: unknown) => {
      throw unreadable(`A file, or ${dataDir},`, fault)
    })
    for (const input of new Set(inputs)) {
      const added = withConstantFiles(all.upload, { input, sent, inUse: [] }, limits)
      all.upload = added.upload
      all.set = { ...all.set, [wanted]: [...others, ...added.names].join(', ') }
    }
  }
  return all
}

/** The name of the input that is meant, if it takes files. */
function fileInput(workflow: Workflow, wanted: string): string[] {
  const name = findInput(workflow, wanted)
  const variable = workflow.variables.find((one) => one.name === name)
  return variable && isFileInput(variable) ? [variable.name] : []
}
