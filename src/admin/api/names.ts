import { z } from 'zod'
import { type Coded, say } from '../../engine/sentence.ts'
import { HttpFault } from '../http/fault.ts'
import { asMessage } from '../http/wrong-fields.ts'

/* The names that a request may use: ours, those of the first Rowbot beside them, and no others. */

/** What was called otherwise in the API that this one grew out of. Both names work everywhere, and are described. */
export const BODY_ALIASES = {
  file_id: 'upload_id',
  task_name: 'name',
  max_concurrency: 'concurrency',
  retry_count: 'retries',
} as const
export const QUERY_ALIASES = { size: 'page_size' } as const

type Aliases = Readonly<Record<string, string>>

/**
 * A body with these fields and no others, as JSON or as a form. In a form every value is a text: where a field does not
 * take that text, it is read as JSON, so numbers, switches and objects come through without being named here.
 */
export function bodyOf<S extends z.ZodRawShape>(shape: S, aliases: Aliases = {}) {
  const allowed = Object.keys(shape)
  const fields = z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? asMessage(
            say('fields-unknown', {
              fields: issue.keys.map((key) => unknownName(key, [...allowed, ...Object.keys(aliases)])),
            }),
          )
        : undefined,
  })
  return z
    .preprocess((given, context) => read(given, fields.shape, aliases, context), fields)
    .meta({ [ALIASES]: aliases })
}

/** Where the OpenAPI document finds the aliases of a schema. */
export const ALIASES = 'aliases'

/** The query with its aliases, which the document describes like those of a body. */
export function queryOf<S extends z.ZodRawShape>(shape: S, aliases: Aliases = {}) {
  const fields = z.object(shape)
  return z
    .preprocess((given, context) => renamed(given, aliases, context), fields)
    .meta({ [ALIASES]: aliases })
}

/** @throws HttpFault that names what the route does not take, and what it does */
export function refuseUnknown(given: Iterable<string>, allowed: readonly string[]): void {
  const strange = [...new Set(given)].filter((name) => !allowed.includes(name))
  if (strange.length === 0) return
  throw new HttpFault(
    'invalid',
    say('fields-invalid', { fields: strange.map((name) => unknownName(name, allowed)) }),
  )
}

/** The names in a query schema, with its aliases. */
export function namesIn(schema: unknown): string[] {
  if (schema instanceof z.ZodPipe) {
    const aliases: unknown = schema.meta()?.[ALIASES]
    return [...namesIn(schema.def.out), ...Object.keys(typeof aliases === 'object' ? (aliases ?? {}) : {})]
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

const MOST_SHOWN = 60

function unknownName(name: string, allowed: readonly string[]): Coded {
  const shown = name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}…` : name
  const near = allowed.find((one) => isNear(name, one))
  const names = [...allowed]
  if (names.length === 0) return say('name-unknown-none', { name: shown })
  return near === undefined
    ? say('name-unknown', { name: shown, names })
    : say('name-unknown-near', { name: shown, near, names })
}

function read(given: unknown, shape: z.ZodRawShape, aliases: Aliases, context: z.RefinementCtx): unknown {
  const named = renamed(given, aliases, context)
  if (!isRecord(named)) return named
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, fromText(value, shape[name])]),
  )
}

function renamed(given: unknown, aliases: Aliases, context: z.RefinementCtx): unknown {
  if (!isRecord(given)) return given
  const all = { ...given }
  for (const [alias, name] of Object.entries(aliases)) {
    if (!Object.hasOwn(all, alias)) continue
    if (Object.hasOwn(all, name))
      context.addIssue({
        code: 'custom',
        path: [alias],
        message: asMessage(say('is-other-name', { other: name })),
      })
    else all[name] = all[alias]
    delete all[alias]
  }
  return all
}

function fromText(value: unknown, field: z.core.$ZodType | undefined): unknown {
  if (typeof value !== 'string' || !(field instanceof z.ZodType) || field.safeParse(value).success)
    return value
  try {
    const meant: unknown = JSON.parse(value)
    return field.safeParse(meant).success ? meant : value
  } catch {
    return value // the validator then says what it should be
  }
}

function isRecord(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

/** One slip of the keyboard: a letter more, fewer or other, or two that are swapped. */
function isNear(given: string, allowed: string): boolean {
  const [a, b] = [given.toLowerCase().replaceAll('-', '_'), allowed]
  if (a === b) return true
  let from = 0
  while (from < a.length && a[from] === b[from]) from++
  const [restA, restB] = [a.slice(from), b.slice(from)]
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  )
}
