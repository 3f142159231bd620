import { constantFileName, constantFileNamed, constantFilesOf } from '../engine/constant-files.ts'
import type { GivenFile } from '../engine/files.ts'
import type { UploadFile } from '../workbook/types.ts'
import { type AddOptions, withinLimits } from './add-files.ts'
import { DistinctNames } from './file-names.ts'

/** The upload without such files that no value mentions any more; the same one if there are none. */
export function withoutUnmentioned(upload: UploadFile, constants: Record<string, string> = {}): UploadFile {
  const { files = [] } = upload
  const left = files.filter((file) => {
    const named = constantFileNamed(file.name)
    return !named || (Object.hasOwn(constants, named.input) && constants[named.input]?.includes(named.name))
  })
  return left.length === files.length ? upload : { ...upload, files: left }
}

/**
 * The upload with files that somebody has uploaded as an input’s value for all rows, and the names by which that value
 * mentions them. The same bytes under the same name are taken once; other bytes under a name that is in use get a name of
 * their own.
 * @param inUse values of this input that may still apply: what none of them mentions is dropped
 * @throws UserError if the upload’s files are too many or too large together
 */
export function withConstantFiles(
  upload: UploadFile,
  { input, sent, inUse }: { input: string; sent: GivenFile[]; inUse: string[] },
  limits: AddOptions['limits'],
): { upload: UploadFile; names: string[] } {
  const { files = [] } = upload
  const before = constantFilesOf(files, input).filter(({ name }) => inUse.some((text) => text.includes(name)))
  const distinct = new DistinctNames()
  for (const { name } of before) distinct.take(name)
  const all = [...before]
  const names = sent.map((file) => {
    const same = before.find(({ name, sha256 }) => name === file.name && sha256 === file.sha256)
    if (same) return same.name
    const name = distinct.take(file.name)
    all.push({ ...file, name })
    return name
  })
  const others = files.filter(({ name }) => !name.startsWith(constantFileName(input, '')))
  const own = all.map((file) => ({ ...file, name: constantFileName(input, file.name) }))
  return { upload: { ...upload, files: withinLimits([...others, ...own], limits) }, names }
}
