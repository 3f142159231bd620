import { expect, test } from 'bun:test'
import { commandsOf } from '../../../src/bots/discord/commands.ts'
import { messageOf } from '../../../src/bots/discord/render.ts'
import { faultInRequest } from '../../support/discord/openapi.ts'
import { V2 } from '../../support/discord/world.ts'

/*
 * Every request of every test in this folder is held against Discord's own description of its API, and fails its test
 * where it does not fit. These tests show that what does not fit is seen.
 */

const MESSAGE = {
  flags: V2,
  nonce: 'a',
  enforce_nonce: true,
  ...messageOf(
    { title: 'A', lines: [['b']], selects: [], buttons: [{ id: 'draft:1:2:next', label: 'Next' }] },
    7,
  ),
}

function faultOf(method: string, address: string, body?: unknown): string | undefined {
  const { pathname, searchParams } = new URL(address, 'http://discord')
  return faultInRequest({ method, path: pathname, query: searchParams, body })
}

test('a message and the commands are as Discord describes them', () => {
  expect(faultOf('POST', '/channels/7/messages', MESSAGE)).toBeUndefined()
  expect(faultOf('PUT', '/applications/9/commands?', commandsOf())).toBeUndefined()
  expect(faultOf('GET', '/channels/7/messages?limit=50')).toBeUndefined()
})

for (const [what, method, address, body, says] of [
  ['a route that nobody has described', 'POST', '/channels/7/typing', {}, 'not one of the routes'],
  ['a query that there is not', 'GET', '/channels/7/messages?limt=50', undefined, 'no query “limt”'],
  ['a body where none belongs', 'GET', '/channels/7', {}, 'it has no body'],
  ['a field that there is not', 'POST', '/channels/7/messages', { ...MESSAGE, noncee: '' }, 'noncee'],
  ['a field of another type', 'POST', '/channels/7/messages', { ...MESSAGE, flags: '1' }, '/flags'],
  [
    'a component with a field that there is not, however deep',
    'POST',
    '/channels/7/messages',
    { components: [{ type: 17, components: [{ type: 1, components: [{ type: 2, style: 1, lable: '' }] }] }] },
    '/components/0/components/0/components/0',
  ],
  [
    'a kind of component that does not belong there',
    'PATCH',
    '/channels/7/messages/8',
    { components: [{ type: 4, custom_id: 'a', style: 1 }] },
    '/components/0',
  ],
  [
    'a form with a title that is too long',
    'POST',
    '/interactions/1/token/callback',
    { type: 9, data: { custom_id: 'a', title: 't'.repeat(46), components: [] } },
    '/data/title',
  ],
  [
    'a command with a description that is too long',
    'PUT',
    '/applications/9/commands',
    [{ name: 'batch', description: 'd'.repeat(101) }],
    '/0/description',
  ],
] as const) {
  test(`${what} is refused`, () => expect(faultOf(method, address, body)).toContain(says))
}
