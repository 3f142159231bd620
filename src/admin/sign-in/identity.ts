import type { Actor } from '../../app/actor.ts'

/** May change things, or only look. */
export type PageRole = Extract<Actor['role'], 'admin' | 'viewer'>

/** Who asks. */
export interface Identity {
  role: PageRole
  /** as tasks, their log and the audit name them; people say it themselves when they sign in */
  name: string
  /** came with a cookie, which any page can make a browser send, or with a token, which only its holder can */
  by: 'cookie' | 'token'
}

const identities = new WeakMap<Request, Identity>()

/** Known once the guard has let a request in. */
export function identityOf(request: Request): Identity | undefined {
  return identities.get(request)
}

export function identify(request: Request, identity: Identity): void {
  identities.set(request, identity)
}

/** Who acts, by a form of the page or as a program. The guard lets in nobody who is not known. */
export function actorOf(request: Request, face: 'page' | 'api' = 'page'): Actor {
  const identity = identityOf(request)
  if (!identity) throw new Error('the guard has let in somebody unknown')
  return { face, name: identity.name, role: identity.role }
}
