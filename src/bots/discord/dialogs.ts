import { UserError } from '../../engine/user-error.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import type { OpenForm } from '../handlers/chat-handlers.ts'
import { modalOf } from './render-form.ts'
import type { InteractionReply } from './replies.ts'
import { discordTexts } from './texts.ts'

/** @param reply where there is none, Discord opens no form */
export function opener(reply: InteractionReply | undefined, locale: string): OpenForm {
  return async (form) => {
    const texts = discordTexts(locale)
    if (!reply) throw new UserError(texts.needsButton)
    if (!(await reply.open(modalOf(form)))) throw new UserError(texts.askAgain)
  }
}

/**
 * Discord closes a form whatever is wrong with it: so what is wrong is told, with a button that opens it again. The
 * button's id is the form's own, which the wizard knows.
 * @param errors sentences by field
 * @param form undefined: it does not open any more
 */
export function rejectedForm(errors: Record<string, string>, form: Form | undefined, locale: string): Prompt {
  const texts = discordTexts(locale)
  const labels = new Map(form?.fields.map((field) => [field.id, field.label]))
  const label = 'file' in errors ? texts.fileAgain : texts.again
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
