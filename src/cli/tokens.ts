import { type Command, Option } from 'commander'
import { ACCESS_ROLES, addToken, type NewToken, revokeToken } from '../app/tokens.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { listTokens as storedTokens } from '../db/access/tokens.ts'
import { pageAddress, signInLink } from '../serve/page-address.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import { type Done, type Io, inert, type Screen } from './screen.ts'

/** token add, list, revoke */
export function addTokenCommands(program: Command, { open, screen }: Io, done: Done): void {
  const token = program.command('token').description('who has access to the page and the API: named tokens')
  token
    .command('add')
    .description('make a token for a person or a program, and print it; it is not shown again')
    .argument('<name>')
    .addOption(
      new Option('--role <role>', 'admin: everything; runner: its own tasks; viewer: may only look')
        .choices(ACCESS_ROLES)
        .default('runner'),
    )
    .action(async (name: string, { role }: Pick<NewToken, 'role'>) =>
      done(await makeToken(await open(), { name, role }, screen(false))),
    )
  token
    .command('list')
    .description('list the tokens: role, who made it, when it was last used, whether it works')
    .option('--json', 'print JSON', false)
    .action(async ({ json }: { json: boolean }) => done(await listTokens(await open(), screen(json), json)))
  token
    .command('revoke')
    .description('end a token at once, and the sessions that it has opened')
    .argument('<name>', 'name or id')
    .action(async (name: string) => done(await endToken(await open(), name, screen(false))))
}

/** The token alone goes to standard output, so that a script can take it. */
export async function makeToken(bot: Rowbot, asked: NewToken, screen: Screen): Promise<number> {
  const { made, token } = await addToken(bot, actorHere(), asked)
  screen.note(`The token of “${inert(made.name)}” (${made.role}). It is not shown again.`)
  screen.print(token)
  screen.note(`A link that signs in with it: ${signInLink(pageAddress(bot.config.http), token)}`)
  return EXIT.done
}

export async function listTokens(bot: Rowbot, screen: Screen, json: boolean): Promise<number> {
  const tokens = await storedTokens(bot.db)
  if (json) {
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
    const all = tokens.map(({ id, name, role, madeAt, madeBy, usedAt, revokedAt, revokedBy }) => ({
      id,
      name,
      role,
      made_at: iso(madeAt),
      made_by: madeBy,
      used_at: iso(usedAt),
      revoked_at: iso(revokedAt),
      revoked_by: revokedBy,
    }))
    screen.print(JSON.stringify(all, null, 2))
    return EXIT.done
  }
  if (tokens.length === 0) screen.note('There are no named tokens. Make one: rowbot token add NAME')
  for (const { id, name, role, madeBy, usedAt, revokedAt, revokedBy } of tokens) {
    const state =
      revokedAt === null
        ? `last used ${usedAt === null ? 'never' : local(usedAt)}`
        : `revoked ${local(revokedAt)} by ${inert(revokedBy ?? '')}`
    screen.print(`${id}  ${role.padEnd(6)}  ${inert(name)}  made by ${inert(madeBy)}  ${state}`)
  }
  return EXIT.done
}

export async function endToken(bot: Rowbot, name: string, screen: Screen): Promise<number> {
  const revoked = await revokeToken(bot, actorHere(), name)
  screen.print(`Revoked: ${inert(revoked.name)}`)
  return EXIT.done
}

function local(at: number): string {
  return new Date(at).toLocaleString('sv', { dateStyle: 'short', timeStyle: 'short' })
}
