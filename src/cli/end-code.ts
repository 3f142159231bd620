import type { TaskStatus } from '../engine/states.ts'

export const EXIT = { done: 0, couldNotRun: 1, someFailed: 2, interrupted: 130 } as const

/** True if `resume` can continue it: paused, stopped by a fault, or left by another process. */
export function goesOn(status: TaskStatus): boolean {
  return status !== 'completed' && status !== 'cancelled'
}

/** With what a command ends that has followed a task, here or elsewhere. */
export function endCode({
  status,
  total,
  succeeded,
  leftOut,
}: {
  status: TaskStatus
  total: number
  succeeded: number
  leftOut: number
}): number {
  if (status === 'paused' || status === 'running' || status === 'pending') return EXIT.interrupted
  if (status === 'failed') return EXIT.couldNotRun
  return succeeded === total && leftOut === 0 ? EXIT.done : EXIT.someFailed
}
