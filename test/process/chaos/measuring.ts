import { heapStats } from 'bun:jsc'
import { renameSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { join } from 'node:path'

/*
 * Asked by SIGUSR2, the process writes down what it takes, after a garbage collection: measure.json in its data folder. How
 * late its timers were counts from one time to the next.
 */
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
const folder = process.env['ROWBOT_DATA_DIR'] ?? ''

process.on('SIGUSR2', () => {
  const lagMs = delay.percentile(99) / 1e6
  Bun.gc(true)
  const { rss, heapUsed } = process.memoryUsage()
  const objects = heapStats().objectTypeCounts['Object'] ?? 0
  const part = join(folder, 'measure.part')
  writeFileSync(part, JSON.stringify({ rss, heap: heapUsed, objects, lagMs }))
  renameSync(part, join(folder, 'measure.json'))
  delay.reset()
})
