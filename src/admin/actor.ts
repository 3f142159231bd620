import type { Face } from './audited.ts'
import { identityOf } from './auth/identity.ts'
import type { Actor } from './task-acts.ts'

/** Who acts, by a form or as a program. The guard lets in nobody who is not known. */
export function actorOf(request: Request, face: Face = 'page'): Actor {
  const identity = identityOf(request)
  if (!identity) throw new Error('the guard has let in somebody unknown')
  return { identity, face }
}
