import type { z } from 'zod'
import { say } from '../../engine/sentence.ts'
import { withConstantFiles } from '../../files/constant-files.ts'
import { Refused } from '../../wizard/answer.ts'
import { mentionsIn } from '../../workbook/check/file-mentions.ts'
import { GivenFiles } from '../../workbook/check/given-files.ts'
import type { UploadFile } from '../../workbook/types.ts'
import type { UPLOAD_BODY } from './submission.ts'
import { filesByField, type UploadOptions } from '../new-task/sent-form.ts'

/**
 * The upload with the files of `constant_files`, each for the inputs whose value in `constants` names it.
 * @throws Refused if none does; UserError if they are too many or too large
 */
export async function withNamedFiles(
  upload: UploadFile,
  { constant_files: parts = [], constants = {} }: Partial<z.output<typeof UPLOAD_BODY>>,
  options: UploadOptions,
  locale: string,
): Promise<UploadFile> {
  if (parts.length === 0) return upload
  const arrived = (await filesByField(new Map([['constant_files', parts]]), options, locale)).values()
  const sent = [...arrived].flat()
  const all = new GivenFiles(sent)
  const unnamed = new Set(sent)
  let next = upload
  for (const [input, text] of Object.entries(constants)) {
    const mentions = mentionsIn(text, (name) => all.has(name))
    const its = [...new Set(mentions.flatMap((name) => all.find(name)?.file ?? []))]
    if (its.length === 0) continue
    next = withConstantFiles(next, { input, sent: its, inUse: [] }, options.limits).upload
    for (const file of its) unnamed.delete(file)
  }
  const [lost] = unnamed
  if (lost)
    throw new Refused(
      'constants',
      say('constant-file-not-named', { name: lost.name }),
      say('do-name-constant-file'),
    )
  return next
}
