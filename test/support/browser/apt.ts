import { join } from 'node:path'

/** A package of Debian's, and the shell command that succeeds once it is there. */
export interface Wanted {
  name: string
  isThere: string
}

export interface AptOptions {
  env: Record<string, string | undefined>
  /** where the lock and the log lie: only root may write there, so that nobody can put a link in their way */
  folder: string
  /** says to whoever waits what is going on */
  tell: (words: string) => void
}

const INSTALL_SECONDS = 600

/**
 * Many tests may want it at the same time, in many processes: one installs, the others wait for it. The lock is the
 * kernel's, so it goes with the process that holds it, however that ends.
 *
 * Without an update a new container knows no package at all; where the update fails (another apt is at it), what is known
 * already may do.
 */
const SCRIPT = `
exec >"$3" 2>&1
if eval "$2"; then exit 0; fi
apt-get update
exec apt-get -o DPkg::Lock::Timeout=${INSTALL_SECONDS} install -y --no-install-recommends "$1"
`

/** Installs it with apt, once on this machine. True when it is there in the end. */
export async function aptInstall(wanted: Wanted, { env, folder, tell }: AptOptions): Promise<boolean> {
  const lock = join(folder, 'rowbot-tests-apt.lock')
  const log = join(folder, 'rowbot-tests-apt.log')
  tell(`Installing ${wanted.name} with apt-get, which may take minutes (its words: ${log}).`)
  const script = ['sh', '-c', SCRIPT, 'sh', wanted.name, wanted.isThere, log]
  // timeout ends the whole group; a time limit of Bun.spawn would end flock and leave apt to itself.
  const apt = Bun.spawn(['timeout', `${INSTALL_SECONDS}`, 'flock', lock, ...script], {
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  })
  return (await apt.exited) === 0
}
