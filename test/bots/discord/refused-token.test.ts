import { expect, test } from 'bun:test'
import { sentOf, UNAUTHORIZED } from '../../../src/bots/discord/call.ts'

test('while Discord takes no token nothing is said of the place: it is as if Discord were down', () => {
  const sent = sentOf({ kind: 'refused', code: UNAUTHORIZED, error: '401: Unauthorized' })
  expect(sent).toMatchObject({ kind: 'failed', isDown: true })
})
