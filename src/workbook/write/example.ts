import type { JsonObject } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import { prepare } from '../check/prepare.ts'
import { defaultOf } from './rule.ts'

/** A value for a variable that passes the check, as a person would type it; '' if none is found. */
export function exampleOf(variable: Variable): string {
  return candidates(variable).find((text) => passes(text, variable)) ?? ''
}

function passes(text: string, variable: Variable): boolean {
  const { inputs, faults } = prepare(
    { row: 2, cells: [text] },
    [variable],
    { [variable.name]: 0 },
    { fileHosts: [] },
  )
  return faults.length === 0 && Object.hasOwn(inputs, variable.name)
}

function candidates(variable: Variable): string[] {
  const byDefault = defaultOf(variable)
  switch (variable.type) {
    case 'text-input':
    case 'paragraph':
    case 'external_data_tool':
      return [byDefault, 'any text', 'text', 'a']
    case 'select':
      return [byDefault, ...(variable.options ?? [])]
    case 'number':
      return [byDefault, '100']
    case 'checkbox':
      return ['yes']
    case 'json_object':
      return [byDefault, '{"colour": "red"}', JSON.stringify(objectFor(variable.jsonSchema)), '{}']
    case 'file':
      return [address('file', variable)]
    case 'file-list':
      return [`${address('1', variable)}, ${address('2', variable)}`, address('file', variable)]
  }
}

function address(name: string, { fileTypes = [], fileExtensions = [] }: Variable): string {
  const [type = 'document'] = fileTypes
  const ending =
    type === 'custom'
      ? (fileExtensions[0] ?? '.txt')
      : { image: '.png', document: '.pdf', audio: '.mp3', video: '.mp4' }[type]
  return `https://example.com/${name}${ending}`
}

/** How deep a schema is followed: one may refer to itself. */
const MAX_DEPTH = 5

/** An object with what a JSON schema requires: enough for common schemas; the check decides whether it passes. */
function objectFor(schema: unknown): unknown {
  return isObject(schema) ? valueFor(schema, MAX_DEPTH) : {}
}

function valueFor(schema: JsonObject, depth: number): unknown {
  const { enum: options, const: only, default: byDefault, examples } = schema
  const given = only ?? byDefault ?? first(options) ?? first(examples)
  if (given !== undefined || depth === 0) return given ?? null
  switch (Array.isArray(schema['type']) ? schema['type'][0] : schema['type']) {
    case 'string':
      return 'text'.padEnd(numberIn(schema, 'minLength') ?? 0, '.').slice(0, numberIn(schema, 'maxLength'))
    case 'number':
    case 'integer':
      return numberIn(schema, 'minimum') ?? numberIn(schema, 'maximum') ?? 1
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array': {
      const item = isObject(schema['items']) ? valueFor(schema['items'], depth - 1) : 'text'
      return Array.from({ length: Math.max(1, numberIn(schema, 'minItems') ?? 1) }, () => item)
    }
    default: {
      const properties = isObject(schema['properties']) ? schema['properties'] : {}
      return Object.fromEntries(
        Object.entries(properties).flatMap(([name, inner]) =>
          isObject(inner) ? [[name, valueFor(inner, depth - 1)]] : [],
        ),
      )
    }
  }
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}

function numberIn(schema: JsonObject, key: string): number | undefined {
  const value = schema[key]
  return typeof value === 'number' ? value : undefined
}

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
