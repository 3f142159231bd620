import { UserError } from '../../engine/user-error.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import type { OpenForm } from '../handlers/chat-handlers.ts'
import { modalOf } from './render-form.ts'
import type { Reply } from './replies.ts'
import { discordWords } from './texts.ts'

/** @param reply where there is none, Discord opens no form */
export function opener(reply: Reply | undefined, locale: string): OpenForm {
  return async (form) => {
    const words = discordWords(locale)
    if (!reply) throw new UserError(words.needsButton)
    if (!(await reply.open(modalOf(form)))) throw new UserError(words.askAgain)
  }
}

/**
 * Discord closes a form whatever is wrong with it: so what is wrong is told, with a button that opens it again. The
 * button's id is the form's own, which the wizard knows.
 * @param errors sentences by field
 * @param form undefined: it does not open any more
 */
export function notTaken(errors: Record<string, string>, form: Form | undefined, locale: string): Prompt {
  const words = discordWords(locale)
  const labels = new Map(form?.fields.map((field) => [field.id, field.label]))
  const label = 'file' in errors ? words.fileAgain : words.again
  return {
    title: '',
    lines: Object.entries(errors).map(([field, sentence]) => {
      const name = labels.get(field)
      return name ? [{ bold: name }, `: ${sentence}`] : [sentence]
    }),
    selects: [],
    buttons: form ? [{ id: form.id, label, style: 'primary' }] : [],
  }
}
