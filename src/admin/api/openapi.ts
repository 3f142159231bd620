import { PROBLEM_TYPE } from '../http/problem.ts'
import { ALIASES } from './names.ts'
import { FAULT } from './requests.ts'
import { WEBHOOK } from './shapes.ts'
import { z } from 'zod'

/** A route as Elysia stores it: its validators are also its documentation. */
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

/** What Rowbot itself sends. */
export type OutgoingRequest = Pick<
  Operation,
  'summary' | 'description' | 'parameters' | 'requestBody' | 'responses'
>

export interface OpenApi {
  openapi: string
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  security: Json[]
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, Record<string, OutgoingRequest>>
  components: { schemas: Record<string, Json>; securitySchemes: Json }
}

const DESCRIPTIONS: Record<string, string> = {
  200: 'done',
  201: 'made',
  401: 'The token is missing or wrong.',
  403: 'This token may only read.',
  404: 'Not found.',
  409: 'Its state does not allow it.',
  405: 'The path does not have this method; Allow names those that it has.',
  413: 'The file is too large.',
  422: 'The request is invalid; the message says where.',
  429: 'Too many wrong tokens from this address.',
  500: 'An internal error; the hint has its id in the log.',
}
const WRITES = new Set(['post', 'put', 'patch', 'delete'])

/**
 * The API in OpenAPI 3.1, from its routes. We do not use @elysiajs/openapi: with a body parser of our own it
 * describes no body, it gives answers the shape of requests, and it does not name schemas.
 * @param url where it is served; `/`: at the root of wherever this document comes from
 */
export function openApiOf(routes: readonly DocumentedRoute[], url = '/'): OpenApi {
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
        'Send a workbook, run a Dify workflow on every row, fetch the workbook with the results. Every fault is problem details (RFC 9457) with a code, a message and a hint. Where a field has another name, both work.',
    },
    servers: [{ url }],
    security: [{ token: [] }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    webhooks: { taskEnded: { post: taskEnded(toSchema) } },
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'a token made under Access or with “rowbot token add”, or ROWBOT_ADMIN_TOKEN; X-Rowbot-Token takes it, too',
        },
      },
    },
  }
}

/** See docs/notifications.md. */
function taskEnded(toSchema: ToSchema): OutgoingRequest {
  const header = (name: string, description: string): Parameter => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  })
  return {
    summary: 'A task has ended',
    description:
      'Sent where the settings or the task say, and tried again for three days until it is answered.',
    parameters: [
      header('Webhook-Id', 'the same with every try'),
      header('Webhook-Timestamp', 'of this try, in seconds since 1970'),
      header(
        'Webhook-Signature',
        '`v1,` and HMAC-SHA256 in base64, as Standard Webhooks has it; one for each secret',
      ),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: toSchema(WEBHOOK, 'output') } },
    },
    responses: {
      '2XX': { description: 'It has arrived.' },
      410: { description: 'It is not wanted any more, and not tried again.' },
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
      // `as`: the same type, written at routes that do not answer JSON.
      ...(otherwise as Operation['responses'] | undefined),
      ...everyRoute(verb, hooks),
    },
  }
}

/** The answers that any route may give. */
function everyRoute(verb: string, { query, body }: DocumentedRoute['hooks']): Operation['responses'] {
  const statuses = [401, ...(WRITES.has(verb) ? [403] : []), ...(query || body ? [422] : []), 429, 500]
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: DESCRIPTIONS[status] ?? '',
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Fault' } } },
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
        content: {
          [Number(status) >= 400 ? PROBLEM_TYPE : 'application/json']: { schema: toSchema(schema, 'output') },
        },
      },
    ]),
  )
}

function parameters(where: Parameter['in'], schema: unknown, toSchema: ToSchema): Parameter[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = toSchema(schema, 'input')
  // `as`: these are the types that the schema of an object has.
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

/** Moves named schemas into the document’s components and refers to them. */
export function jsonSchema(schema: unknown, io: 'input' | 'output', named: Record<string, Json>): Json {
  if (!(schema instanceof z.ZodType)) throw new Error('a route is validated by something else than zod')
  const whole: unknown = JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' })).replaceAll(
      '"#/$defs/',
      '"#/components/schemas/',
    ),
  )
  // `as`: toJSONSchema returns an object; `id` and `$defs` come from named schemas.
  const {
    $schema: _schema,
    $defs = {},
    id,
    ...rest
  } = withAliases(whole as Json) as Json & { $defs?: Record<string, Json>; id?: string }
  for (const [name, { id: _id, ...definition }] of Object.entries($defs)) named[name] = definition
  if (id === undefined) return rest
  named[id] = rest
  return { $ref: `#/components/schemas/${id}` }
}

/** Each alias as a field of its own; where the field is required, one of its names is. */
function withAliases({ [ALIASES]: aliases, ...schema }: Json): Json {
  const { properties = {}, required = [], ...rest } = schema
  // `as`: bodyOf and queryOf put these there; the others are what the schema of an object has.
  const names = Object.entries((aliases ?? {}) as Record<string, string>)
  if (names.length === 0) return schema
  const fields = { ...(properties as Record<string, Json>) }
  for (const [alias, name] of names) fields[alias] = { ...fields[name], description: `the same as ${name}` }
  const needed = required as string[]
  const either = names.filter(([, name]) => needed.includes(name))
  return {
    ...rest,
    properties: fields,
    required: needed.filter((name) => !either.some(([, one]) => one === name)),
    ...(either.length > 0 && {
      allOf: either.map(([alias, name]) => ({ oneOf: [{ required: [name] }, { required: [alias] }] })),
    }),
  }
}

/** True if a request may leave it out. */
export function isOptional(schema: unknown): boolean {
  return schema instanceof z.ZodType && schema.safeParse(undefined).success
}
