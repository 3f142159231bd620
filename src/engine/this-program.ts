import { basename, join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }

/** Where Bun shows a single-file executable its own files: `/$bunfs/root`, `B:\~BUN\root` on Windows. */
const IN_EXECUTABLE = /^(?:\/\$bunfs|[A-Z]:\/~BUN)\//
/** `npm install -g`, the container image; `bun add -g`. */
const INSTALLED_FOR_ALL = /\/(?:lib|global)\/node_modules\/rowbot\//

/** The version of this Rowbot. */
export const VERSION: string = packageJson.version

/** What a person types to start this Rowbot. Sentences that name a command begin with it, so that they can be pasted. */
export const ROWBOT = callOf(Bun.main)

/** True in a single-file executable (`bun run build`). */
export const IS_EXECUTABLE = isExecutable(Bun.main)

/** @param main path of the file that was started, links resolved */
export function callOf(main: string): string {
  const path = main.replaceAll('\\', '/')
  if (isExecutable(main) || INSTALLED_FOR_ALL.test(path)) return 'rowbot'
  return path.includes('/node_modules/rowbot/') ? 'bunx rowbot' : 'bun rowbot'
}

function isExecutable(main: string): boolean {
  return IN_EXECUTABLE.test(main.replaceAll('\\', '/'))
}

/**
 * A file that comes with Rowbot and is read as it runs. In a single-file executable it is one of those that
 * scripts/build/compile.ts names, which are beside the code under their last name.
 * @param path from the folder of package.json
 */
export function ownFile(path: string): string {
  return IS_EXECUTABLE ? join(import.meta.dir, basename(path)) : join(import.meta.dir, '../..', path)
}
