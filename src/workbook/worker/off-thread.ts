import { UserError } from '../../engine/user-error.ts'
import type { Job, Rows } from './jobs.ts'

/** Main thread to worker: first the job, then requests for more, with rows if the job takes them. */
export interface WorkerRequest {
  job?: Job
  rows?: Rows
}

/** Worker to main thread, one for each question. After `done` and `refused` it may have another job. */
export type WorkerReply =
  | { value: unknown; done?: undefined; refused?: undefined; bug?: undefined }
  | { done: true; refused?: undefined; bug?: undefined }
  | { refused: UserError['says']; done?: undefined; bug?: undefined }
  | { bug: string; done?: undefined; refused?: undefined }

/** Messages for a person if the worker does not answer any more. */
export interface WorkerErrors {
  tooSlow: UserError
  died: UserError
}

/**
 * A worker that does one job at a time. It works only while it is asked, so a slow consumer holds it up instead of
 * filling the memory; and it is ended, whatever it does, when it is asked and does not answer in time.
 */
export class OffThread {
  readonly #worker: Worker
  #errors: WorkerErrors
  #pending: { resolve: (answer: WorkerReply) => void; reject: (error: Error) => void } | undefined
  #dead = false
  #isFree = false

  constructor(errors: WorkerErrors, script: URL = new URL('./worker.ts', import.meta.url)) {
    this.#errors = errors
    this.#worker = new Worker(script)
    this.#worker.unref() // a pending answer keeps the process alive, by its timer; an idle worker does not
    this.#worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) =>
      this.#settle()?.resolve(data),
    )
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#die()
    })
    this.#worker.addEventListener('close', () => this.#die())
  }

  /** It has done its job, or refused it, and may have another. */
  get isFree(): boolean {
    return this.#isFree && !this.#dead
  }

  /** For the next job. */
  begin(errors: WorkerErrors): void {
    this.#errors = errors
  }

  /**
   * Sends a request and waits for the answer.
   * @returns undefined when the job is done
   * @throws UserError if the job refuses, takes longer than `seconds`, or its worker dies; Error for a bug
   */
  async ask(question: WorkerRequest, seconds: number): Promise<{ value: unknown } | undefined> {
    if (this.#dead) throw this.#errors.died
    this.#isFree = false
    const answer = await new Promise<WorkerReply>((resolve, reject) => {
      const timer = setTimeout(() => this.#settle()?.reject(this.#errors.tooSlow), seconds * 1000)
      this.#pending = {
        resolve: (answer) => (clearTimeout(timer), resolve(answer)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      }
      this.#worker.postMessage(...withoutCopying(question))
    })
    if (answer.done || answer.refused) this.#isFree = true
    if (answer.refused) throw new UserError(answer.refused.message, answer.refused.hint)
    if (answer.bug !== undefined) throw new Error(`in the workbook worker: ${answer.bug}`)
    return answer.done ? undefined : { value: answer.value }
  }

  /** This or `giveBack` must be called in the end, whatever came of it. */
  close(): void {
    this.#dead = true
    this.#worker.terminate()
  }

  #settle() {
    const pending = this.#pending
    this.#pending = undefined
    return pending
  }

  #die(): void {
    this.#dead = true
    this.#settle()?.reject(this.#errors.died)
  }
}

/**
 * Bun copies a posted message slowly: 50 MB block the thread for 70 ms. Making one copy here and transferring it
 * takes 10 ms, and the caller keeps its own bytes.
 */
function withoutCopying(question: WorkerRequest): [WorkerRequest, ArrayBuffer[]] {
  if (!question.job || !('file' in question.job)) return [question, []]
  const bytes = new Uint8Array(question.job.file.bytes) // not slice(): that of a Buffer shares its memory
  const file = { ...question.job.file, bytes }
  return [{ job: { ...question.job, file } }, [bytes.buffer]]
}
