import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { ApiCall } from './calls.ts'
import description from './openapi.json'

/**
 * What Discord's own description of its API has against a request: its route, its query, its body. The description
 * lets fields pass that it does not know, as Discord does; a field that Discord ignores is a mistake of ours.
 */
export function faultInRequest({
  method,
  path,
  query,
  body,
}: Pick<ApiCall, 'method' | 'path' | 'query' | 'body'>): string | undefined {
  const known = ROUTES.find(({ pattern }) => pattern.test(`${method} ${path}`))
  if (!known) return `${method} ${path}: not one of the routes in extract-openapi.ts`
  const strange = [...query.keys()].find((name) => !known.query.includes(name))
  if (strange) return `${known.route}: it has no query “${strange}”`
  const check = known.check()
  if (!check) return body === undefined ? undefined : `${known.route}: it has no body`
  return check(withoutLibrarys(body)) ? undefined : `${known.route}: ${mostTelling(check.errors ?? [])}`
}

/** What discord.js adds to every answer to an interaction, asked or not, and Discord ignores. */
const OF_THE_LIBRARY = { tts: false, enforce_nonce: false }

/** Limits and patterns stand beside most formats. */
const FORMATS_NOT_CHECKED = ['int32', 'int64', 'double', 'snowflake', 'nonce', 'date-time']

const ajv = new Ajv2020({ allErrors: true, strict: false })
ajv.addFormat('uri', (text: string) => URL.canParse(text))
for (const format of FORMATS_NOT_CHECKED) ajv.addFormat(format, true)

const $defs = closed(description.$defs)

const routes: { route: string; query: string[]; body?: object }[] = description.routes

const ROUTES = routes.map(({ route, query, body }) => ({
  route,
  query,
  pattern: new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  check: once(() => body && ajv.compile({ ...Object(closed(body)), $defs })),
}))

/** Compiling a schema takes a while, and most tests use a few routes. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function withoutLibrarys(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const own = Object.entries(body).filter(([key, value]) => Object(OF_THE_LIBRARY)[key] !== value)
  return Object.fromEntries(own.map(([key, value]) => [key, key === 'data' ? withoutLibrarys(value) : value]))
}

/** The schema, but nothing that it does not name may be there. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  if ('properties' in schema && 'type' in schema) return { additionalProperties: false, ...inside }
  return isBitSet(schema) ? { type: ['string', 'null'], pattern: String.raw`^\d+$` } : inside
}

/** Numbers beyond those that JSON can carry exactly are sent as texts, which Discord reads just the same. */
function isBitSet(schema: object): boolean {
  return 'maximum' in schema && Number(schema.maximum) > Number.MAX_SAFE_INTEGER && !('format' in schema)
}

/** Of all the kinds of component that something is not, those that it nearly is. */
function mostTelling(errors: ErrorObject[]): string {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length
  const deepest = Math.max(...errors.map(depth))
  const telling = errors.filter((error) => depth(error) === deepest && error.keyword !== 'oneOf')
  const said = telling.map(({ instancePath, message, params }) =>
    [instancePath, message, params['additionalProperty']].filter(Boolean).join(' '),
  )
  return [...new Set(said)].slice(0, 6).join('; ') || ajv.errorsText(errors)
}
