import { UserError } from '../../engine/user-error.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import type { OpenForm } from '../handlers/chat-handlers.ts'
import { modalOf } from './render-form.ts'
import type { InteractionReply } from './replies.ts'
import { discordTexts } from './texts.ts'

/** @param reply undefined: Discord cannot open a form here */
export function opener(reply: InteractionReply | undefined, locale: string): OpenForm {
  return async (form) => {
    const texts = discordTexts(locale)
    if (!reply) throw new UserError(texts.needsButton)
    if (!(await reply.open(modalOf(form)))) throw new UserError(texts.askAgain)
  }
}

/**
 * Discord always closes a form when it is sent. Shows what is wrong, with a button that opens the form again; the
 * button’s id is the form’s own.
 * @param errors sentences by field
 * @param form undefined: it can no longer be opened
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
