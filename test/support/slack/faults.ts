import { cutShort } from '../cut-short.ts'

/** How Slack misbehaves for a call. `unheard`: it does what it is told, and then the answer is lost in a 502. */
export type Misbehaviour =
  | { kind: 'limited'; retryAfter: number }
  | { kind: 'down' }
  | { kind: 'unheard' }
  | { kind: 'slow'; ms: number }
  /** of a file: it breaks off after its first bytes */
  | { kind: 'breaks' }
  | { kind: 'refuses'; error: string }
  /** of an upload: HTTP’s own answer */
  | { kind: 'tooLarge' }
  /** the sign-in page, as Slack answers a token that may not have a file */
  | { kind: 'page' }
  | { kind: 'moved'; to: string }

interface Planned {
  method: string
  how: Misbehaviour
  times: number
  only: (args: Record<string, unknown>) => boolean
}

/** What goes wrong, in which call, how often. */
export class Faults {
  #planned: Planned[] = []

  /** @param method a method, or the beginning of some: `chat.` @param only calls with such arguments */
  plan(method: string, how: Misbehaviour, times = 1, only: Planned['only'] = () => true): void {
    this.#planned.push({ method, how, times, only })
  }

  clear(): void {
    this.#planned = []
  }

  take(method: string, args: Record<string, unknown> = {}): Misbehaviour | undefined {
    const found = this.#planned.find(
      (fault) => method.startsWith(fault.method) && fault.times > 0 && fault.only(args),
    )
    if (found) found.times -= 1
    return found?.how
  }
}

/** What the caller gets instead. Undefined: the call is carried out first. */
export function answerOf(how: Misbehaviour): Response | undefined {
  switch (how.kind) {
    case 'limited':
      return Response.json(
        { ok: false, error: 'ratelimited' },
        { status: 429, headers: { 'retry-after': String(how.retryAfter) } },
      )
    case 'down':
      return new Response('upstream', { status: 502 })
    case 'refuses':
      return Response.json({ ok: false, error: how.error })
    case 'tooLarge':
      return new Response(null, { status: 413 })
    case 'page':
      return new Response('<!DOCTYPE html><title>Sign in</title>', {
        headers: { 'content-type': 'text/html' },
      })
    case 'moved':
      return new Response(null, { status: 302, headers: { location: how.to } })
    case 'breaks':
      return new Response(cutShort())
    case 'slow':
    case 'unheard':
      return undefined
  }
}
