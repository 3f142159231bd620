import { FAULT } from './requests.ts'
import { z } from 'zod'

/** A route as Elysia keeps it: what validates is what is described. */
export interface DocumentedRoute {
  method: string
  path: string
  hooks: {
    params?: unknown
    query?: unknown
    headers?: unknown
    body?: unknown
    response?: unknown
    detail?: { tags?: string[]; summary?: string; description?: string; responses?: unknown }
  }
}

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters: Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: Json }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: Json
}

export interface OpenApi {
  openapi: string
  info: { title: string; version: string; description: string }
  security: Json[]
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; securitySchemes: Json }
}

const DESCRIPTIONS: Record<string, string> = {
  200: 'done',
  201: 'made',
  401: 'The token is missing or wrong.',
  403: 'This token may only look.',
  404: 'It is not there.',
  409: 'Its state does not allow it.',
  413: 'The file is too large.',
  422: 'Something that was sent is not right; the message names it.',
  429: 'Too many wrong tokens from this address.',
  500: 'A fault of ours; the hint has the id that the log has it under.',
}
const WRITES = new Set(['post', 'patch', 'delete'])

/**
 * The API in OpenAPI 3.1, from its routes. Not by @elysiajs/openapi: beside a parser of our own it describes no body,
 * it describes answers as if they were sent, and gives no schema a name.
 */
export function openApiOf(routes: readonly DocumentedRoute[]): OpenApi {
  const schemas: Record<string, Json> = {}
  const paths: OpenApi['paths'] = {}
  const toSchema = (schema: unknown, io: 'input' | 'output') => jsonSchema(schema, io, schemas)
  toSchema(FAULT, 'output')
  for (const { method, path, hooks } of routes) {
    const templated = path.replaceAll(/:(\w+)/g, '{$1}')
    const verb = method.toLowerCase()
    ;(paths[templated] ??= {})[verb] = operation(verb, path, hooks, toSchema)
  }
  const tags = new Set(routes.flatMap(({ hooks }) => hooks.detail?.tags ?? []))
  return {
    openapi: '3.1.1',
    info: {
      title: 'Rowbot',
      version: '1',
      description:
        'Send a workbook, run a Dify workflow on every row, fetch the workbook with the results. Every fault is { code, message, hint }.',
    },
    security: [{ token: [] }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'ROWBOT_ADMIN_TOKEN, or ROWBOT_VIEWER_TOKEN to look',
        },
      },
    },
  }
}

type ToSchema = (schema: unknown, io: 'input' | 'output') => Json

function operation(
  verb: string,
  path: string,
  hooks: DocumentedRoute['hooks'],
  toSchema: ToSchema,
): Operation {
  const { tags = [], summary = '', description, responses: otherwise } = hooks.detail ?? {}
  const body = hooks.body === undefined ? undefined : toSchema(hooks.body, 'input')
  return {
    operationId: operationId(verb, path),
    tags,
    summary,
    ...(description !== undefined && { description }),
    parameters: [
      ...parameters('path', hooks.params, toSchema),
      ...parameters('query', hooks.query, toSchema),
      ...parameters('header', hooks.headers, toSchema),
    ],
    ...(body && {
      requestBody: { required: !isOptional(hooks.body), content: { [mediaType(body)]: { schema: body } } },
    }),
    responses: {
      ...responses(hooks.response, toSchema),
      // `as`: the same shape, written beside a route whose answer is no JSON.
      ...(otherwise as Operation['responses'] | undefined),
      ...everyRoute(verb, hooks),
    },
  }
}

/** What any of them may answer. */
function everyRoute(verb: string, { query, body }: DocumentedRoute['hooks']): Operation['responses'] {
  const statuses = [401, ...(WRITES.has(verb) ? [403] : []), ...(query || body ? [422] : []), 429, 500]
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: DESCRIPTIONS[status] ?? '',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
      },
    ]),
  )
}

function responses(response: unknown, toSchema: ToSchema): Operation['responses'] {
  return Object.fromEntries(
    Object.entries(response ?? {}).map(([status, schema]) => [
      status,
      {
        description: DESCRIPTIONS[status] ?? '',
        content: { 'application/json': { schema: toSchema(schema, 'output') } },
      },
    ]),
  )
}

function parameters(where: Parameter['in'], schema: unknown, toSchema: ToSchema): Parameter[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = toSchema(schema, 'input')
  // `as`: of an object’s schema these are what they are.
  const all = Object.entries(properties as Record<string, Json>)
  return all.map(([name, { description, ...rest }]) => ({
    name: where === 'header' ? name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) : name,
    in: where,
    required: where === 'path' || (required as string[]).includes(name),
    ...(typeof description === 'string' && { description }),
    schema: rest,
  }))
}

function mediaType(body: Json): string {
  return JSON.stringify(body).includes('"binary"') ? 'multipart/form-data' : 'application/json'
}

/** `postBatchExecute`, `getBatchTaskIdStatus` */
function operationId(verb: string, path: string): string {
  const words = path.split(/[/:_-]+/).filter((word) => word !== '' && word !== 'api')
  return verb + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

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
