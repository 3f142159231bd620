import { appNamed } from './cast.ts'
import type { Sandbox } from '../../../src/dify/sandbox/start-sandbox.ts'

export const USER = 'api-test'

/** Speaks to a sandbox without our client in between. */
export function apiOf(sandbox: () => Sandbox) {
  function call(method: string, path: string, body?: object, app = 'Product copywriter'): Promise<Response> {
    return fetch(`${sandbox().url}${path}`, {
      method,
      headers: { authorization: `Bearer ${appNamed(sandbox(), app).key}` },
      ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    })
  }

  function runCopy(more: object = {}): Promise<Response> {
    const body = {
      inputs: { name: 'Kettle', features: 'steel' },
      user: USER,
      response_mode: 'streaming',
      ...more,
    }
    return call('POST', '/workflows/run', body)
  }

  async function fieldsOf(method: string, path: string): Promise<string[]> {
    return Object.keys(await json(await call(method, path))).toSorted()
  }

  return { call, runCopy, fieldsOf }
}

export async function json(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown> // every answer of the API is an object
}
