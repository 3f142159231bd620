import { UserError } from '../../engine/user-error.ts'
import { run, type Job, type Rows } from './jobs.ts'
import type { Answer, Question } from './off-thread.ts'
import { Refusal } from '../read/refusal.ts'

// The worker's side of off-thread.ts: one job, one answer for each question.
declare const self: Worker

let job: Job | undefined
let conversation: AsyncGenerator<unknown, void, Rows | undefined> | undefined

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  void answer(data).then((answer) => self.postMessage(answer))
})

async function answer(question: Question): Promise<Answer> {
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

function failure(error: unknown): Answer {
  if (error instanceof Refusal) {
    const { message, hint } = error.toUserError(job && 'file' in job ? job.file.name : 'The file')
    return { refused: { message, ...(hint !== undefined && { hint }) } }
  }
  if (error instanceof UserError) {
    return { refused: { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) } }
  }
  return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
