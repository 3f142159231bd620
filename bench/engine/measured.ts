import { existsSync, readFileSync } from 'node:fs'

/** What one case of the engine bench prints, as JSON on one line. */
export interface Measured {
  /** from submission to the last row done */
  ms: number
  cpuMs: number
  peakMb: number
  /** if the case made a task */
  taskId?: string
}

/** CPU time of this process since `before`, in milliseconds. */
export function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * Peak memory, from the kernel: maxRSS would include the parent’s memory before the start. Outside of Linux, maxRSS.
 */
export function peakMb(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : ''
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS) / 1024
}

const STATUS = '/proc/self/status'
