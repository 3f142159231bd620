import { UserError } from '../engine/user-error.ts'
import { type Person, personKey, type Platform } from '../messages/people.ts'

/** Where somebody acts. config: by what the settings say, when Rowbot starts. */
export type Face = 'page' | 'api' | 'slack' | 'discord' | 'cli' | 'config'

/** admin: may change everything. member: tasks of their own. viewer: nothing. */
export type Role = 'admin' | 'member' | 'viewer'

/** Who acts. Every use case is given one: it decides whether they may, and names them in the audit. */
export interface Actor {
  face: Face
  /** as tasks, their log and the audit name them */
  name: string
  role: Role
  /** whose tasks are theirs, by `ownerKey` (see messages/people.ts); undefined: no task is theirs */
  key?: string
}

/** Somebody asks for what they may not do. */
export class NotAllowed extends UserError {
  constructor(
    message: string,
    hint: string,
    /** who may: the owner of the task, by name */
    readonly owner?: string,
  ) {
    super(message, hint)
  }
}

/** @throws NotAllowed unless the task is theirs or they are an admin */
export function requireOwner(
  actor: Actor,
  { owner, ownerKey }: { owner: string; ownerKey: string | null },
): void {
  refuseViewer(actor)
  const isTheirs = actor.key !== undefined && actor.key === ownerKey
  if (actor.role === 'admin' || isTheirs) return
  throw new NotAllowed(`This task is ${owner}’s.`, 'Only they and admins may change it.', owner)
}

/** @throws NotAllowed unless they are an admin */
export function requireAdmin(actor: Actor): void {
  refuseViewer(actor)
  if (actor.role === 'admin') return
  throw new NotAllowed('Only admins may change workflows.', 'Ask one of them.')
}

function refuseViewer({ role }: Actor): void {
  if (role === 'viewer')
    throw new NotAllowed('You may look, but not change anything.', 'Sign in with the admin token.')
}

const FACES = { slack: 'slack', discord: 'discord', web: 'page' } as const satisfies Record<Platform, Face>

/** A person of a chat or of the page, who is an admin where the settings say so. */
export function personActor(person: Person, isAdmin: boolean, face: Face = FACES[person.platform]): Actor {
  return { face, name: person.name, role: isAdmin ? 'admin' : 'member', key: personKey(person) }
}
