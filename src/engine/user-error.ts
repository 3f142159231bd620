/** An error that a person can fix. Caught only where it is shown to people; every other error is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError'

  /**
   * @param message what is wrong and where, a sentence
   * @param hint what to do about it, a sentence
   */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message)
  }
}
