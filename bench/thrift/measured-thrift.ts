import type { Measured } from '../engine/measured.ts'

/** What one case of the thrift bench prints, as JSON on one line. */
export interface MeasuredThrift extends Measured {
  /** CPU of hashing all rows once more, by itself */
  hashMs: number
  /** CPU of judging the finished task once more, with all that it reads */
  judgeMs: number
}
