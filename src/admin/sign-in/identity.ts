import type { Actor, Role } from '../../app/actor.ts'
import type { AccessRole } from '../../db/schema.ts'
import { personKey } from '../../messages/people.ts'

/** Who sends a request. */
export interface Identity {
  role: AccessRole
  /** the name for tasks, their log and the audit: of the token or from the provider, or as given at sign-in */
  name: string
  /** the id of the person on the page; whoever may choose their name can choose no id of a named token or a provider */
  personId: string
  /** a cookie, which any site can make a browser send, or a token, which only its holder can send */
  by: 'cookie' | 'token'
}

/** A runner is on the page what everybody is in a chat. */
const ROLES = { admin: 'admin', runner: 'member', viewer: 'viewer' } as const satisfies Record<
  AccessRole,
  Role
>

const identities = new WeakMap<Request, Identity>()

/** Set once the guard has admitted the request. */
export function identityOf(request: Request): Identity | undefined {
  return identities.get(request)
}

export function identify(request: Request, identity: Identity): void {
  identities.set(request, identity)
}

/** The actor of a request to the page or the API. The guard has already refused unknown ones. */
export function actorOf(request: Request, face: 'page' | 'api' = 'page'): Actor {
  const identity = identityOf(request)
  if (!identity) throw new Error('the guard has let in somebody unknown')
  return actorOfIdentity(identity, face)
}

export function actorOfIdentity(identity: Identity, face: 'page' | 'api'): Actor {
  const { name, role } = identity
  return { face, name, role: ROLES[role], key: keyOf(identity) }
}

/** Whose tasks are theirs. */
export function keyOf({ personId }: Pick<Identity, 'personId'>): string {
  return personKey({ platform: 'web', team: '', id: personId })
}

/** Whose tasks they see; undefined: everybody’s. */
export function onlyOwn(identity: Identity | undefined): string | undefined {
  return identity?.role === 'runner' ? keyOf(identity) : undefined
}
