import { randomInt } from 'node:crypto'
import type { Clock } from './clock.ts'
import { checkParameters, type Range, RANGES } from './parameters.ts'
import type { TaskStatus } from './states.ts'
import type { Run } from './run.ts'
import type { Cell, Inputs, Parameters, Task } from './task.ts'
import { UserError } from './user-error.ts'
import type { Workflow } from './workflow.ts'

/** What a person confirmed: an upload's rows, through a workflow, with parameters. */
export interface Submission {
  parameters: Partial<Parameters> & { name: string }
  workflow: Workflow
  /** with an id: it is kept already, as the draft has it */
  upload: { fileName: string } & ({ bytes: Uint8Array } | { id: string })
  sheet: string
  /** the last row of the headings, from 1 */
  headingRow?: number
  headings: string[]
  rows: { row: number; cells: Cell[]; inputs: Inputs }[]
  /** rows that the check found faulty: not run, but kept for the result */
  leftOut: { row: number; cells: Cell[]; fault: string }[]
  owner: string
  /** who of a chat may act on the task */
  ownerKey?: string
  /** run the first row, then pause */
  tryFirst?: boolean
  /** becomes this task in the transaction that makes it, or there is no task: DraftGone */
  draft?: {
    id: string
    nonce: string
    /** it was held in a chat, where a message will show how far the task is */
    inChat: boolean
  }
}

/** The draft of an order has become a task already, or was cancelled, or changed since the order was made from it. */
export class DraftGone extends Error {
  override readonly name = 'DraftGone'
}

/** Where tasks are kept. A move that is not legal (states.ts) gives undefined and changes nothing. */
export interface TaskStore {
  insert(task: Task, submission: Submission): Promise<void>
  find(id: string): Promise<Task | undefined>
  pause(id: string, by: string): Promise<Task | undefined>
  resume(id: string, by: string): Promise<Task | undefined>
  stop(id: string, by: string): Promise<{ task: Task; inFlight: Run[] } | undefined>
  retry(id: string, rows: number[] | undefined, by: string): Promise<{ task: Task; rows: number } | undefined>
  delete(id: string): Promise<boolean>
}

/** Who runs tasks (queue/): told that one waits or was changed, it looks at once. */
export interface TaskRunner {
  wake(): void
}

/** What people may do with tasks, whichever face they use. */
export class Engine {
  constructor(
    private readonly tasks: TaskStore,
    private readonly runner: TaskRunner,
    private readonly clock: Clock,
    private readonly ranges: Record<keyof typeof RANGES, Range> = RANGES,
  ) {}

  /**
   * Writes the task with all its rows at once, or nothing.
   * @throws DraftGone
   */
  async submit(submission: Submission): Promise<Task> {
    const parameters = checkParameters(submission.parameters, this.ranges)
    if (!submission.workflow.enabled)
      throw new UserError(`The workflow “${submission.workflow.name}” is switched off.`)
    if (submission.rows.length === 0)
      throw new UserError('There is no row to run.', 'Fix the faults and send the file again.')
    const task: Task = {
      ...parameters,
      id: await this.#newId(),
      status: 'pending',
      epoch: 0,
      workflowId: submission.workflow.id,
      uploadId: 'id' in submission.upload ? submission.upload.id : crypto.randomUUID(),
      fileName: submission.upload.fileName,
      sheet: submission.sheet,
      headingRow: submission.headingRow ?? null,
      headings: submission.headings,
      owner: submission.owner,
      ownerKey: submission.ownerKey ?? null,
      nonce: randomText(8),
      pauseAfter:
        submission.tryFirst && submission.rows.length > 1 ? (submission.rows[0]?.row ?? null) : null,
      stoppedEpoch: null,
      error: null,
      createdAt: this.clock.now(),
      startedAt: null,
      finishedAt: null,
    }
    await this.tasks.insert(task, submission)
    this.runner.wake()
    return task
  }

  async pause(id: string, by: string): Promise<Task> {
    return this.#moved(id, 'paused', await this.tasks.pause(id, by))
  }

  /** Puts a paused, failed or stopped task back in line. */
  async resume(id: string, by: string): Promise<Task> {
    return this.#moved(id, 'resumed', await this.tasks.resume(id, by))
  }

  /** @returns the task, and the runs that may go on: its runner asks Dify to stop them, if there is one */
  async stop(id: string, by: string): Promise<{ task: Task; inFlight: Run[] }> {
    const stopped = await this.tasks.stop(id, by)
    await this.#moved(id, 'stopped', stopped?.task)
    return stopped ?? { task: await this.#find(id), inFlight: [] }
  }

  /**
   * Puts failed rows back in line, all or the given ones.
   * @param rows row numbers of the sheet
   */
  async retry(id: string, by: string, rows?: number[]): Promise<{ task: Task; rows: number }> {
    const retried = await this.tasks.retry(id, rows, by)
    if (!retried) throw new UnknownTask(id)
    if (retried.rows === 0) {
      throw new UserError(rows ? 'None of these rows has failed.' : `No row of task ${id} has failed.`)
    }
    this.runner.wake()
    return retried
  }

  /** Deletes the task with its rows, results and log. */
  async delete(id: string): Promise<void> {
    if (await this.tasks.delete(id)) return
    const { status } = await this.#find(id)
    throw new UserError(`Task ${id} is ${status} and cannot be deleted.`, 'Stop it first.')
  }

  async #moved(id: string, done: string, task: Task | undefined): Promise<Task> {
    if (task) {
      this.runner.wake()
      return task
    }
    const { status } = await this.#find(id)
    throw new UserError(`Task ${id} cannot be ${done}: it is ${STATUS_WORDS[status]}.`)
  }

  async #find(id: string): Promise<Task> {
    const task = await this.tasks.find(id)
    if (!task) throw new UnknownTask(id)
    return task
  }

  async #newId(): Promise<string> {
    for (let length = ID_CHARS; ; length++) {
      const id = randomText(length)
      if (!(await this.tasks.find(id))) return id
    }
  }
}

const ID_CHARS = 4
/** No vowels, so no words; none that look alike. */
const ALPHABET = '23456789bcdfghjkmnpqrstvwxz'

const STATUS_WORDS: Record<TaskStatus, string> = {
  pending: 'waiting to run',
  running: 'running',
  paused: 'paused',
  completed: 'completed',
  failed: 'stopped by a fault',
  cancelled: 'stopped',
}

export class UnknownTask extends UserError {
  constructor(id: string) {
    super(`There is no task ${id}.`, 'It may have been deleted. The list of tasks has every id.')
  }
}

/** For ids that people may have to type. */
export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
