import type { Outcome } from '../../engine/outcome.ts'
import type { Usage } from '../../engine/run.ts'

/**
 * An answer that Dify ended with no tokens: it was stopped half-way, or the process that wrote it died. Its cost is not
 * reported, but the provider bills the whole answer. The row is certainly not to blame if the app usually reports
 * tokens or we stopped it. Otherwise the attempt counts, so that an app that never reports tokens is not called for
 * ever.
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
