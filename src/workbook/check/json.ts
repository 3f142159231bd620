import { z } from 'zod'
import type { JsonObject } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Taken } from './values.ts'

/** A JSON object, not its text: the server turns text away. It must fit the variable's schema where there is one. */
export function toJsonObject(text: string, variable: Variable): Taken {
  const { label } = variable
  const parsed = parse(text)
  if (!parsed) {
    const curlyQuotes = /[“”]/.test(text)
    return { fault: { code: 'not-json', label, value: text, ...(curlyQuotes && { curlyQuotes }) } }
  }
  if (!isObject(parsed.json)) return { fault: { code: 'not-a-json-object', label, value: text } }
  const issue = schemaOf(variable)?.safeParse(parsed.json).error?.issues[0]
  if (!issue) return { value: parsed.json }
  return {
    fault: { code: 'json-schema', label, where: issue.path.join('.'), problem: lowerFirst(issue.message) },
  }
}

function parse(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

const schemas = new WeakMap<Variable, z.ZodType | null>()

/** The schema comes as an object or as its text. One that cannot be understood here is left to the server. */
function schemaOf(variable: Variable): z.ZodType | undefined {
  const cached = schemas.get(variable)
  if (cached !== undefined) return cached ?? undefined
  let schema: z.ZodType | null = null
  try {
    const given = variable.jsonSchema
    const json: unknown = typeof given === 'string' && given.trim() !== '' ? JSON.parse(given) : given
    if (isObject(json)) schema = z.fromJSONSchema(json)
  } catch {
    schema = null
  }
  schemas.set(variable, schema)
  return schema ?? undefined
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
