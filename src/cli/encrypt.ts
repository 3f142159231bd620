import type { Command } from 'commander'
import { decryptData, encryptData, type Rewritten, type RewritingProgress } from '../app/encrypt-data.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './end-code.ts'
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
    .description('the way back, with ROWBOT_ENCRYPT_DATA=false, while Rowbot serves')
    .action(async () => done(await decryptHere(await open(), screen(false))))
}

export async function encryptHere(bot: Rowbot, screen: Screen): Promise<number> {
  const done = await encryptData(bot, actorHere(), (progress) => screen.live(textOf(progress)))
  screen.print(
    done.rows + done.files === 0
      ? 'Nothing was in the clear that is to be encrypted.'
      : `Encrypted: ${countsOf(done)}.`,
  )
  if (done.left.length > 0) return isLeft(screen, done, 'in the clear')
  screen.note('Free space of the database may still have rows and workbooks as they were:')
  screen.note(
    bot.isShared
      ? '  vacuum full;                             in Postgres, which locks each table meanwhile'
      : `  sqlite3 ${bot.config.dataDir}/rowbot.db 'vacuum'    with Rowbot stopped`,
  )
  screen.note(
    'Backups from before are as they were, and so is what a bucket keeps of earlier versions: delete them when their time has come.',
  )
  return EXIT.done
}

export async function decryptHere(bot: Rowbot, screen: Screen): Promise<number> {
  const done = await decryptData(bot, actorHere(), (progress) => screen.live(textOf(progress)))
  screen.print(done.rows + done.files === 0 ? 'Nothing was encrypted.' : `Decrypted: ${countsOf(done)}.`)
  if (done.left.length > 0) return isLeft(screen, done, 'encrypted')
  screen.note('Keep the secret key: backups from before need it, and so do the keys of apps.')
  return EXIT.done
}

function countsOf({ rows, files }: Rewritten): string {
  const all = `${rows.toLocaleString('en')} rows of the database`
  return files === 0 ? all : `${all} and ${files.toLocaleString('en')} files`
}

function isLeft(screen: Screen, { left, damaged }: Rewritten, how: string): number {
  screen.note(`Still ${how}: ${left.join(', ')}.`)
  for (const id of damaged) screen.note(`  ${id} has other bytes than were kept, and stays as it is.`)
  if (damaged.length > 0)
    screen.note('Put damaged files back from a backup, or delete them, and run this again.')
  else
    screen.note(
      'A process with another setting has written meanwhile: set it the same on all machines, restart them, and run this again.',
    )
  return EXIT.someFailed
}

function textOf({ of, done }: RewritingProgress): string {
  return `${of}: ${done.toLocaleString('en')} so far`
}
