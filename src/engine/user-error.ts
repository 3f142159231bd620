import { inEnglish, type Sentence } from './sentence.ts'

/** An error that a person can fix. Caught only where it is shown to people; every other error is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** in English */
  readonly hint: string | undefined
  /** the same two for a reader of any language */
  readonly says: { message: Sentence; hint?: Sentence }

  /**
   * @param message what is wrong and where, a sentence
   * @param hint what to do about it, a sentence
   */
  constructor(message: Sentence, hint?: Sentence) {
    super(inEnglish(message))
    this.hint = hint === undefined ? undefined : inEnglish(hint)
    this.says = { message, ...(hint !== undefined && { hint }) }
  }
}
