import { identityOf } from './auth/identity.ts'
import type { Actor } from './task-acts.ts'

/** Who has sent a form. The guard lets in nobody who is not known. */
export function actorOf(request: Request): Actor {
  const identity = identityOf(request)
  if (!identity) throw new Error('the guard has let in somebody unknown')
  return { identity, face: 'page' }
}
