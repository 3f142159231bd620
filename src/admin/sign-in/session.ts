import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  deleteSession,
  findSession,
  insertSession,
  setSessionSeen,
  type StoredSession,
} from '../../db/access/sessions.ts'
import { findToken, setTokenUsed } from '../../db/access/tokens.ts'
import type { AccessRole } from '../../db/schema.ts'
import { cleanName, tokenHash } from '../../app/tokens.ts'
import type { AdminLog, AdminOptions } from '../options.ts'

/** Whom a token or a provider has shown somebody to be. */
export interface Holder {
  role: AccessRole
  /** undefined: a token that several people may share, so they say their names themselves */
  name?: string
  /** for messages/people.ts; undefined: the name that they give */
  personId?: string
  /** what a session of theirs depends on: as soon as this is not valid any more, it has ended */
  openedWith: string
  tokenId?: string
}

/** Somebody who is signed in. */
export type Session = Pick<StoredSession, 'role' | 'name' | 'personId'>

const HOUR_MS = 3_600_000
/** How exact “last used” is: not every request writes. */
const SEEN_EVERY_MS = 60_000
const ID_BYTES = 32
/** what `openedWith` begins with for people whom a provider has signed in */
export const BY_PROVIDER = 'provider '
const BY_TOKEN = 'token'

export interface SessionOptions extends Pick<AdminOptions, 'db' | 'tokens' | 'fingerprint' | 'http'> {
  log: Pick<AdminLog, 'warn'>
  /** undefined: nobody signs in by a provider; else its fingerprint, so that another one ends the sessions of the old */
  providerNow?: string | undefined
  now: () => number
}

/**
 * Who is signed in, in the database: a restart signs nobody out, and whoever signs out is out, even if somebody has a copy
 * of the cookie. The cookie has a random id, and the database only its hash.
 */
export class Sessions {
  constructor(private readonly options: SessionOptions) {}

  /** Whose token it is; undefined: a wrong one. Of the tokens in the settings every character is compared, always. */
  async holderOf(token: string): Promise<Holder | undefined> {
    const { tokens, db, now } = this.options
    const isAdmin = isSame(token, tokens.admin)
    const isViewer = tokens.viewer !== undefined && isSame(token, tokens.viewer)
    const role = isAdmin ? 'admin' : isViewer ? 'viewer' : undefined
    if (role) return { role, openedWith: this.#settingsToken(role) ?? '' }
    const found = await findToken(db, { hash: tokenHash(token) })
    if (!found) return undefined
    const { id, name, usedAt } = found
    if (usedAt === null || usedAt + SEEN_EVERY_MS <= now()) this.#note(setTokenUsed(db, id, now()))
    return { role: found.role, name, personId: `token:${id}`, openedWith: BY_TOKEN, tokenId: id }
  }

  /** @returns what the cookie is to have, and for how long */
  async begin(
    { role, name, personId, openedWith, tokenId }: Holder,
    given = '',
  ): Promise<{ id: string; hours: number; session: Session }> {
    const { db, http, now } = this.options
    const hours = http.sessionHours[openedWith.startsWith(BY_PROVIDER) ? 'provider' : 'token']
    const called = name ?? (cleanName(given) || role)
    const id = randomBytes(ID_BYTES).toString('base64url')
    const session = { role, name: called, personId: personId ?? called }
    await insertSession(db, idHash(id), {
      ...session,
      openedWith,
      tokenId: tokenId ?? null,
      madeAt: now(),
      seenAt: now(),
      endsAt: now() + hours * HOUR_MS,
    })
    return { id, hours, session }
  }

  /** Undefined: it has ended, or somebody has made it up. */
  async open(id: string): Promise<Session | undefined> {
    const { db, now, providerNow } = this.options
    const hash = idHash(id)
    const found = await findSession(db, hash, now())
    if (!found) return undefined
    const { openedWith, role, name, personId, seenAt, tokenId } = found
    const isValid =
      openedWith === BY_TOKEN ||
      openedWith === this.#settingsToken(role) ||
      (providerNow !== undefined && openedWith === BY_PROVIDER + providerNow)
    if (!isValid) return undefined
    if (seenAt + SEEN_EVERY_MS <= now()) {
      this.#note(setSessionSeen(db, hash, now()))
      if (tokenId !== null) this.#note(setTokenUsed(db, tokenId, now()))
    }
    return { role, name, personId }
  }

  async end(id: string): Promise<void> {
    await deleteSession(this.options.db, idHash(id))
  }

  /** Depends on the token, so that another token signs everybody out who came with the old one. */
  #settingsToken(role: AccessRole): string | undefined {
    const { tokens, fingerprint } = this.options
    const token = role === 'admin' ? tokens.admin : role === 'viewer' ? tokens.viewer : undefined
    return token === undefined ? undefined : fingerprint(`${role} ${token}`)
  }

  /** A request does not wait for what is only noted: another program may have the database locked. */
  #note(writing: Promise<void>): void {
    writing.catch((err: unknown) =>
      this.options.log.warn({ err }, 'when somebody was last seen was not noted'),
    )
  }
}

/** Compares digests, which have the same length for any input, in constant time. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function idHash(id: string): string {
  return digest(id).toString('hex')
}
