import type { Command } from 'commander'
import { rotateKey } from '../app/rotate-key.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Done, Io, Screen } from './screen.ts'

/** key rotate */
export function addKeyCommands(program: Command, { open, screen }: Io, done: Done): void {
  program
    .command('key')
    .description('the secret key, which encrypts what a copy of the database must not reveal')
    .command('rotate')
    .description('encrypt with the new key what ROWBOT_SECRET_KEY_OLD has encrypted, while Rowbot serves')
    .option('--end-links', 'end all links to results, too: somebody else may have the old key', false)
    .action(async (flags: { endLinks: boolean }) =>
      done(await rotateHere(await open(), flags, screen(false))),
    )
}

export async function rotateHere(
  bot: Rowbot,
  { endLinks }: { endLinks: boolean },
  screen: Screen,
): Promise<number> {
  const { sealed, links } = await rotateKey(bot, actorHere(), { endLinks })
  if (endLinks) screen.print(`Links to results that have ended: ${links}.`)
  if (sealed === 0) {
    screen.print('Nothing is encrypted with the old key any more. Remove ROWBOT_SECRET_KEY_OLD.')
    return EXIT.done
  }
  screen.print(`Encrypted with the new key: ${sealed}.`)
  screen.note(
    'Restart Rowbot, on all machines, and run this once more: what was encrypted meanwhile is found then.',
  )
  return EXIT.done
}
