import type { Config } from '../app/config.ts'
import { type Backup, makeBackup, restoreBackup } from '../app/backup.ts'
import { EXIT } from './end-code.ts'
import type { Screen } from './screen.ts'

/** Writes a backup of the data folder while Rowbot runs, and says what is in it. */
export async function backUp(
  config: Config,
  path: string,
  { withKeys }: { withKeys: boolean },
  screen: Screen,
): Promise<number> {
  const backup = await makeBackup(config, path, { withKeys, now: new Date() })
  screen.print(`${path}: ${contentOf(backup)}, ${sizeText(backup.size)}. It was read again and is complete.`)
  if (backup.missing > 0)
    screen.note(
      `${filesText(backup.missing)} that a task refers to ${backup.missing === 1 ? 'is' : 'are'} no longer kept.`,
    )
  screen.note(
    withKeys
      ? 'It has the secret key: whoever has it can use the workflows’ keys. Keep it where nobody else reads it.'
      : 'The secret key is not in it. Keep a copy of secret.key, or of ROWBOT_SECRET_KEY, elsewhere: without it the workflows’ keys are lost.',
  )
  return EXIT.done
}

/** Puts a backup into an empty data folder, and says what happens when Rowbot is started on it. */
export async function restore(config: Config, path: string, screen: Screen): Promise<number> {
  const backup = await restoreBackup(config, path)
  const { about } = backup
  screen.print(
    `Restored to ${config.dataDir}: ${contentOf(backup)}, as of ${about.madeAt} (Rowbot ${about.version}).`,
  )
  if (backup.missing > 0)
    screen.note(`${filesText(backup.missing)} that a task refers to did not come with it.`)
  const going = (about.tasks['running'] ?? 0) + (about.tasks['pending'] ?? 0)
  if (going > 0)
    screen.note(
      `${going === 1 ? '1 task goes' : `${going} tasks go`} on when Rowbot is started. Rows that ran since the backup are looked up in Dify first, and not called again where Dify has their results.`,
    )
  if (backup.key !== 'opens') screen.note(keyText(backup.key, config.dataDir))
  return EXIT.done
}

function keyText(key: 'missing' | 'other', dataDir: string): string {
  const set = `put secret.key into ${dataDir}, or set ROWBOT_SECRET_KEY to the key used before`
  if (key === 'missing') return `Before the start, ${set}.`
  return `The secret key here is another than that of the backup. Before the start, ${set}. If it is lost, see “A lost secret key” in docs/operate.md.`
}

function contentOf({ about, files }: Backup): string {
  const tasks = Object.values(about.tasks).reduce((sum, count) => sum + count, 0)
  return `${tasks === 1 ? '1 task' : `${tasks} tasks`} and ${filesText(files)}`
}

function filesText(count: number): string {
  return count === 1 ? '1 file' : `${count} files`
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
