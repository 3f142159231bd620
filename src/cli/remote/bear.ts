import { RowbotProblem } from '../../client/rowbot.ts'

const FIRST_WAIT_MS = 250
const MOST_WAIT_MS = 10_000
/** For a server that is started anew: 35 s of waits. */
const MOST_TIMES = 9

/**
 * Does again what breaks because the server is away for a while. Only for what changes nothing, or has a key that makes it
 * the same: an answer that was lost leaves it unknown whether it has been done.
 * @throws what it threw the last time, if the server stays away; and at once what another time would not change
 */
export async function bear<T>(work: () => Promise<T>): Promise<T> {
  for (let times = 1, ms = FIRST_WAIT_MS; ; times++, ms = Math.min(ms * 2, MOST_WAIT_MS)) {
    try {
      return await work()
    } catch (fault) {
      if (!mayPass(fault) || times >= MOST_TIMES) throw fault
    }
    await Bun.sleep(ms)
  }
}

function mayPass(fault: unknown): boolean {
  if (fault instanceof RowbotProblem) return fault.status >= 500 || fault.status === 429
  return connectionFault(fault) !== undefined
}

/** What broke of a connection, as the system names it (`ECONNRESET`). Undefined: the fault is no such one. */
export function connectionFault(fault: unknown): string | undefined {
  if (!(fault instanceof TypeError)) return undefined // fetch throws these
  const code: unknown = 'code' in fault ? fault.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Za-z_]+$/.test(code) ? code : undefined
}
