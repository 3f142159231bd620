import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Tokens } from '../options.ts'
import type { Role } from './identity.ts'

export interface Session {
  role: Role
  name: string
}

export const SESSION_DAYS = 7
const DAY_MS = 86_400_000
const NAME_CHARS = 60

const KEPT = z.object({ role: z.enum(['admin', 'viewer']), name: z.string(), until: z.number() })

/**
 * Who is signed in, in a signed cookie: nothing is kept here, so a restart signs nobody out.
 */
export class Sessions {
  /** @param key signs the cookies: a secret that nobody who has a token can work out */
  constructor(
    private readonly tokens: Tokens,
    private readonly key: string,
    private readonly now: () => number,
  ) {}

  /** What a token opens; undefined: nothing. Takes as long for every wrong one. */
  roleOf(token: string): Role | undefined {
    const isAdmin = isSame(token, this.tokens.admin)
    const isViewer = this.tokens.viewer !== undefined && isSame(token, this.tokens.viewer)
    return isAdmin ? 'admin' : isViewer ? 'viewer' : undefined
  }

  seal({ role, name }: Session): string {
    const kept = { role, name: sessionName({ role, name }), until: this.now() + SESSION_DAYS * DAY_MS }
    const payload = Buffer.from(JSON.stringify(kept)).toString('base64url')
    return `${payload}.${this.#sign(payload)}`
  }

  /** Undefined: not one of ours, or over. */
  open(cookie: string): Session | undefined {
    const [payload = '', signature = ''] = cookie.split('.')
    if (!isSame(signature, this.#sign(payload))) return undefined
    const kept = KEPT.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    return kept.success && kept.data.until > this.now() ? kept.data : undefined
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.key).update(payload).digest('base64url')
  }
}

/** What somebody is called: as they say, or by their role. */
export function sessionName({ role, name }: Session): string {
  return tidyName(name) || role
}

/** One line, no longer than a name is. */
function tidyName(name: string): string {
  return [...name.replaceAll(/[\p{C}\s]+/gu, ' ').trim()].slice(0, NAME_CHARS).join('')
}

/** Compared as digests: of one length, whatever was given. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
