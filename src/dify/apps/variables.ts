import { z } from 'zod'
import type { FileType } from '../../engine/task.ts'
import { VARIABLE_TYPES, type Variable, type VariableType } from '../../engine/workflow.ts'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'

const FILE_TYPES = ['image', 'document', 'audio', 'video', 'custom'] as const satisfies FileType[]

/** A variable as defined in the Start node. The published schema has three types; this is what servers really send. */
const FormField = z.object({
  variable: z.string().min(1),
  label: z.string().nullish(),
  type: z.string().nullish(),
  required: z.boolean().nullish(),
  description: z.string().nullish(),
  hint: z.string().nullish(),
  default: z.unknown().optional(),
  max_length: z.number().nullish().catch(undefined),
  options: z.array(z.unknown()).nullish(),
  allowed_file_types: z.array(z.string()).nullish(),
  allowed_file_extensions: z.array(z.string()).nullish(),
  allowed_file_upload_methods: z.array(z.string()).nullish(),
  json_schema: z.unknown().optional(),
})
type FormField = z.infer<typeof FormField>

/**
 * The variables of an app from its `user_input_form`, a list of `{ "<type>": { variable, label, … } }`.
 * A workflow that begins with a trigger has no Start node, so its form is empty.
 * @throws UserError when the app needs an input of a kind that Rowbot does not know
 */
export function variablesOf(form: Record<string, unknown>[]): Variable[] {
  return form.flatMap((item) => Object.entries(item).flatMap(([type, field]) => variableOf(type, field)))
}

function variableOf(type: string, raw: unknown): Variable[] {
  const field = FormField.safeParse(raw)
  if (!field.success) return []
  if (isSupported(type)) return [supported(type, field.data)]
  if (!field.data.required) return []
  throw new UserError(
    say('input-of-unknown-type', { input: field.data.label || field.data.variable, type }),
    say('do-change-input'),
  )
}

function supported(type: VariableType, field: FormField): Variable {
  const description = field.description || field.hint
  const isFile = type === 'file' || type === 'file-list'
  const options = (field.options ?? []).map(String)
  // An empty input gets this default, and Dify refuses one that is not an option: so there must be a value.
  const isRefusedEmpty =
    type === 'select' && typeof field.default === 'string' && !options.includes(field.default)
  return {
    name: field.variable,
    label: field.label || field.variable,
    type,
    // Dify fills these in by itself
    required: type === 'external_data_tool' ? false : (field.required ?? false) || isRefusedEmpty,
    ...(description && { description }),
    ...((isGiven(field.default) || (isRefusedEmpty && !field.required)) && { default: field.default }),
    ...(field.max_length && field.max_length > 0 && { maxLength: field.max_length }),
    ...(type === 'select' && { options }),
    ...(isFile && fileRules(field)),
    ...(isGiven(field.json_schema) && { jsonSchema: schemaOf(field.json_schema) }),
  }
}

/** What Dify’s settings say about the files of an input, and about those that come with a call. */
export type FileField = Partial<
  Pick<FormField, 'allowed_file_types' | 'allowed_file_extensions' | 'allowed_file_upload_methods'>
>

export function fileRules(field: FileField): Partial<Variable> {
  const methods = field.allowed_file_upload_methods ?? []
  const types = FILE_TYPES.filter((type) => field.allowed_file_types?.includes(type))
  const extensions = (field.allowed_file_extensions ?? []).map(withDot)
  return {
    ...(types.length > 0 && { fileTypes: types }),
    ...(extensions.length > 0 && { fileExtensions: extensions }),
    // no list means that the server does not check
    remoteUrls: methods.length === 0 || methods.includes('remote_url'),
    ...(methods.length > 0 && !methods.includes('local_file') && { localFiles: false }),
  }
}

function withDot(extension: string): string {
  const bare = extension.trim().toLowerCase()
  return bare.startsWith('.') ? bare : `.${bare}`
}

function schemaOf(schema: unknown): unknown {
  if (typeof schema !== 'string') return schema
  try {
    return JSON.parse(schema) as unknown
  } catch {
    return schema
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function isSupported(type: string): type is VariableType {
  return VARIABLE_TYPES.some((one) => one === type)
}
