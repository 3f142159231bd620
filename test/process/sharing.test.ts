import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openShelf } from '../support/runner-store.ts'
import { later } from '../support/bot.ts'
import { connectMachines } from '../support/connected-machines.ts'
import type { MachineSettings } from './sharing-machine.ts'

const LIMIT = 6
const CALL_MS = 100
const LEASE_MS = 2_000

/** A server that goes on with a call though its client is gone, as Dify does; and machines that call it. */
async function serverAndMachines() {
  const { dbs, url } = await connectMachines(1)
  const { workflow } = await openShelf({ db: dbs[0] })
  await dbs[0].updateTable('workflows').set({ call_limit: LIMIT }).execute()
  const underWay = new Map<string, number>()
  const seen = { most: 0 }
  const count = (machine: string, by: number) => underWay.set(machine, (underWay.get(machine) ?? 0) + by)
  const all = () => [...underWay.values()].reduce((sum, calls) => sum + calls, 0)
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const machine = new URL(request.url).pathname.slice(1)
      count(machine, 1)
      seen.most = Math.max(seen.most, all())
      await Bun.sleep(CALL_MS)
      count(machine, -1)
      return new Response('done')
    },
  })
  later(() => server.stop(true))
  const start = (machine: string) => {
    const settings: MachineSettings = {
      url,
      workflowId: workflow.id,
      server: server.url.origin,
      machine,
      lanes: 8,
      atOnce: LIMIT,
      leaseMs: LEASE_MS,
    }
    const script = join(import.meta.dir, 'sharing-machine.ts')
    const child = Bun.spawn(['bun', script, JSON.stringify(settings)], {
      stdout: 'inherit',
      stderr: 'inherit',
    })
    later(async () => {
      child.kill('SIGKILL')
      await child.exited
    })
    return child
  }
  const of = (machine: string) => underWay.get(machine) ?? 0
  /** Resolves when the machines have so many calls under way each. @returns after how many ms */
  const until = async (calls: Record<string, number>) => {
    const since = performance.now()
    while (!Object.entries(calls).every(([machine, some]) => of(machine) === some)) {
      if (performance.now() - since > 20_000) throw new Error(`never: ${JSON.stringify([...underWay])}`)
      await Bun.sleep(1)
    }
    return performance.now() - since
  }
  return { start, until, seen }
}

test('the limit of a workflow holds at the server, whatever becomes of the machines that share it', async () => {
  const { start, until, seen } = await serverAndMachines()
  const [a, b, c] = [start('a'), start('b'), start('c')]
  await until({ a: 2, b: 2, c: 2 })

  // What a machine held that was killed comes back once its line has expired.
  a.kill('SIGKILL')
  const took = await until({ a: 0, b: 3, c: 3 })
  expect(took).toBeGreaterThan(LEASE_MS / 2)
  expect(seen.most).toBe(LIMIT)

  // One that was frozen for longer than that starts nothing before it has asked for its share again.
  b.kill('SIGSTOP')
  await until({ b: 0, c: 6 })
  b.kill('SIGCONT')
  await until({ b: 3, c: 3 })
  // It may have been frozen after it was given the slot for a call, and before it sent that.
  expect(seen.most).toBeLessThanOrEqual(LIMIT + 1)

  // One that leaves gives its share back at once.
  c.kill('SIGTERM')
  expect(await until({ b: 6, c: 0 })).toBeLessThan(LEASE_MS)
  expect(await c.exited).toBe(0)
})
