/**
 * Headers of every answer. The first says that this is not a real Dify. The second is Dify's own: it names the version
 * whose recorded answers this server is compared with.
 */
export const SANDBOX_HEADERS = { 'x-rowbot-sandbox': 'true', 'x-version': '1.16.1' } as const

export interface SandboxRefusal {
  status: number
  /** Dify's error code; absent when the answer is the page of a proxy */
  code?: string
  message?: string
  html?: string
  retryAfter?: string
}

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

/** Dify's answer to a fault of its own. */
export const INTERNAL_ERROR = { status: 500, code: 'unknown', message: 'Internal Server Error' } as const
