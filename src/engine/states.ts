/** Every state a task can be in, and where it may go from there. The README draws this table. */
export const TASK_MOVES = {
  pending: ['running', 'paused', 'cancelled', 'failed'],
  running: ['completed', 'failed', 'cancelled', 'paused', 'pending'], // pending: its runner left, the next one takes it
  paused: ['pending', 'cancelled', 'completed'], // completed: its last rows were in flight when it was paused
  failed: ['pending', 'cancelled'], // resumed once what stopped it is fixed
  cancelled: ['pending'], // resumed: the rows that were cancelled wait again
  completed: ['pending'], // retried: its failed rows wait again; resumed: those that were cancelled before
} as const satisfies Record<string, readonly string[]>

/** The same for one row of it. */
export const EXECUTION_MOVES = {
  pending: ['running', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'pending'],
  succeeded: [],
  failed: ['pending'],
  cancelled: ['pending'],
} as const satisfies Record<string, readonly string[]>

export type TaskStatus = keyof typeof TASK_MOVES
export type ExecutionStatus = keyof typeof EXECUTION_MOVES

/** The states from which a task may go to `to`, for the WHERE of the UPDATE that moves it. */
export function taskStatesBefore(to: TaskStatus): TaskStatus[] {
  return statesBefore(TASK_MOVES, to)
}

export function executionStatesBefore(to: ExecutionStatus): ExecutionStatus[] {
  return statesBefore(EXECUTION_MOVES, to)
}

function statesBefore<S extends string>(moves: Record<S, readonly string[]>, to: S): S[] {
  const states = Object.keys(moves) as S[] // the keys of a record of S are S
  return states.filter((from) => moves[from].includes(to))
}
