import type { Dispatcher } from 'undici'
// The deep imports: on Bun the bare name is Bun's own shim over fetch, which ignores what an Agent is told. See decision
// 0003. And undici's index loads its fetch, WebSocket, cache and mocks too: a fifth of the time that Rowbot takes to start.
import send from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'

export { Agent }

/** undici's `request`, as its index has it. */
export function request(
  address: string,
  { dispatcher, ...options }: Omit<Dispatcher.RequestOptions, 'origin' | 'path'> & { dispatcher: Dispatcher },
): Promise<Dispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(address)
  return send.call(dispatcher, { ...options, origin, path: `${pathname}${search}` })
}
