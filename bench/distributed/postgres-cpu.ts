import { readdirSync, readFileSync } from 'node:fs'

/** Of `sysconf(_SC_CLK_TCK)`, on every Linux that is around. */
const TICK_MS = 10

/** The processes of the Postgres server to which this one belongs. */
export function processTreeOf(backend: number): { cpuMs: () => number } {
  const root = statOf(backend)?.parent
  return {
    cpuMs() {
      const server = root === undefined ? undefined : statOf(root)
      if (!server) return Number.NaN // not a Linux
      const children = readdirSync('/proc')
        .map((name) => statOf(Number(name)))
        .filter((stat) => stat?.parent === root)
      // Those that have ended are counted by their parent.
      return children.reduce((sum, stat) => sum + (stat?.ownMs ?? 0), server.ownMs + server.endedMs)
    },
  }
}

interface Stat {
  parent: number
  ownMs: number
  /** of its children that have ended */
  endedMs: number
}

/** proc_pid_stat(5) */
function statOf(pid: number): Stat | undefined {
  if (!Number.isInteger(pid)) return undefined
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [user, system, userEnded, systemEnded] = rest.slice(9, 13).map((ticks) => Number(ticks) * TICK_MS)
    return {
      parent: Number(parent),
      ownMs: (user ?? 0) + (system ?? 0),
      endedMs: (userEnded ?? 0) + (systemEnded ?? 0),
    }
  } catch {
    return undefined // it has just ended
  }
}
