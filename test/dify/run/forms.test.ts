import { expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import { spoken } from '../../support/spoken.ts'

test('a form whose token was encrypted under another key is not answered, and nothing fails by it', async () => {
  const secrets = {
    seal: (plain: string) => plain,
    open: () => {
      throw new UserError('This secret was encrypted under another key.')
    },
  }
  const app = openApp({ baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'app-x', mode: 'workflow', secrets })
  const form = { token: 'v1.other', user: 'u' }
  const { signal } = new AbortController()
  expect(await app.stateOf?.(form, signal)).toBe('unknown')
  expect(spoken(await app.answer?.(form, { action: 'yes', inputs: {} }, signal))).toMatchObject({
    kind: 'not sent',
    error: expect.stringContaining('another secret key'),
  })
})
