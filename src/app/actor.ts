import { UserError } from '../engine/user-error.ts'
import { type Person, personKey, type Platform } from '../messages/people.ts'
import { say, type Sentence } from '../engine/sentence.ts'

/** Where somebody acts. config: not a person, but the settings, when Rowbot starts. */
export type Face = 'page' | 'api' | 'slack' | 'discord' | 'cli' | 'config'

/** admin: may change everything. member: their own tasks. viewer: nothing. */
export type Role = 'admin' | 'member' | 'viewer'

/** Who acts. Every use case takes one: it checks permission by it and names it in the audit. */
export interface Actor {
  face: Face
  /** for tasks, their log and the audit */
  name: string
  role: Role
  /** owns the tasks with this key (`ownerKey`, see messages/people.ts); undefined: owns none */
  key?: string
}

/** The actor is not allowed to do this. */
export class NotAllowed extends UserError {
  constructor(
    message: Sentence,
    hint: Sentence,
    /** name of the task’s owner, who may */
    readonly owner?: string,
  ) {
    super(message, hint)
  }
}

/** @throws NotAllowed unless the actor owns the task or is an admin */
export function requireOwner(
  actor: Actor,
  { owner, ownerKey }: { owner: string; ownerKey: string | null },
): void {
  refuseViewer(actor)
  const isTheirs = actor.key !== undefined && actor.key === ownerKey
  if (actor.role === 'admin' || isTheirs) return
  throw new NotAllowed(say('not-your-task', { owner }), say('do-ask-owner'), owner)
}

/** @throws NotAllowed unless the actor is an admin */
export function requireAdmin(actor: Actor): void {
  refuseViewer(actor)
  if (actor.role === 'admin') return
  throw new NotAllowed(say('only-admins'), say('do-ask-admin'))
}

function refuseViewer({ role }: Actor): void {
  if (role === 'viewer') throw new NotAllowed(say('only-look'), say('do-sign-in-as-admin'))
}

const FACES = { slack: 'slack', discord: 'discord', web: 'page' } as const satisfies Record<Platform, Face>

/** A person of a chat or the page; an admin if the settings say so. */
export function personActor(person: Person, isAdmin: boolean, face: Face = FACES[person.platform]): Actor {
  return { face, name: person.name, role: isAdmin ? 'admin' : 'member', key: personKey(person) }
}
