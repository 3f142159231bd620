import type { Command } from 'commander'
import { decryptData, encryptData, type Rewritten, type RewritingProgress } from '../app/encrypt-data.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './finish.ts'
import { actorHere } from './pick-workflow.ts'
import type { Done, Io, Screen } from './screen.ts'

/** encrypt, decrypt */
export function addEncryptCommands(program: Command, { open, screen }: Io, done: Done): void {
  program
    .command('encrypt')
    .description('encrypt what is in the clear from before ROWBOT_ENCRYPT_DATA was on, while Rowbot serves')
    .action(async () => done(await encryptHere(await open(), screen(false))))
  program
    .command('decrypt')
    .description('the way back, with ROWBOT_ENCRYPT_DATA off, while Rowbot serves')
    .action(async () => done(await decryptHere(await open(), screen(false))))
}

export async function encryptHere(bot: Rowbot, screen: Screen): Promise<number> {
  const { rows, left } = await encryptData(bot, actorHere(), (progress) => screen.live(textOf(progress)))
  screen.print(
    rows === 0
      ? 'Nothing was in the clear that is to be encrypted.'
      : `Encrypted: ${rows.toLocaleString('en')} rows of the database.`,
  )
  if (left.length > 0) return isLeft(screen, left, 'in the clear')
  screen.note('Free space of the database may still have the texts as they were:')
  screen.note(
    bot.isShared
      ? '  vacuum full;                             in Postgres, which locks each table meanwhile'
      : `  sqlite3 ${bot.config.dataDir}/rowbot.db 'vacuum'    with Rowbot stopped`,
  )
  screen.note('Backups from before are as they were: delete them when their time has come.')
  return EXIT.done
}

export async function decryptHere(bot: Rowbot, screen: Screen): Promise<number> {
  const { rows, left } = await decryptData(bot, actorHere(), (progress) => screen.live(textOf(progress)))
  screen.print(
    rows === 0 ? 'Nothing was encrypted.' : `Decrypted: ${rows.toLocaleString('en')} rows of the database.`,
  )
  if (left.length > 0) return isLeft(screen, left, 'encrypted')
  screen.note('Keep the secret key: backups from before need it, and so do the keys of apps.')
  return EXIT.done
}

function isLeft(screen: Screen, left: Rewritten['left'], how: string): number {
  screen.note(`Still ${how}: ${left.join(', ')}.`)
  screen.note(
    'A process with another setting has written meanwhile: set it the same on all machines, restart them, and run this again.',
  )
  return EXIT.someFailed
}

function textOf({ of, done }: RewritingProgress): string {
  return `${of}: ${done.toLocaleString('en')} rows so far`
}
