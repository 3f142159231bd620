/** May change things, or only look. */
export type Role = 'admin' | 'viewer'

/** Who asks. */
export interface Identity {
  role: Role
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
