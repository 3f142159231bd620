/*
 * Takes what concerns us out of Discord's OpenAPI description (github.com/discord/discord-api-spec, specs/openapi.json,
 * MIT) and writes it to openapi.json beside this file:
 *
 *   bun test/support/discord/extract-openapi.ts path/to/openapi.json && oxfmt
 */
import { join } from 'node:path'
import { valueAt } from '../../../src/bots/json-path.ts'

/** Every route that Rowbot calls. One that is missing here is refused by the local Discord. */
const ROUTES = [
  'GET /gateway/bot',
  'GET /users/@me',
  'GET /users/@me/guilds',
  'POST /users/@me/channels',
  'GET /applications/@me',
  'GET /applications/{application_id}/commands',
  'PUT /applications/{application_id}/commands',
  'GET /guilds/{guild_id}',
  'GET /guilds/{guild_id}/members/{user_id}',
  'GET /channels/{channel_id}',
  'PATCH /channels/{channel_id}',
  'GET /channels/{channel_id}/messages',
  'POST /channels/{channel_id}/messages',
  'GET /channels/{channel_id}/messages/{message_id}',
  'PATCH /channels/{channel_id}/messages/{message_id}',
  'POST /channels/{channel_id}/messages/{message_id}/threads',
  'POST /interactions/{interaction_id}/{interaction_token}/callback',
  'POST /webhooks/{webhook_id}/{webhook_token}',
  'GET /webhooks/{webhook_id}/{webhook_token}/messages/@original',
  'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original',
  'DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original',
] as const

const [path] = process.argv.slice(2)
if (!path) throw new Error('Give the path of Discord’s openapi.json.')
const spec: unknown = JSON.parse(await Bun.file(path).text())

const $defs: Record<string, unknown> = {}
const routes = ROUTES.map((route) => {
  const [method = '', address = ''] = route.split(' ')
  const operation = valueAt(spec, 'paths', address, method.toLowerCase())
  if (!operation) throw new Error(`The description does not know ${route}.`)
  const parameters = [
    ...list(valueAt(spec, 'paths', address, 'parameters')),
    ...list(valueAt(operation, 'parameters')),
  ]
  const query = parameters.filter((one) => valueAt(one, 'in') === 'query').map((one) => valueAt(one, 'name'))
  const body = valueAt(operation, 'requestBody', 'content', 'application/json', 'schema')
  return { route, query, ...(body !== undefined && { body: withDefs(body) }) }
})
const sorted = Object.fromEntries(Object.entries($defs).toSorted(([a], [b]) => a.localeCompare(b)))
const from = 'github.com/discord/discord-api-spec, MIT'
await Bun.write(join(import.meta.dir, 'openapi.json'), JSON.stringify({ from, routes, $defs: sorted }))

/** The schema without what is only to be read, its references pointing into $defs, where what they name is put. */
function withDefs(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withDefs)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([key, value]) => !(key === 'description' && typeof value === 'string') && !key.startsWith('x-'),
      )
      .map(([key, value]) => [key, key === '$ref' ? reference(String(value)) : withDefs(value)]),
  )
}

function reference(ref: string): string {
  const name = ref.split('/').at(-1) ?? ''
  if (!(name in $defs)) {
    $defs[name] = true // before what it contains, which may contain it
    $defs[name] = withDefs(valueAt(spec, 'components', 'schemas', name))
  }
  return `#/$defs/${name}`
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
