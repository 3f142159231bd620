import type { Dispatcher } from 'undici'
import send from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import { network } from '../../net/current.ts'
import { refusedBy } from '../../net/faults.ts'

export { Agent }

const PROXY_SIGN_IN = 407

/** It was too late to send the request: the server has not got a byte of it. */
export class NotSent extends Error {}

export interface RequestOptions extends Omit<Dispatcher.RequestOptions, 'origin' | 'path'> {
  dispatcher: Dispatcher
  /** asked when there is a connection, before the first byte; false: NotSent is thrown */
  maySend?: () => boolean
}

/**
 * The same as `request` of undici's index. Its dispatcher is made with net/connector.ts, which connects to a proxy where
 * there is one; for plain http, a proxy is asked with the whole address instead of through a tunnel.
 * @throws NetworkFault if a proxy is to blame, NotSent
 */
export async function request(
  address: string,
  { dispatcher: through, maySend, ...options }: RequestOptions,
): Promise<Dispatcher.ResponseData> {
  const dispatcher = maySend ? asking(through, maySend) : through
  const url = new URL(address)
  const { origin, pathname, search } = url
  const { proxy } = url.protocol === 'http:' ? network().routeTo(url) : {}
  if (!proxy) return send.call(dispatcher, { ...options, origin, path: `${pathname}${search}` })
  const answer = await send.call(dispatcher, {
    ...options,
    origin,
    path: `${origin}${pathname}${search}`,
    headers: {
      ...plainHeaders(options.headers),
      ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
    },
  })
  if (answer.statusCode !== PROXY_SIGN_IN) return answer
  answer.body.on('error', () => {}).destroy()
  throw refusedBy(proxy, PROXY_SIGN_IN, url.host)
}

/** `as`: we give headers in no other form. */
function plainHeaders(headers: Dispatcher.RequestOptions['headers']): Record<string, string> {
  return (headers ?? {}) as Record<string, string>
}

/** undici calls `onRequestStart` in the turn in which it writes the request, and writes nothing if that throws. */
function asking(dispatcher: Dispatcher, maySend: () => boolean): Pick<Dispatcher, 'dispatch'> {
  return {
    dispatch(options, handler) {
      const start = handler.onRequestStart?.bind(handler)
      handler.onRequestStart = (controller, context) => {
        if (!maySend()) throw new NotSent('It is too late to send this.')
        start?.(controller, context)
      }
      return dispatcher.dispatch(options, handler)
    },
  }
}
