import type { AppMode } from '../../engine/workflow.ts'

/** Apps made of nodes: a worker runs them, and their runs can be looked up. The API process runs the others itself. */
export function hasRuns(mode: AppMode): boolean {
  return mode === 'workflow' || mode === 'advanced-chat'
}

/** Its messages are in a conversation. */
export function isChat(mode: AppMode): boolean {
  return mode !== 'workflow' && mode !== 'completion'
}

/** A sample app: what Dify would say about it, and plain code instead of a model. */
export interface SandboxApp {
  name: string
  key: string
  mode: AppMode
  description: string
  form: FormItem[]
  /** the files that a call may bring besides its inputs; absent: none */
  attachments?: Attachments
  /** how long a run takes, in milliseconds */
  delayMs: number
  /** what its run asks a person before it ends, one after the other; absent: nothing */
  questions?: readonly SandboxQuestion[]
  /** the result once every question is answered; absent: the answers change nothing */
  answered?(work: SampleWork, answers: readonly SandboxAnswer[]): SampleWork
  /** @param files the ones that came with the call, which Dify calls `sys.files` */
  work(
    inputs: Record<string, unknown>,
    query: string,
    files: Record<string, unknown>[],
    appFiles: AppFiles,
  ): SampleWork
}

/** What an app can do with files. */
export interface AppFiles {
  /** @param id of an upload */
  read(id: string): ReadableFile | undefined
  /** @returns the new file as an output has it, with a link that works for some minutes */
  make(name: string, mimeType: string, bytes: Uint8Array): Record<string, unknown>
}

export interface ReadableFile {
  name: string
  /** in bytes */
  size: number
  /** not there if the file is too large to be stored, or the store had to make room */
  bytes?: Uint8Array
}

/** As `file_upload` of GET /parameters has it. */
export interface Attachments {
  number_limits: number
  allowed_file_types: string[]
  allowed_file_extensions: string[]
  allowed_file_upload_methods: string[]
}

/** The result of a run. A chatflow and a completion have one output, `answer`. */
export interface SampleWork {
  outputs: Record<string, unknown>
  /** the text of the pretended model: it is streamed in pieces, and its length gives tokens and price */
  text: string
  /** of its price; default: USD */
  currency?: string
}

/** A node that waits for a person. */
export interface SandboxQuestion {
  nodeId: string
  title: string
  /** Markdown; where a field stands: `{{#$output.name#}}` */
  content(inputs: Record<string, unknown>, work: SampleWork): string
  fields: readonly SandboxField[]
  /** what fields contain at first that begin with a variable of the workflow */
  defaults?(inputs: Record<string, unknown>): Record<string, string>
  actions: readonly { id: string; title: string; button_style: string }[]
  /** how long it waits */
  seconds: number
}

interface SandboxField {
  type: 'paragraph' | 'select'
  name: string
  initial?: string
  /** select */
  options?: readonly string[]
}

/** What a person answered. */
export interface SandboxAnswer {
  action: string
  inputs: Record<string, unknown>
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
  return { [type]: { type, variable, label, required: false, options: [], ...more } }
}

export function fieldsOf(app: SandboxApp): InputField[] {
  return app.form.flatMap((item) => Object.values(item))
}

/** Added to every result of a sample app, so that nobody takes it for the work of a model. */
export const SANDBOX_NOTE = 'Sandbox: written by rules, not by a model'
