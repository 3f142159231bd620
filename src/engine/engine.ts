import type { Again, SeenState } from './again.ts'
import type { GivenFile } from './files.ts'
import { randomInt } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { NotifyChoice } from './notify.ts'
import { checkParameters, type Range, RANGES } from './parameters.ts'
import type { TaskLimit } from './limits.ts'
import type { Run } from './run.ts'
import type { Cell, Constant, Inputs, LeftOutRow, Parameters, Task } from './task.ts'
import { say } from './sentence.ts'
import { UserError } from './user-error.ts'
import type { Workflow } from './workflow.ts'

/** What a person confirmed: which rows to run, through which workflow, with which parameters. */
export interface Submission {
  parameters: Partial<Parameters> & { name: string }
  workflow: Workflow
  /** with an id: it is stored already, because the draft has it */
  upload: { fileName: string } & (
    | { bytes: Uint8Array; files?: GivenFile[]; listsFiles?: boolean }
    | { id: string }
  )
  sheet: string
  /** the last row of the headings, from 1 */
  headingRow?: number
  headings: string[]
  /** what every row is sent besides its cells; it is among the inputs of each row */
  constants?: Constant[]
  rows: { row: number; cells: Cell[]; inputs: Inputs }[]
  /** rows that the check found faulty: not run, but listed in the result */
  leftOut: LeftOutRow[]
  owner: string
  /** who of a chat may act on the task */
  ownerKey?: string
  /** rows that send the same are called once, and have the same answer; default: yes */
  equalOnce?: boolean
  /** the columns that name a row, from 0, if a person chose them; absent: found */
  keyColumns?: number[]
  /** id of an earlier task: rows that send what a row of it has sent have its answer, and are not called */
  carryFrom?: { taskId: string; /** as the person was shown */ rows: number }
  /** how much it may cost, all its calls together; null: as much as it does; absent: what the workflow says */
  limit?: TaskLimit | null
  /** run so many rows, chosen to differ (trial.ts), or these, then pause */
  tryFirst?: number | readonly number[]
  /** who else is notified of its end; absent: as the settings say */
  notify?: NotifyChoice
  /** turned into the task in one transaction; if that is not possible, there is no task (DraftGone) */
  draft?: {
    id: string
    nonce: string
    /** the draft is a conversation in a chat, where a message will show the task's progress */
    inChat: boolean
  }
}

/** The draft of a submission has become a task already, was cancelled, or has changed since the submission. */
export class DraftGone extends Error {
  override readonly name = 'DraftGone'
}

/** Where tasks are stored. A move that is not allowed (states.ts) returns undefined and changes nothing. */
export interface TaskStore {
  /** @returns the task with `pauseAfter`, if rows are tried first */
  insert(task: Task, submission: Submission): Promise<Task>
  /** Both or neither, as a comparison. */
  insertPair(a: SubmittedTask, b: SubmittedTask): Promise<{ a: Task; b: Task }>
  find(id: string): Promise<Task | undefined>
  pause(id: string, by: string): Promise<Task | undefined>
  resume(id: string, by: string): Promise<Task | undefined>
  /** Undefined: it is not paused at this limit. */
  raise(id: string, limit: RaisedLimit, by: string): Promise<Task | undefined>
  stop(id: string, by: string): Promise<{ task: Task; inFlight: Run[] } | undefined>
  /**
   * @returns `waiting`: how many of these rows wait for a person; they are not called again
   * @throws NotAgain if it is not as somebody saw it
   */
  retry(
    id: string,
    rows: number[] | undefined,
    by: string,
    seen?: SeenState,
  ): Promise<{ task: Task; rows: number; waiting: number } | undefined>
  /** @throws NotAgain */
  runAgain(id: string, again: Again, by: string): Promise<{ task: Task; rows: number } | undefined>
  delete(id: string): Promise<boolean>
}

/** A limit, and what it becomes. */
export interface RaisedLimit {
  from: TaskLimit
  to: TaskLimit
}

/** A task to be stored, and what it is made of. */
export interface SubmittedTask {
  task: Task
  submission: Submission
}

/** What runs the tasks (queue/). */
export interface TaskRunner {
  /** A task waits or was changed: check now, not only at the next poll. */
  wake(): void
}

/** What people may do with tasks, whichever face they use: chat, page, API or command line. */
export class Engine {
  constructor(
    private readonly tasks: TaskStore,
    private readonly runner: TaskRunner,
    private readonly clock: Clock,
    private readonly ranges: Record<keyof typeof RANGES, Range> = RANGES,
  ) {}

  /**
   * Stores the task with all its rows, in one transaction.
   * @throws UserError if a parameter is out of range, the workflow is switched off or there are no rows
   * @throws DraftGone
   */
  async submit(submission: Submission): Promise<Task> {
    const inserted = await this.tasks.insert(await this.#newTask(submission), submission)
    this.runner.wake()
    return inserted
  }

  /**
   * Stores two tasks that run the same rows through two workflows, in one transaction.
   * @throws as `submit`
   */
  async submitPair(a: Submission, b: Submission): Promise<{ a: Task; b: Task }> {
    const taskA = await this.#newTask(a)
    const { uploadId } = taskA
    const taskB = { ...(await this.#newTask(b)), uploadId }
    const inserted = await this.tasks.insertPair(
      { task: taskA, submission: a },
      { task: taskB, submission: { ...b, upload: { fileName: b.upload.fileName, id: uploadId } } },
    )
    this.runner.wake()
    return inserted
  }

  async #newTask(submission: Submission): Promise<Task> {
    const parameters = checkParameters(submission.parameters, this.ranges)
    if (!submission.workflow.enabled)
      throw new UserError(say('workflow-switched-off', { workflow: submission.workflow.name }))
    if (submission.rows.length === 0) throw new UserError(say('no-row-to-run'), say('do-fix-and-send'))
    const { limit = submission.workflow.perTask } = submission
    return {
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
      ...(submission.constants && submission.constants.length > 0 && { constants: submission.constants }),
      ...(limit && { limit }),
      owner: submission.owner,
      ownerKey: submission.ownerKey ?? null,
      nonce: randomText(8),
      pauseAfter: null,
      stoppedEpoch: null,
      error: null,
      createdAt: this.clock.now(),
      startedAt: null,
      finishedAt: null,
    }
  }

  /** Starts no further row; rows in flight finish. @throws UserError if the task cannot be paused */
  async pause(id: string, by: string): Promise<Task> {
    return this.#moved(id, 'paused', await this.tasks.pause(id, by))
  }

  /**
   * Lets a paused, failed or stopped task continue. Of a comparison whose rows have run, this one goes on with all rows,
   * and the other is stopped.
   * @throws UserError if it cannot be resumed
   */
  async resume(id: string, by: string): Promise<Task> {
    return this.#moved(id, 'resumed', await this.tasks.resume(id, by))
  }

  /**
   * Lets a task that is paused at its limit cost more and continue, both or neither.
   * @throws UserError if it is not paused at this limit, because somebody else has just changed it
   */
  async raise(id: string, limit: RaisedLimit, by: string): Promise<Task> {
    const task = await this.tasks.raise(id, limit, by)
    if (!task) throw new UserError(say('task-not-at-limit', { task: (await this.#find(id)).name }))
    this.runner.wake()
    return task
  }

  /**
   * @returns the task, and the runs that may still go on at Dify. If a runner has the task, it asks Dify to stop them
   * @throws UserError if the task cannot be stopped
   */
  async stop(id: string, by: string): Promise<{ task: Task; inFlight: Run[] }> {
    const stopped = await this.tasks.stop(id, by)
    await this.#moved(id, 'stopped', stopped?.task)
    return stopped ?? { task: await this.#find(id), inFlight: [] }
  }

  /**
   * Lets failed rows run once more.
   * @param rows numbers of rows in the sheet; all failed rows if not given
   * @returns the task, and how many rows will run again
   * @throws UserError if none of them has failed; NotAgain if it is not as somebody saw it
   */
  async retry(
    id: string,
    by: string,
    rows?: number[],
    seen?: SeenState,
  ): Promise<{ task: Task; rows: number }> {
    const retried = await this.tasks.retry(id, rows, by, seen)
    if (!retried) throw new UnknownTask(id)
    if (retried.rows === 0 && retried.waiting > 0) {
      this.runner.wake()
      throw new UserError(say('rows-wait', { count: retried.waiting }), say('do-answer-or-stop'))
    }
    if (retried.rows === 0) {
      throw new UserError(rows ? say('none-of-rows-failed') : say('no-row-failed', { task: id }))
    }
    this.runner.wake()
    return retried
  }

  /**
   * Lets settled rows run once more, each of which is paid again.
   * @returns the task, and how many rows will run again
   * @throws NotAgain if one of them is not settled or has changed, or others would run along with them
   */
  async runAgain(id: string, by: string, again: Again): Promise<{ task: Task; rows: number }> {
    const done = await this.tasks.runAgain(id, again, by)
    if (!done) throw new UnknownTask(id)
    this.runner.wake()
    return done
  }

  /** Deletes the task with its rows, results and log. @throws UserError if it may still run */
  async delete(id: string): Promise<void> {
    if (await this.tasks.delete(id)) return
    const { status } = await this.#find(id)
    throw new UserError(
      say('task-cannot-be-deleted', { task: id, status: say(`status-${status}`) }),
      say('do-stop-first'),
    )
  }

  async #moved(id: string, done: 'paused' | 'resumed' | 'stopped', task: Task | undefined): Promise<Task> {
    if (task) {
      this.runner.wake()
      return task
    }
    const { status } = await this.#find(id)
    throw new UserError(say(`task-cannot-be-${done}`, { task: id, status: say(`status-${status}`) }))
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
/** Without vowels, so that no words appear, and without characters that look alike. */
const ALPHABET = '23456789bcdfghjkmnpqrstvwxz'

export class UnknownTask extends UserError {
  constructor(id: string) {
    super(say('no-such-task', { task: id }), say('do-see-tasks'))
  }
}

/** Random characters for ids that people may have to type. */
export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
