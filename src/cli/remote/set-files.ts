import type { NamedFile, Rowbot } from '../../client/rowbot.ts'
import { UserError } from '../../engine/user-error.ts'
import { baseName, cleanName, DistinctNames } from '../../files/file-names.ts'
import { headingKey } from '../../workbook/check/heading-keys.ts'
import { pathsIn } from '../set-files.ts'

/**
 * The files that `--set logo=@brand.png` names by their paths, and the values with their names. Only for inputs that take
 * files there: the text `@all` is a text.
 * @param workflow its id; undefined: the server chooses the one that fits, so that an input of any of them may take the file
 * @throws UserError if a file cannot be read
 */
export async function setFilesThere(
  rowbot: Rowbot,
  workflow: string | undefined,
  set: Record<string, string>,
): Promise<{ constants: Record<string, string>; constant_files: NamedFile[] }> {
  const constants = { ...set }
  const files: NamedFile[] = []
  if (!Object.values(set).some((value) => pathsIn(value).paths.length > 0))
    return { constants, constant_files: files }
  const takers = await fileInputs(rowbot, workflow)
  const distinct = new DistinctNames()
  for (const [input, value] of Object.entries(set)) {
    const { paths, others } = pathsIn(value)
    if (paths.length === 0 || !takers.has(headingKey(input))) continue
    const sent: NamedFile[] = []
    for (const path of paths) {
      const name = distinct.take(baseName(cleanName(path)))
      sent.push({ name, bytes: await bytesOf(path) })
    }
    files.push(...sent)
    constants[input] = [...others, ...sent.map(({ name }) => name)].join(', ')
  }
  return { constants, constant_files: files }
}

/** By name, as `constants` has them. */
async function fileInputs(rowbot: Rowbot, workflow: string | undefined): Promise<Set<string>> {
  const all = (await rowbot.workflows()).filter(
    (one) => workflow === undefined || one.workflow_id === workflow,
  )
  const variables = all.flatMap((one) => one.variables)
  const takers = variables.filter(({ type }) => type === 'file' || type === 'file-list')
  return new Set(takers.map(({ name }) => headingKey(name)))
}

/** Not read before it is sent. */
export async function bytesOf(path: string): Promise<Blob> {
  const bytes = Bun.file(path)
  if (await bytes.exists()) return bytes
  throw new UserError(`The file ${path} cannot be read.`)
}
