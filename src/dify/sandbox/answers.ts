import type { SandboxRefusal } from './sandbox-fault.ts'

/** On every answer, so that nobody who looks takes this for a real Dify. */
export const SANDBOX_HEADERS = { 'x-rowbot-sandbox': 'true' } as const

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: SANDBOX_HEADERS })
}

/** An error as Dify answers it, or a page of the proxy in front of it. */
export function refuse({ status, code, message = '', html, retryAfter }: SandboxRefusal): Response {
  const headers = { ...SANDBOX_HEADERS, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) }
  if (code === undefined) {
    return new Response(html ?? '', { status, headers: { ...headers, 'content-type': 'text/html' } })
  }
  return Response.json({ code, message, status }, { status, headers })
}

export function invalid(message: string): Response {
  return refuse({ status: 400, code: 'invalid_param', message })
}

export function notFound(message: string): Response {
  return refuse({ status: 404, code: 'not_found', message })
}
