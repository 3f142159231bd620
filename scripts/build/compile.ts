import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { BunPlugin } from 'bun'
import { fileOf, type Target } from './targets.ts'

const ROOT = join(import.meta.dir, '../..')

/** What is read from a file as it runs. In the executable each is beside the code, under its last name (`ownFile`, `Assets`). */
const FILES = [
  'src/admin/assets',
  'node_modules/htmx.org/dist/htmx.min.js',
  'node_modules/htmx.org/dist/ext/hx-ptag.min.js',
  'samples/test_batch_data.xlsx',
].map((path) => join(ROOT, path))

/**
 * Makes a single-file executable: Bun, Rowbot, its packages, its SQLite module and its files.
 * @returns its path in `folder`
 */
export async function compile(target: Target, folder: string): Promise<string> {
  // Made elsewhere and moved: maps of the source are written beside an executable, which has them inside, too.
  const workplace = await mkdtemp(join(tmpdir(), 'rowbot-build-'))
  try {
    const made = join(workplace, fileOf(target))
    await Bun.build({
      entrypoints: [join(ROOT, 'src/main.ts'), join(ROOT, 'src/workbook/worker/worker.ts')],
      naming: '[name].[ext]',
      format: 'esm',
      // Names stay: libraries go by those of their classes, and a stack in the log is read by people.
      minify: { whitespace: true, syntax: true },
      sourcemap: 'inline',
      bytecode: true, // starts in 0.05 s instead of 0.18 s
      plugins: [sqliteOf(target)],
      compile: {
        target: target.runtime,
        outfile: made,
        assets: FILES,
        // `.env` of the folder where it is started is read, as `bun` does; nothing else there changes what it does.
        autoloadDotenv: true,
        autoloadBunfig: false,
      },
    })
    const path = join(folder, basename(made))
    await moved(made, path)
    return path
  } finally {
    await rm(workplace, { recursive: true, force: true })
  }
}

/** The package itself looks at run time for the module of its machine, in its own folder, which an executable does not have. */
function sqliteOf({ sqlite }: Target): BunPlugin {
  return {
    name: 'sqlite',
    setup(build) {
      build.onResolve({ filter: /^better-sqlite3$/ }, () => ({
        path: Bun.resolveSync(`better-sqlite3/${sqlite}`, ROOT),
      }))
    },
  }
}

/** Also onto another file system, and over an executable that runs. */
async function moved(from: string, to: string): Promise<void> {
  const beside = `${to}.part`
  await Bun.write(beside, Bun.file(from))
  await chmod(beside, 0o755)
  await rename(beside, to)
}
