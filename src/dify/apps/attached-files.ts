import type { z } from 'zod'
import type { Variable } from '../../engine/workflow.ts'
import type { FileUpload } from '../client/answers.ts'
import { fileRules, type FileField } from './variables.ts'

/** The fallback has a dot, so no variable in Dify can have this name. */
const ATTACHED = { name: 'files', spare: 'sys.files' } as const
/** What Dify takes if an app’s settings do not say a number. */
const DEFAULT_NUMBER = 3

/**
 * The form of an app does not list the files that come with a call, which it reads as `sys.files`. Here they are an
 * input like any other, so that a column can be mapped to it.
 * @param upload as GET /parameters describes it
 */
export function withAttachedFiles(
  variables: Variable[],
  upload: z.infer<typeof FileUpload> | null | undefined,
): Variable[] {
  const rules = upload && rulesOf(upload)
  if (!rules) return variables
  const isTaken = variables.some(({ name, label }) => [name, label].some((one) => /^files$/i.test(one)))
  const files: Variable = {
    name: isTaken ? ATTACHED.spare : ATTACHED.name,
    label: isTaken ? 'Attached files' : 'Files',
    type: 'file-list',
    required: false,
    description: 'The files that come with the call.',
    attached: true,
    maxLength: rules.number ?? DEFAULT_NUMBER,
    ...fileRules(rules),
  }
  return [...variables, files]
}

function rulesOf(upload: z.infer<typeof FileUpload>): (FileField & { number?: number | null }) | undefined {
  const { enabled, image } = upload
  if (enabled) return { ...upload, number: upload.number_limits ?? image?.number_limits ?? null }
  if (typeof enabled === 'boolean' || !image?.enabled) return undefined
  return {
    allowed_file_types: ['image'],
    allowed_file_upload_methods: image.transfer_methods,
    number: image.number_limits ?? null,
  }
}
