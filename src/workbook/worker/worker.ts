import { UserError } from '../../engine/user-error.ts'
import { run, type Job, type Rows } from './jobs.ts'
import type { WorkerReply, WorkerRequest } from './off-thread.ts'
import { FileRefusal } from '../read/refusal.ts'

// The worker's side of off-thread.ts: one job after the other, one answer for each question.
declare const self: Worker

let job: Job | undefined
let conversation: AsyncGenerator<unknown, void, Rows | undefined> | undefined

self.addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  void serve(data)
})

async function serve(question: WorkerRequest): Promise<void> {
  const reply = await answer(question)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  self.postMessage(reply)
  if (reply.done || reply.refused) forget()
}

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

/** What a large file has left behind does not lie here until the next one comes. With nothing left it takes 3 ms. */
function forget(): void {
  job = undefined
  conversation = undefined
  Bun.gc(true)
}

function failure(error: unknown): WorkerReply {
  if (error instanceof FileRefusal) {
    return { refused: error.toUserError(job && 'file' in job ? job.file.name : 'The file').says }
  }
  if (error instanceof UserError) return { refused: error.says }
  return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
