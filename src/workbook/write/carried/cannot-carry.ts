import type { WhyNewCode } from '../../types.ts'

/** The person’s own workbook cannot be edited; `message` is the reason, to follow “because”. */
export class CannotCarry extends Error {
  override readonly name = 'CannotCarry'

  constructor(
    message: string,
    readonly code: WhyNewCode = 'unusual',
  ) {
    super(message)
  }
}
