import type { TaskLimit } from './limits.ts'
import type { FileType } from './task.ts'

/** The kinds of apps, as Dify names them: workflow, chatflow, text generator, chatbot, agent, and agent of the new kind. */
export const APP_MODES = ['workflow', 'advanced-chat', 'completion', 'chat', 'agent-chat', 'agent'] as const
export type AppMode = (typeof APP_MODES)[number]

/** A Dify app as its own API describes it. */
export interface App {
  name: string
  description: string
  mode: AppMode
  variables: Variable[]
  /** largest file of each type in MB, and how many files one input may have; absent if the server does not say */
  fileLimits: Partial<Record<'document' | 'image' | 'audio' | 'video' | 'count', number>>
  /** the version of its server, such as 1.16.1; absent if the server does not say */
  serverVersion?: string
}

/** What a person needs to know of an app to fill in a workbook for it. */
export type AppDescription = Pick<App, 'name' | 'description' | 'variables'>

/** How many calls a workflow may be sent, over all tasks. */
export type WorkflowLimits = Pick<Workflow, 'limit' | 'perMinute' | 'tokensPerMinute'>

export interface Workflow extends App {
  id: string
  baseUrl: string
  /** calls at once over all tasks */
  limit: number
  /** calls a minute over all tasks; null: no limit */
  perMinute: number | null
  tokensPerMinute: number | null
  enabled: boolean
  /** absent: none */
  requiredOutputs?: readonly string[]
  /** how much a new task may cost unless whoever starts it says otherwise; absent: as much as it does */
  perTask?: TaskLimit
  /** of the app in Dify's own pages: `https://dify.example.com/app/ID`; absent: nobody has said */
  consoleUrl?: string
  /** a run of it has waited for a person */
  pauses?: true
  syncedAt: number
}

export const VARIABLE_TYPES = [
  'text-input',
  'paragraph',
  'select',
  'number',
  'checkbox',
  'file',
  'file-list',
  'json_object',
  'external_data_tool',
] as const
export type VariableType = (typeof VARIABLE_TYPES)[number]

/** One input of a workflow. Dify's rules for it: base_app_generator.py, copied in workbook/check. */
export interface Variable {
  name: string
  label: string
  type: VariableType
  required: boolean
  description?: string
  /** what Dify uses when nothing is sent */
  default?: unknown
  /** text: code points; file-list: files */
  maxLength?: number
  /** select */
  options?: string[]
  /** file and file-list */
  fileTypes?: FileType[]
  /** file and file-list of type custom: extensions with the dot, lower case */
  fileExtensions?: string[]
  /** file and file-list: false if the workflow accepts local files only, so that we must upload them */
  remoteUrls?: boolean
  /** file and file-list: false if the workflow accepts URLs only, so that no file that came along can be sent */
  localFiles?: false
  /** the files of the call itself, which an app reads as `sys.files`: sent beside the inputs, not among them */
  attached?: true
  /** json_object */
  jsonSchema?: unknown
}

/** Limits of more than this are the server’s own, or none: nobody types as much into a cell. */
const MAX_LENGTH_SHOWN = 100_000

/** A variable’s limit of characters or files, where people should know it. */
export function lengthLimit({ maxLength }: Variable): number | undefined {
  return maxLength !== undefined && maxLength > 0 && maxLength <= MAX_LENGTH_SHOWN ? maxLength : undefined
}
