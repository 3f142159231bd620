/** What one case of the engine bench prints, as JSON on one line. */
export interface Measured {
  /** from the order to the last row done */
  ms: number
  cpuMs: number
  peakMb: number
  /** of the task, where one was made */
  taskId?: string
}

/** CPU time of this process since `before`, in milliseconds. */
export function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Linux and Bun tell it in kB. */
export function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024
}
