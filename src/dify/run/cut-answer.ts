import type { Outcome } from '../../engine/outcome.ts'
import type { Usage } from '../../engine/run.ts'
import { say } from '../../engine/sentence.ts'

/**
 * An answer that Dify ended with no tokens: it was stopped half-way, or the process that wrote it died. Its cost is not
 * reported, but the provider bills the whole answer. The row is certainly not to blame if the app usually reports
 * tokens or we stopped it. Otherwise the attempt counts, so that an app that never reports tokens is not called for
 * ever.
 */
export function cutAnswer(text: string, { seconds }: Usage, isStopped: boolean): Outcome {
  return {
    kind: 'failed',
    error: text === '' ? say('answer-cut-at-start') : say('answer-cut', { characters: text.length }),
    usage: seconds === undefined ? {} : { seconds },
    ...(isStopped && { stopped: true }),
  }
}
