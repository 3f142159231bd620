import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort } from './free-port.ts'

/** A Postgres server for tests, which ends with the process that started it, however that ends. */
export interface PostgresServer {
  /** of the database `postgres`, as its owner */
  url: string
  /** Starts it again after `stop`. */
  start(): Promise<void>
  /** As an admin does it (`fast`), or as a power cut does (`immediate`). */
  stop(how?: 'fast' | 'immediate'): Promise<void>
  /** Ends it for good, and deletes it. */
  remove(): Promise<void>
  /** a folder that belongs to the user that the server runs as; deleted with it */
  folder: string
  /** A command line as that user. */
  as(command: string[]): string[]
}

export interface PostgresOptions {
  /** further lines of its configuration */
  settings?: string
  /** where its data is, if it is not to be new; deleted with it */
  data?: string
  /** what it and the commands that it runs see */
  env?: Record<string, string>
}

export const NO_POSTGRES =
  'There is no Postgres on this machine. Install it (Debian: apt-get install postgresql), or set TEST_DATABASE_URL to an empty database of a server whose user may make databases.'

/** Where Debian and others put the programs; PATH comes first. */
const FOLDERS = [15, 16, 17, 18, 14].map((version) => `/usr/lib/postgresql/${version}/bin`)

/** The folder of the server's programs, `undefined` where there are none. */
export function postgresPrograms(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(':').filter(Boolean)
  return [...FOLDERS, ...onPath].find((folder) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
  )
}

/**
 * Starts a server of its own. Postgres does not run as root: then it runs as `postgres`, or as `nobody`.
 * @throws when the programs are missing: the message says how to get them
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error(NO_POSTGRES)
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-postgres-'))
  const data = options.data ?? join(folder, 'data')
  const user = process.getuid?.() === 0 ? unprivileged() : undefined
  if (user) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o755)
  const as = (command: string[]) =>
    user ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...command] : command

  if (options.data === undefined) init(programs)
  const port = await freePort()
  appendFileSync(join(data, 'postgresql.auto.conf'), SETTINGS + (options.settings ?? ''))

  function init(bin: string) {
    const [program = '', ...initArguments] = as([
      join(bin, 'initdb'),
      '-D',
      data,
      '-U',
      'rowbot',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ])
    const made = spawnSync(program, initArguments, { encoding: 'utf8', cwd: folder })
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  }

  const url = `postgres://rowbot@127.0.0.1:${port}/postgres`
  const lockFile = join(data, 'postmaster.pid')
  async function start() {
    const server = as([join(programs ?? '', 'postgres'), '-D', data, '-p', String(port), '-k', folder])
    // In a session of its own: a test runner ends the processes that it has started, but not those that watch it.
    const watch = `"$@" </dev/null >>"${join(folder, 'log')}" 2>&1 & server=$!
      while kill -0 ${process.pid} 2>/dev/null; do sleep 0.3; done
      kill -QUIT $server; wait $server; rm -rf "${folder}"`
    spawnSync('sh', ['-c', 'setsid sh -c "$0" sh "$@" </dev/null >/dev/null 2>&1 &', watch, ...server], {
      stdio: 'ignore',
      env: { ...process.env, ...options.env },
    })
    await untilAnswers(url, () => readFileSync(join(folder, 'log'), 'utf8'))
  }
  async function stop(how: 'fast' | 'immediate' = 'fast') {
    if (!existsSync(lockFile)) return
    const [pid = ''] = readFileSync(lockFile, 'utf8').split('\n')
    process.kill(Number(pid), how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    while (existsSync(lockFile)) await Bun.sleep(10)
  }
  await start()
  return {
    url,
    folder,
    as,
    start,
    stop,
    async remove() {
      await stop('immediate')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Without flushes: it must survive its own crashes, but not one of the machine. */
const SETTINGS = `
listen_addresses = '127.0.0.1'
fsync = off
synchronous_commit = on
full_page_writes = off
max_connections = 200
shared_buffers = 64MB
autovacuum_naptime = 10s
`

function unprivileged(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const found = ['postgres', 'nobody'].map((name) => users.find(([user]) => user === name)).find(Boolean)
  if (!found) throw new Error('Postgres does not run as root, and there is no user “postgres” or “nobody”.')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

async function untilAnswers(url: string, log: () => string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      return
    } catch (fault) {
      if (tries > 300) throw new Error(`Postgres did not start: ${log()}`, { cause: fault })
      await Bun.sleep(20)
    } finally {
      await client.end().catch(() => {})
    }
  }
}
