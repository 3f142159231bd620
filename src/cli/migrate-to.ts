import type { Config } from '../app/config.ts'
import { migrateTo, type MovingProgress } from '../app/migrate-to.ts'
import { UserError } from '../engine/user-error.ts'
import { EXIT } from './end-code.ts'
import type { Screen } from './screen.ts'

/** Copies the data folder to Postgres, and says what to set from then on. */
export async function moveToPostgres(
  config: Config,
  given: string | undefined,
  screen: Screen,
): Promise<number> {
  const url = given ?? config.databaseUrl
  if (url === undefined)
    throw new UserError(
      'It is not said where to: neither a URL nor DATABASE_URL is given.',
      'rowbot migrate-to postgres://user:password@host/database',
    )
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new UserError(
      'This is no address of a Postgres database.',
      'It is like postgres://user:password@host/database. Write @ and / in the password as %40 and %2F.',
    )
  const moved = await migrateTo(config, url, {
    now: new Date(),
    onProgress: (progress) => screen.live(progressText(progress)),
  })
  screen.print(
    `Copied to Postgres (${moved.to}): ${moved.rows.toLocaleString('en')} rows of ${moved.tables} tables, ${moved.files} files. Counts and checksums of every table are the same there.`,
  )
  if (moved.changedTexts > 0)
    screen.note(
      `In ${moved.changedTexts} texts, characters that Postgres does not take (NUL, halves of pairs) were left out or replaced by �.`,
    )
  if (moved.missing > 0) screen.note(`${moved.missing} files that tasks refer to were no longer kept.`)
  screen.note('Now set, on every machine:')
  screen.note('  DATABASE_URL       the address you have just given')
  screen.note(
    config.secretKey === undefined
      ? `  ROWBOT_SECRET_KEY  the content of ${config.dataDir}/secret.key`
      : '  ROWBOT_SECRET_KEY  as it is set here',
  )
  screen.note(
    `${config.dataDir} is as it was. It does not start without DATABASE_URL any more: moved-to-postgres.txt in it says why.`,
  )
  return EXIT.done
}

function progressText(progress: MovingProgress): string {
  if ('files' in progress) return `Files: ${progress.files} of ${progress.of}`
  return `${progress.table}: ${progress.rows.toLocaleString('en')} rows`
}
