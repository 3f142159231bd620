import { fieldsOf, type InputField, type SandboxApp } from './app.ts'
import { checkFiles } from './checked-files.ts'
import type { SandboxFiles } from './file-store.ts'
import { InputError } from './input-error.ts'

/**
 * Checks and completes the inputs of a run as Dify's base_app_generator does, with the same
 * messages. Inputs that are not in the form are dropped.
 * @throws InputError
 */
export function checkedInputs(
  app: SandboxApp,
  given: Record<string, unknown>,
  files: SandboxFiles,
  user: string,
): Record<string, unknown> {
  return Object.fromEntries(
    fieldsOf(app).map((field) => {
      const value = checked(field, given[field.variable])
      checkFiles(field, filesIn(field, value), files, user)
      return [field.variable, typeof value === 'string' ? value.replaceAll('\u0000', '') : value]
    }),
  )
}

function checked(field: InputField, given: unknown): unknown {
  const name = field.variable
  let value = given
  if (value === null || value === undefined) {
    if (field.required) throw new InputError(`${name} is required in input form`)
    value = field.default ?? null
    if (value === null) return null
  }
  const isFile = field.type === 'file' || field.type === 'file-list'
  if (isFile && !field.required && value === '') return null
  switch (field.type) {
    case 'number':
      return checkedNumber(name, value)
    case 'checkbox':
      return checkedBox(value)
    case 'json_object':
      if (isObject(value)) return value
      throw new InputError(`${name} in input form must be a dict`)
    case 'file':
      if (isObject(value)) return value
      throw new InputError(`${name} in input form must be a file`)
    case 'file-list':
      return checkedList(field, value)
    default:
      return checkedText(field, value)
  }
}

function checkedText(field: InputField, value: unknown): string {
  const name = field.variable
  if (typeof value !== 'string') {
    throw new InputError(`(type '${field.type}') ${name} in input form must be a string`)
  }
  const options = field.options ?? []
  if (field.type === 'select' && !options.includes(value)) {
    const listed = options.map((option) => `'${option}'`).join(', ')
    throw new InputError(`${name} in input form must be one of the following: [${listed}]`)
  }
  const most = field.type === 'select' ? undefined : field.max_length
  // Python counts code points; most texts are short enough in code units already
  if (most && value.length > most && Array.from(value).length > most) {
    throw new InputError(`${name} in input form must be less than ${most} characters`)
  }
  return value
}

function checkedNumber(name: string, value: unknown): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value) // in Python True is an int
  if (typeof value !== 'string')
    throw new InputError(`expected value type int, float or str, got ${typeof value}`)
  if (value.trim() === '') return null
  if (/^\s*[+-]?(\d[\d_]*|\d*\.\d+|\d+\.)(?:(?<=\..*)e[+-]?\d+)?\s*$/i.test(value)) {
    return Number(value.replaceAll('_', ''))
  }
  throw new InputError(`${name} in input form must be a valid number`)
}

function checkedBox(value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (['true', '1', 'yes', 'on', 1].some((one) => one === word)) return true
  if (['false', '0', 'no', 'off', 0].some((one) => one === word)) return false
  return value
}

function checkedList(field: InputField, value: unknown): unknown[] {
  const name = field.variable
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new InputError(`${name} in input form must be a list of files`)
  }
  if (field.max_length && value.length > field.max_length) {
    throw new InputError(`${name} in input form must be less than ${field.max_length} files`)
  }
  return value
}

function filesIn(field: InputField, value: unknown): Record<string, unknown>[] {
  if (field.type !== 'file' && field.type !== 'file-list') return []
  return (Array.isArray(value) ? value : [value]).filter(isObject)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
