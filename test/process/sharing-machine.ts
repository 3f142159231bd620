import { ThrottleSharing } from '../../src/app/throttle-sharing.ts'
import { connectPostgres } from '../../src/db/postgres.ts'
import { REAL_CLOCK } from '../../src/engine/clock.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { Throttle } from '../../src/engine/throttle.ts'

/* A machine with some lanes that call a server without end. Its settings are its only argument, as JSON. */

export interface MachineSettings {
  url: string
  workflowId: string
  server: string
  machine: string
  lanes: number
  atOnce: number
  leaseMs: number
}

// `as`: the test that starts it has written it.
const settings = JSON.parse(process.argv[2] ?? '') as MachineSettings
const { url, workflowId, server, machine, lanes, atOnce, leaseMs } = settings
const db = connectPostgres(url, { connections: 2 })
const sharing = new ThrottleSharing({
  db,
  url,
  machine,
  clock: REAL_CLOCK,
  timing: DEFAULT_TIMING,
  shareTiming: { leaseMs, renewMs: leaseMs / 5, marginMs: leaseMs / 5 },
  onFault: (fault) => console.error(fault),
})
const throttle = sharing.join(
  workflowId,
  (others) => new Throttle({ atOnce }, REAL_CLOCK, DEFAULT_TIMING, Math.random, others),
)
const leaving = new AbortController()
process.on('SIGTERM', () => leaving.abort())
await Promise.all(Array.from({ length: lanes }, lane))
await sharing.close()
await db.destroy()

async function lane(): Promise<void> {
  for (;;) {
    const slot = await throttle.slot(leaving.signal)
    if (!slot) return
    await fetch(`${server}/${machine}`)
    slot.ended({ kind: 'succeeded', outputs: {}, usage: {} }, 'a row')
    slot.release()
  }
}
