import { expect, test } from 'bun:test'
import { describeApp } from '../../../src/dify/apps/describe-app.ts'
import { VERSION } from '../../../src/engine/this-program.ts'
import { later } from '../../support/bot.ts'

test('Dify, and what stands before it, are told which Rowbot asks', async () => {
  const agents: (string | null)[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ headers }) => (agents.push(headers.get('user-agent')), new Response(null, { status: 404 })),
  })
  later(() => server.stop(true))
  await expect(describeApp({ baseUrl: `${server.url.origin}/v1`, apiKey: 'app-x' })).rejects.toThrow()
  expect(agents).toEqual([`rowbot/${VERSION}`])
})
