import { z } from 'zod'

export type Json = Record<string, unknown>

/** Schemas that have a name go to the document’s own, and are pointed at. */
export function jsonSchema(schema: unknown, io: 'input' | 'output', named: Record<string, Json>): Json {
  if (!(schema instanceof z.ZodType)) throw new Error('a route is validated by something else than zod')
  const whole: unknown = JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' })).replaceAll(
      '"#/$defs/',
      '"#/components/schemas/',
    ),
  )
  // `as`: toJSONSchema gives an object; `id` and `$defs` are what it makes of names.
  const {
    $schema: _schema,
    $defs = {},
    id,
    ...rest
  } = whole as Json & { $defs?: Record<string, Json>; id?: string }
  for (const [name, { id: _id, ...definition }] of Object.entries($defs)) named[name] = definition
  if (id === undefined) return rest
  named[id] = rest
  return { $ref: `#/components/schemas/${id}` }
}

/** Nothing may be sent in its place. */
export function isOptional(schema: unknown): boolean {
  return schema instanceof z.ZodType && schema.safeParse(undefined).success
}
