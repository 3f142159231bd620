import { type Access, findAccess, setAccess } from '../db/access.ts'
import { UserError } from '../engine/user-error.ts'
import type { Rowbot } from '../rowbot.ts'
import { findByName } from '../workflows.ts'
import { EXIT } from './finish.ts'
import type { Screen } from './screen.ts'

export interface AccessFlags extends Partial<Access> {
  everyone: boolean
}

/** Says who may run a workflow in the chats; with flags, after setting it. */
export async function setWorkflowAccess(
  bot: Rowbot,
  wanted: string,
  { everyone, users = [], channels = [], roles = [] }: AccessFlags,
  screen: Screen,
): Promise<number> {
  const { id, name } = await findByName(bot, wanted)
  const named = users.length + channels.length + roles.length > 0
  if (everyone && named)
    throw new UserError('Either everyone or the people, channels and roles that are named.')
  if (everyone) await setAccess(bot.db, id, undefined)
  if (named) await setAccess(bot.db, id, { users, channels, roles })
  screen.print(`“${name}” may be run by ${accessText(await findAccess(bot.db, id))}.`)
  return EXIT.done
}

function accessText(access: Access | undefined): string {
  if (!access) return 'everyone'
  const parts = [
    ['people', access.users],
    ['channels', access.channels],
    ['roles', access.roles],
  ] as const
  return parts.flatMap(([what, ids]) => (ids.length > 0 ? [`${what} ${ids.join(', ')}`] : [])).join('; ')
}
