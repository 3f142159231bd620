import type { OpenForm } from '../handlers/answers.ts'
import { FormNotOpened } from '../handlers/form-not-opened.ts'
import { modalOf } from './render-form.ts'
import type { InteractionReply } from './replies.ts'
import { discordTexts } from './texts.ts'

/** @param reply undefined: Discord cannot open a form here */
export function opener(reply: InteractionReply | undefined, locale: string): OpenForm {
  return async (form) => {
    const texts = discordTexts(locale)
    if (!reply) throw new FormNotOpened(texts.needsButton, form)
    if (!(await reply.open(modalOf(form)))) throw new FormNotOpened(texts.askAgain, form)
  }
}
