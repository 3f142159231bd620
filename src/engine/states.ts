/** Every state of a task, and the states that may follow it. The README shows this table. */
export const TASK_MOVES = {
  pending: ['running', 'paused', 'cancelled', 'failed'],
  running: ['completed', 'failed', 'cancelled', 'paused', 'pending'], // pending: its runner left; the next one takes it
  paused: ['pending', 'cancelled', 'completed'], // completed: its last rows were in flight when it was paused
  failed: ['pending', 'cancelled'], // pending: resumed, after a person has fixed what stopped it
  cancelled: ['pending'], // resumed: its cancelled rows wait again
  completed: ['pending'], // retried: its failed rows wait again, or others that a person chose; resumed: its cancelled rows do
} as const satisfies Record<string, readonly string[]>

/** The same for one row of a task. */
export const EXECUTION_MOVES = {
  pending: ['running', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'pending', 'waiting'],
  waiting: ['pending', 'failed', 'cancelled'], // its run waits for a person; pending: it goes on, and is followed to its end
  succeeded: ['pending'], // a person has looked at its outputs and runs it again
  failed: ['pending'],
  cancelled: ['pending'],
} as const satisfies Record<string, readonly string[]>

export type TaskStatus = keyof typeof TASK_MOVES
export type ExecutionStatus = keyof typeof EXECUTION_MOVES

/** The states from which a task may move to `to`; for the WHERE of the UPDATE that moves it. */
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
