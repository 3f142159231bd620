import { UserError } from '../../engine/user-error.ts'
import type { Job, Rows } from './jobs.ts'

/** Main thread to worker: the job first, then “more”, with rows where the job takes them. */
export interface WorkerRequest {
  job?: Job
  rows?: Rows
}

/** Worker to main thread, one for each question. */
export type WorkerReply =
  | { value: unknown; done?: undefined; refused?: undefined; bug?: undefined }
  | { done: true; refused?: undefined; bug?: undefined }
  | { refused: { message: string; hint?: string }; bug?: undefined }
  | { bug: string; refused?: undefined }

/** What to tell a person when the worker does not answer any more. */
export interface WorkerErrors {
  tooSlow: UserError
  died: UserError
}

/**
 * A worker that does one job. It works only while it is asked, so a slow consumer holds it up instead of filling the
 * memory; and it is ended, whatever it does, when it is asked and does not answer in time.
 */
export class OffThread {
  readonly #worker: Worker
  readonly #errors: WorkerErrors
  #pending: { resolve: (answer: WorkerReply) => void; reject: (error: Error) => void } | undefined
  #dead = false

  constructor(errors: WorkerErrors, script: URL = new URL('./worker.ts', import.meta.url)) {
    this.#errors = errors
    this.#worker = new Worker(script)
    this.#worker.unref() // an answer that is waited for keeps the process, by its timer; a worker alone does not
    this.#worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) =>
      this.#settle()?.resolve(data),
    )
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#die()
    })
    this.#worker.addEventListener('close', () => this.#die())
  }

  /**
   * Asks, and waits for the answer.
   * @returns undefined when the job is done
   * @throws UserError where the job refuses, takes longer than `seconds`, or its worker dies; Error where it has a bug
   */
  async ask(question: WorkerRequest, seconds: number): Promise<{ value: unknown } | undefined> {
    if (this.#dead) throw this.#errors.died
    const answer = await new Promise<WorkerReply>((resolve, reject) => {
      const timer = setTimeout(() => this.#settle()?.reject(this.#errors.tooSlow), seconds * 1000)
      this.#pending = {
        resolve: (answer) => (clearTimeout(timer), resolve(answer)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      }
      this.#worker.postMessage(...withoutCopying(question))
    })
    if (answer.refused) throw new UserError(answer.refused.message, answer.refused.hint)
    if (answer.bug !== undefined) throw new Error(`in the workbook worker: ${answer.bug}`)
    return answer.done ? undefined : { value: answer.value }
  }

  /** Must be called in the end, whatever came of it. */
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
 * A message is copied byte by byte through a slow door: 50 MB hold the thread up for 70 ms. One plain copy, given away,
 * takes 10, and leaves the caller its own.
 */
function withoutCopying(question: WorkerRequest): [WorkerRequest, ArrayBuffer[]] {
  if (!question.job || !('file' in question.job)) return [question, []]
  const bytes = new Uint8Array(question.job.file.bytes) // not slice(): a Buffer's shares its memory
  const file = { name: question.job.file.name, bytes }
  return [{ job: { ...question.job, file } }, [bytes.buffer]]
}
