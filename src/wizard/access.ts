import type { Access } from '../db/access.ts'
import type { Person, Place } from './people.ts'

/** Whether a person may run a workflow here. */
export function mayUse(
  access: Access | undefined,
  { id, roles }: Pick<Person, 'id' | 'roles'>,
  { channel }: Pick<Place, 'channel'>,
): boolean {
  if (!access) return true
  return (
    access.users.includes(id) ||
    access.channels.includes(channel) ||
    roles.some((role) => access.roles.includes(role))
  )
}
