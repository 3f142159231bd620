import type { Dispatcher } from 'undici'
import send from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'

export { Agent }

/** The same as `request` of undici's index. */
export function request(
  address: string,
  { dispatcher, ...options }: Omit<Dispatcher.RequestOptions, 'origin' | 'path'> & { dispatcher: Dispatcher },
): Promise<Dispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(address)
  return send.call(dispatcher, { ...options, origin, path: `${pathname}${search}` })
}
