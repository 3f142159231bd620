import { UserError } from '../../engine/user-error.ts'
import { run, type Job, type Rows } from './jobs.ts'
import type { WorkerReply, WorkerRequest } from './off-thread.ts'
import { FileRefusal } from '../read/refusal.ts'

// The worker's side of off-thread.ts: one job, one answer for each question.
declare const self: Worker

let job: Job | undefined
let conversation: AsyncGenerator<unknown, void, Rows | undefined> | undefined

self.addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  void answer(data).then((answer) => self.postMessage(answer))
})

async function answer(question: WorkerRequest): Promise<WorkerReply> {
  try {
    if (question.job) {
      job = question.job
      conversation = run(job)
    }
    if (!conversation) throw new Error('asked for more before there was a job')
    const { done, value } = await conversation.next(question.rows)
    return done ? { done: true } : { value }
  } catch (error) {
    return failure(error)
  }
}

function failure(error: unknown): WorkerReply {
  if (error instanceof FileRefusal) {
    const { message, hint } = error.toUserError(job && 'file' in job ? job.file.name : 'The file')
    return { refused: { message, ...(hint !== undefined && { hint }) } }
  }
  if (error instanceof UserError) {
    return { refused: { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) } }
  }
  return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
