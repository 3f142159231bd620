import { browserFor } from './check/browser.ts'
import { folderInMemory } from './check/memory-folder.ts'
import { withoutPostgres } from './check/postgres.ts'
import { thisMachine } from '../test/support/browser/find-browser.ts'
import { programForTests } from './check/program.ts'

/**
 * `bun run check`: format, lint, types, what nothing uses, tests; it ends at the first that fails.
 *
 *     bun run check --install    # gets a browser with apt-get first, if there is none and we are root on Debian
 */
const [flag, ...others] = process.argv.slice(2)
if ((flag !== undefined && flag !== '--install') || others.length > 0) {
  process.stderr.write(
    'bun run check takes no more than --install, which installs a browser if there is none.\n',
  )
  process.exit(1)
}

// The installation takes a minute or two, which is about as long as lint and types do; only the tests need it.
const browser = browserFor(thisMachine(), flag === '--install')
const program = programForTests(`${import.meta.dir}/..`)
await run('lint')
await browser
const leftOut = await withoutPostgres(`${import.meta.dir}/..`, process.env, (line) => console.log(line))
const TMPDIR = folderInMemory()
await run(
  'test',
  leftOut.map((path) => `--path-ignore-patterns=${path}`),
  { ...(await program), ...(TMPDIR !== undefined && { TMPDIR }) },
)

async function run(script: string, flags: string[] = [], env: Record<string, string> = {}): Promise<void> {
  const code = await Bun.spawn([process.execPath, 'run', script, ...flags], {
    env: { ...process.env, ...env },
    stdio: ['inherit', 'inherit', 'inherit'],
  }).exited
  if (code !== 0) process.exit(code)
}
