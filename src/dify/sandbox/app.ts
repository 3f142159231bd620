import type { AppMode } from '../../engine/workflow.ts'

/** A sample app: what Dify would say of it, and plain text logic in the place of a model. */
export interface SandboxApp {
  name: string
  key: string
  mode: AppMode
  description: string
  form: FormItem[]
  /** how long a run takes by nature */
  delayMs: number
  work(inputs: Record<string, unknown>, query: string): SampleWork
}

/** What a run comes to. A chatflow and a completion have one output, `answer`. */
export interface SampleWork {
  outputs: Record<string, unknown>
  /** what the pretended model wrote: it is streamed in pieces and paid by its length */
  text: string
}

/** As in the `user_input_form` of GET /parameters: `{ "<type>": field }`. */
type FormItem = Record<string, InputField>

export interface InputField {
  type: string
  variable: string
  label: string
  required: boolean
  description?: string
  default?: unknown
  max_length?: number
  options?: string[]
  allowed_file_types?: string[]
  allowed_file_extensions?: string[]
  allowed_file_upload_methods?: string[]
  json_schema?: unknown
}

export function input(
  type: string,
  variable: string,
  label: string,
  more: Partial<InputField> = {},
): FormItem {
  return { [type]: { type, variable, label, required: false, ...more } }
}

export function fieldsOf(app: SandboxApp): InputField[] {
  return app.form.flatMap((item) => Object.values(item))
}

/** Added to what every sample app gives, so that no reader of a result takes it for a model's work. */
export const SANDBOX_NOTE = 'Sandbox: written by rules, not by a model'
