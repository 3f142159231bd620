import { cutShort } from '../cut-short.ts'

/** How Discord misbehaves for a call. `unheard`: it does what it is told, and then the answer is lost in a 502. */
export type Misbehaviour =
  | { kind: 'limited'; retryAfter: number; isGlobal?: boolean }
  | { kind: 'down' }
  | { kind: 'unheard' }
  | { kind: 'slow'; ms: number }
  /** of a file: it breaks off after its first bytes */
  | { kind: 'breaks' }
  | { kind: 'refuses'; status: number; code: number }

interface Planned {
  call: RegExp
  how: Misbehaviour
  times: number
}

/** What goes wrong, in which call, how often. */
export class Faults {
  #planned: Planned[] = []

  /** @param call of `POST /channels/7/messages`, say */
  plan(call: RegExp, how: Misbehaviour, times = 1): void {
    this.#planned.push({ call, how, times })
  }

  clear(): void {
    this.#planned = []
  }

  take(call: string): Misbehaviour | undefined {
    const found = this.#planned.find((fault) => fault.call.test(call) && fault.times > 0)
    if (found) found.times -= 1
    return found?.how
  }
}

/** What the caller gets instead. Undefined: the call is carried out first. */
export function answerOf(how: Misbehaviour): Response | undefined {
  switch (how.kind) {
    case 'limited': {
      const { retryAfter, isGlobal } = how
      return Response.json(
        { message: 'You are being rate limited.', retry_after: retryAfter, global: isGlobal ?? false },
        {
          status: 429,
          headers: {
            'retry-after': String(retryAfter),
            'x-ratelimit-scope': isGlobal ? 'global' : 'user',
            ...(isGlobal && { 'x-ratelimit-global': 'true' }),
          },
        },
      )
    }
    case 'down':
      return new Response('upstream', { status: 502 })
    case 'refuses':
      return Response.json({ message: 'refused', code: how.code }, { status: how.status })
    case 'breaks':
      return new Response(cutShort())
    case 'slow':
    case 'unheard':
      return undefined
  }
}
