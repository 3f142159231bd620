import type { Command } from 'commander'
import type { Done, Io } from './screen.ts'

/** Commands that work on a data folder as it lies there: none of them opens it as the others do. */
export function addDataCommands(program: Command, { screen }: Pick<Io, 'screen'>, done: Done): void {
  program
    .command('backup')
    .description('write the database and its files to one file, while Rowbot runs')
    .argument('<file>', 'what is written: backup-2026-11-28.zip; there must be no such file')
    .option(
      '--with-keys',
      'with the secret key and the admin token, where they are in the data folder',
      false,
    )
    .action(async (file: string, flags: { withKeys: boolean }) => {
      const { backUp } = await import('./backup.ts')
      done(await backUp(await config(), file, flags, screen(false)))
    })

  program
    .command('restore')
    .description('put a backup into a data folder that has no database')
    .argument('<file>', 'what `backup` has written')
    .action(async (file: string) => {
      const { restore } = await import('./backup.ts')
      done(await restore(await config(), file, screen(false)))
    })

  program
    .command('migrate-to')
    .description('copy the data folder to an empty Postgres database, checked by counts and checksums')
    .argument(
      '[url]',
      'postgres://user:password@host/database; default: DATABASE_URL, which others cannot see',
    )
    .action(async (url: string | undefined) => {
      const { moveToPostgres } = await import('./migrate-to.ts')
      done(await moveToPostgres(await config(), url, screen(false)))
    })
}

async function config() {
  const { readConfig } = await import('../app/config.ts')
  return readConfig(process.env)
}
