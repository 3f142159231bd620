import type { GivenFile } from '../engine/files.ts'
import type { Variable } from '../engine/workflow.ts'
import { withConstantFiles } from '../files/constant-files.ts'
import type { DraftVerb } from '../messages/click-ids.ts'
import { constantFilesFault } from '../workbook/check/constants.ts'
import { mentionsIn } from '../workbook/check/file-mentions.ts'
import { GivenFiles } from '../workbook/check/given-files.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'
import { constantFileFields } from './constant-form.ts'
import { faultText } from './faults.ts'
import { WrongFields } from './sent-with-form.ts'
import type { StepContext } from './step-context.ts'

/**
 * The upload with the files of a form, and its values with their names.
 * @throws WrongFields for files that their input does not take; UserError if all are too many or too large
 */
export function withUploaded(
  context: StepContext,
  upload: UploadFile,
  {
    verb,
    values,
    arrived,
  }: { verb: DraftVerb; values: Record<string, string>; arrived: Map<string, GivenFile[]> },
  limits: Limits,
): { upload: UploadFile; values: Record<string, string> } {
  const { draft, texts, workflow } = context
  const { constants, editedConstants } = draft.state
  const all = { upload, values: { ...values } }
  const errors: Record<string, string> = {}
  for (const { input, files, value } of constantFileFields(context, verb)) {
    const sent = arrived.get(files) ?? []
    if (sent.length === 0) continue
    const typed = values[value] ?? ''
    const inUse = [typed, constants?.[input.name] ?? '', editedConstants?.[input.name] ?? '']
    const added = withConstantFiles(all.upload, { input: input.name, sent, inUse }, limits)
    const text = textWithFiles(input, typed, added.names)
    const fault = constantFilesFault(text, input, {
      fileHosts: limits.fileHosts,
      files: new GivenFiles(added.upload.files ?? []),
      ...(workflow && { fileLimits: workflow.fileLimits }),
    })
    if (fault) errors[value] = faultText(fault, texts)
    all.upload = added.upload
    all.values[value] = text
  }
  if (Object.keys(errors).length > 0) throw new WrongFields(errors)
  return all
}

/** The value of an input for files that were uploaded for it: of a list beside what was typed, otherwise in its place. */
function textWithFiles(input: Variable, typed: string, names: string[]): string {
  if (input.type === 'file') return names.join(', ')
  const mentioned = mentionsIn(typed, (text) => names.includes(text))
  const added = names.filter((name) => !mentioned.includes(name))
  return [...(typed.trim() === '' ? [] : [typed.trim()]), ...added].join(', ')
}
