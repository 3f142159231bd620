import type { ExecutionStatus } from '../../src/engine/states.ts'
import type { TaskSpec } from './seed-plan.ts'

const FAILED_SHARE = 0.03

/** A task’s row at this index, as its database columns. */
export function seededRow(task: TaskSpec, index: number) {
  const { random } = task
  const row = index + 2 // below one heading row
  const number = task.number * 1_000 + index
  const status = statusOf(task, index)
  const isSettled = status === 'succeeded' || status === 'failed'
  // Most take seconds, some take long, like answers of a model.
  const seconds = isSettled ? Math.exp(random() * 2 + random() * 1.5) : null
  const attemptedAt = task.createdAt + 1_000 + index * 2_500
  const features = `Boils ${(number % 30) / 10} l in ${number % 7} min, keeps warm, switches itself off`
  return {
    id: `${task.id}.${row}`,
    task: task.id,
    row,
    status,
    cells: JSON.stringify([`SKU-${number}`, `Kettle ${number}`, features, 'formal']),
    inputs: JSON.stringify({ name: `Kettle ${number}`, features, tone: 'formal' }),
    outputs: status === 'succeeded' ? JSON.stringify({ text: `Kettle ${number}. ${ANSWER}` }) : null,
    error: status === 'failed' ? (ERRORS[Math.floor(random() * ERRORS.length)]?.(number) ?? '') : null,
    attempt: status === 'pending' || status === 'cancelled' ? 0 : 1,
    attemptedAt: isSettled || status === 'running' ? attemptedAt : null,
    finishedAt:
      seconds === null
        ? status === 'cancelled'
          ? task.createdAt + 300_000
          : null
        : Math.round(attemptedAt + seconds * 1_000),
    run: isSettled ? `run-${number}` : null,
    seconds,
    tokens: isSettled ? 200 + (number % 500) : null,
    priceNano: isSettled ? 400_000 : null,
    currency: isSettled ? 'USD' : null,
  }
}

function statusOf({ status, settled, random }: TaskSpec, index: number): ExecutionStatus {
  if (index < settled) return random() < FAILED_SHARE ? 'failed' : 'succeeded'
  if (status === 'cancelled') return 'cancelled'
  return status === 'running' && index < settled + 3 ? 'running' : 'pending'
}

const ANSWER = 'It boils fast, pours well, and keeps its heat for an hour; '.repeat(5)

const ERRORS: ((number: number) => string)[] = [
  () => 'The workflow failed: “The model refused the input.”',
  (number) => `The row took longer than ${200 + (number % 100)} s. Dify did not stop the run.`,
  (number) => `Dify failed (HTTP 500): “Internal error, request ${uuidOf(number)}”`,
  (number) => `The workflow failed: “'SKU-${number}' is not in the catalogue”`,
]

function uuidOf(number: number): string {
  return `6f1c2a90-5b7e-4d13-9c88-${number.toString(16).padStart(12, '0')}`
}
