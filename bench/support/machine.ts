import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import packageJson from '../../package.json'
import { median } from './figures.ts'

const FLUSHES = 50

/** The machine, without which the figures mean nothing. */
export function machineText(folder: string): string {
  const { undici, kysely } = packageJson.dependencies
  const sqlite = packageJson.dependencies['better-sqlite3']
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${process.platform} ${process.arch}`,
    `a flush to this disk takes ${flushMs(folder).toFixed(2)} ms`,
    `Bun ${Bun.version}, undici ${undici}, better-sqlite3 ${sqlite}, kysely ${kysely}`,
  ].join(' · ')
}

/** Every row waits for a flush: on a disk that does not flush, the figures mean nothing. */
function flushMs(folder: string): number {
  const file = openSync(join(folder, 'flush'), 'w')
  const times = Array.from({ length: FLUSHES }, () => {
    const before = performance.now()
    writeSync(file, 'x'.repeat(4096))
    fsyncSync(file)
    return performance.now() - before
  })
  closeSync(file)
  return median(times)
}
