import { UserError } from '../../engine/user-error.ts'
import { PROMPT_LIMITS, sentences } from '../../messages/limits.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import { clip } from '../../messages/rich-text.ts'

/** The platform did not open a form. Its person is told so, with a button that opens it. */
export class FormNotOpened extends UserError {
  constructor(
    message: string,
    private readonly form: Pick<Form, 'id' | 'title'>,
  ) {
    super(message)
  }

  get prompt(): Prompt {
    const { id, title } = this.form
    const label = clip(title, PROMPT_LIMITS.buttonChars)
    return { ...sentences(this.message), buttons: [{ id, label, style: 'primary' }] }
  }
}
