import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

/** Linux has a file system in memory here; a container often one that is small, or from which nothing may be started. */
const IN_MEMORY = '/dev/shm'
/** Tests keep up to 1 GB at once. */
const NEEDED_BYTES = 4e9

/**
 * A folder for the temporary files of tests: they commit so often that on a disk they would wait for it half of the time. It
 * goes with this process.
 * @returns undefined where memory has no room for them
 */
export function folderInMemory(): string | undefined {
  let folder: string | undefined
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    if (Math.min(bavail * bsize, freemem()) < NEEDED_BYTES) return undefined
    folder = mkdtempSync(join(IN_MEMORY, 'rowbot-tests-'))
    chmodSync(folder, 0o755) // Postgres runs as another user
    writeFileSync(join(folder, 'program'), '#!/bin/sh\n', { mode: 0o755 })
    if (spawnSync(join(folder, 'program')).status === 0) return goesWithProcess(folder)
  } catch {
    // There is none, or it is not ours to write to.
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  return undefined
}

function goesWithProcess(folder: string): string {
  // After a whole run Bun's rmSync left some of it behind and said nothing; rm says what it cannot delete.
  process.on('exit', () => spawnSync('rm', ['-rf', folder], { stdio: ['ignore', 'ignore', 'inherit'] }))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
  return folder
}
