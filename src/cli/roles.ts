import { UserError } from '../engine/user-error.ts'

/**
 * What a process of `serve` does. `admin`: the page and the API; `bot`: the chats, notifications, and what is done from
 * time to time; `worker`: runs tasks.
 */
export const ROLES = ['bot', 'admin', 'worker'] as const
export type ServeRole = (typeof ROLES)[number]
export type Roles = ReadonlySet<ServeRole>

export const ALL_ROLES: Roles = new Set(ROLES)

/**
 * `bot,admin`
 * @throws UserError
 */
export function rolesOf(text: string): Roles {
  const named = text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
  const strange = named.filter((word) => !isRole(word))
  if (strange.length > 0 || named.length === 0)
    throw new UserError(
      strange.length > 0 ? `There is no role ${strange.join(', ')}.` : 'No role is named.',
      `Name one or more of ${ROLES.join(', ')}: --roles bot,admin`,
    )
  return new Set(named.filter(isRole))
}

/** @throws UserError where a role that is left out would be nobody's */
export function requirePossible(roles: Roles, isShared: boolean): void {
  const missing = ROLES.filter((role) => !roles.has(role))
  if (isShared || missing.length === 0) return
  throw new UserError(
    `With SQLite one process does everything, so ${missing.join(' and ')} cannot be left out.`,
    'Leave --roles out; or set DATABASE_URL to a Postgres database, which several machines can share.',
  )
}

function isRole(word: string): word is ServeRole {
  return ROLES.some((role) => role === word)
}
