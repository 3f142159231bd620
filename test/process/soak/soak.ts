import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { FaultName } from '../../../src/dify/sandbox/sandbox-fault.ts'
import { type Answer, World } from '../chaos/world.ts'

/** What the process takes at one moment. */
interface Measure {
  atMs: number
  /** after a garbage collection, as is the heap */
  rssMb: number
  heapMb: number
  /** plain ones: unlike the heap, they have no part in how far functions are compiled */
  objects: number
  /** files, sockets and the rest that it has open */
  handles: number
  databaseMb: number
  /** of the last stretch: how late timers were at the 99th percentile */
  lagMs: number
}

export interface SoakReport {
  measures: Measure[]
  tasks: number
  rows: number
  /** by the second half, for each minute */
  slopes: Record<string, number>
  /** of the machine, at the start and at the end */
  loads: number[]
}

const MEASURE_EVERY_MS = 15_000
const ROWS = 30
/** So many tasks stay; older ones are deleted, as a person clears up: else the database could only grow. */
const STAY = 10
const FAULTS: readonly FaultName[] = ['429', '500', 'cut', 'failed', '502', 'no-end', 'error']

/** One task after the other for so long, each a little different, with faults, people who look, and a chat. */
export async function soak(forMs: number): Promise<SoakReport> {
  const loads = [loadavg()[0] ?? 0]
  const world = await World.begin({ hasDisk: false })
  const measures: Measure[] = []
  const began = performance.now()
  const ids: string[] = []
  let tasks = 0
  for (let measureAt = 0; performance.now() - began < forMs; tasks++) {
    world.sandbox.misbehave(FAULTS[tasks % FAULTS.length] ?? '500', { times: 3, every: 4 })
    ids.push(await ran(world, tasks))
    if (ids.length > STAY) must(await world.ask('DELETE', `/api/batch/${ids.shift() ?? ''}`))
    const atMs = performance.now() - began
    if (atMs < measureAt) continue
    measures.push(await measured(world, atMs))
    measureAt = atMs + MEASURE_EVERY_MS
  }
  measures.push(await measured(world, performance.now() - began))
  loads.push(loadavg()[0] ?? 0)
  await world.end()
  const half = measures.filter(({ atMs }) => atMs >= forMs / 2)
  const slope = (of: (one: Measure) => number) => slopeOf(half.map((one) => [one.atMs / 60_000, of(one)]))
  return {
    measures,
    tasks,
    rows: tasks * ROWS,
    slopes: {
      'RSS MB': slope((one) => one.rssMb),
      'heap MB': slope((one) => one.heapMb),
      objects: slope((one) => one.objects),
      handles: slope((one) => one.handles),
      'database MB': slope((one) => one.databaseMb),
      'lag p99 ms': slope((one) => one.lagMs),
    },
    loads,
  }
}

/** One task, from its file to its result, with what people do meanwhile. @returns its id */
async function ran(world: World, number: number): Promise<string> {
  const lines = Array.from({ length: ROWS }, (_, i) => `Lamp ${number}-${i},kind ${i}`)
  const form = new FormData()
  form.append('file', new Blob([['Name,Features', ...lines].join('\n')]), `lamps-${number}.csv`)
  // `as`, here and below: our own API, by its schema.
  const { upload_id } = must(await world.ask('POST', '/api/batch/upload', { body: form })) as {
    upload_id: string
  }
  const order = { upload_id, concurrency: 5, retries: 3 }
  const { task_id: id } = must(await world.ask('POST', '/api/batch/execute', { body: order })) as {
    task_id: string
  }
  for (let look = 0; ; look++) {
    const { status } = must(await world.ask('GET', `/api/batch/${id}/status`)) as { status: string }
    if (status === 'completed') break
    if (look === number % 5) await world.ask('POST', `/api/batch/${id}/pause`)
    if (status !== 'running' && status !== 'pending') await world.ask('POST', `/api/batch/${id}/resume`)
    await world.ask('GET', `/api/batch/${id}/executions?page_size=50`)
    await Bun.sleep(100)
  }
  must(await world.ask('GET', `/api/batch/${id}/download`))
  must(await world.ask('GET', '/api/batch/'))
  return id
}

function must(answer: Answer | undefined): unknown {
  if (!answer || answer.status >= 300) throw new Error(`It answered ${JSON.stringify(answer)}`)
  return answer.body
}

async function measured(world: World, atMs: number): Promise<Measure> {
  const { folder, pid } = world
  const file = join(folder, 'measure.json')
  const before = existsSync(file) ? statSync(file).mtimeMs : 0
  process.kill(pid, 'SIGUSR2')
  while (!existsSync(file) || statSync(file).mtimeMs === before) await Bun.sleep(10)
  await Bun.sleep(50) // it is written in one go
  // `as`: measuring.ts has written it.
  const told = JSON.parse(readFileSync(file, 'utf8')) as {
    rss: number
    heap: number
    objects: number
    lagMs: number
  }
  const sizes = ['rowbot.db', 'rowbot.db-wal']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
  return {
    atMs,
    rssMb: told.rss / 2 ** 20,
    heapMb: told.heap / 2 ** 20,
    objects: told.objects,
    handles: readdirSync(`/proc/${pid}/fd`).length,
    databaseMb: sizes.reduce((sum, path) => sum + statSync(path).size, 0) / 2 ** 20,
    lagMs: told.lagMs,
  }
}

/** Least squares. */
function slopeOf(points: [number, number][]): number {
  const mean = (of: (point: [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / Math.max(points.length, 1)
  const x0 = mean(([x]) => x)
  const y0 = mean(([, y]) => y)
  const square = points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0)
  return square === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0) / square
}
