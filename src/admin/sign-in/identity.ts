import type { Actor } from '../../app/actor.ts'

/** An admin may change things; a viewer may only look. */
export type PageRole = Extract<Actor['role'], 'admin' | 'viewer'>

/** Who sends a request. */
export interface Identity {
  role: PageRole
  /** the name for tasks, their log and the audit, as given at sign-in */
  name: string
  /** a cookie, which any site can make a browser send, or a token, which only its holder can send */
  by: 'cookie' | 'token'
}

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
  return { face, name: identity.name, role: identity.role }
}
