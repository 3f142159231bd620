import type { Outcome } from '../../engine/outcome.ts'
import type { Usage } from '../../engine/run.ts'

/**
 * An answer that Dify ended without counting one token: it was stopped half-way, or the process that wrote it went. What
 * it cost is not told; the provider bills it to its end. Only where tokens are usual, or we had it stopped, is it
 * certain that the row is not to blame: else the attempt counts, so that an app which never tells them is not called
 * for ever.
 */
export function cutAnswer(text: string, { seconds }: Usage, isStopped: boolean): Outcome {
  const written = text === '' ? 'before its first word' : `after ${text.length} characters`
  return {
    kind: 'failed',
    error: `The answer was cut short ${written}: Dify ended it without counting its tokens.`,
    usage: seconds === undefined ? {} : { seconds },
    ...(isStopped && { stopped: true }),
  }
}
