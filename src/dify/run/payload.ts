import type { Inputs, InputValue } from '../../engine/task.ts'
import type { AppMode, Variable } from '../../engine/workflow.ts'
import { KINDS } from '../apps/kinds.ts'

interface RunBody {
  inputs: Record<string, unknown>
  user: string
  response_mode: 'streaming'
  /** what an app reads as `sys.files` */
  files?: unknown[]
  /** chatflows, chatbots and agents: what the person asks */
  query?: string
  /** the same apps: naming a conversation costs a call to a model, and nobody reads the name */
  auto_generate_name?: false
}

/** The body of the POST that runs an app on one row. Files that need uploading must be uploaded before. */
export function runBody(mode: AppMode, inputs: Inputs, variables: Variable[], user: string): RunBody {
  const sent = Object.fromEntries(
    Object.entries(inputs)
      .map(([name, value]) => [name, normalizeValue(value, variableOf(variables, name))] as const)
      .filter(([, value]) => value !== undefined),
  )
  const body = withFiles({ inputs: sent, user, response_mode: 'streaming' }, variables)
  return KINDS[mode].asks ? withQuery(body, variables) : body
}

function withFiles(body: RunBody, variables: Variable[]): RunBody {
  const attached = variables.find((variable) => variable.attached)
  if (!attached) return body
  const { [attached.name]: files, ...inputs } = body.inputs
  return Array.isArray(files) && files.length > 0 ? { ...body, inputs, files } : { ...body, inputs }
}

function withQuery(body: RunBody, variables: Variable[]): RunBody {
  const asked = variableOf(variables, ASKED.spare) ? ASKED.spare : ASKED.name
  const { [asked]: query, ...inputs } = body.inputs
  return { ...body, inputs, query: textOf(query), auto_generate_name: false }
}

function normalizeValue(value: InputValue, variable: Variable | undefined): unknown {
  if (variable?.type === 'external_data_tool') return undefined // the server fills these in itself
  // “” is neither an option of a select nor a file, so an empty optional value is not sent at all
  if ((value === '' || value === null) && !variable?.required) return undefined
  const clean = withoutNul(value)
  return isText(variable) && (typeof clean === 'number' || typeof clean === 'boolean') ? String(clean) : clean
}

/** Dify removes NUL characters from texts, but its database refuses them inside nested values. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '')
  if (Array.isArray(value)) return value.map(withoutNul)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [withoutNul(key), withoutNul(inner)]))
}

function isText(variable: Variable | undefined): boolean {
  return variable?.type === 'text-input' || variable?.type === 'paragraph' || variable?.type === 'select'
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}

function variableOf(variables: Variable[], name: string): Variable | undefined {
  return variables.find((variable) => variable.name === name)
}

/** The name of the question as an input. The fallback has a dot, so no variable in Dify can have this name. */
export const ASKED = { name: 'query', spare: 'sys.query' } as const

/**
 * The form of a chat app does not list the question, but Dify refuses a call without one. Here it is an input like any
 * other, so that a column can be mapped to it.
 */
export function withQuestion(variables: Variable[]): Variable[] {
  const taken = variables.some(({ name }) => name === ASKED.name)
  const question: Variable = {
    name: taken ? ASKED.spare : ASKED.name,
    label: taken ? 'Question' : 'Query',
    type: 'paragraph',
    required: true,
    description: 'What the app is asked.',
  }
  return [question, ...variables]
}
