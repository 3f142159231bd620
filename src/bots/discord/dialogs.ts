import { UserError } from '../../engine/user-error.ts'
import type { Form, Prompt } from '../../wizard/prompt.ts'
import type { Asker } from '../../wizard/wizard.ts'
import type { OpenForm } from '../desk.ts'
import { Bounded } from '../bounded.ts'
import { modalOf } from './render-form.ts'
import type { Reply } from './reply.ts'
import { discordWords } from './words.ts'

const REMEMBERED = 1_000

interface Opened {
  form: Form
  /** what was typed and not taken */
  typed?: Record<string, string>
}

/**
 * Forms. Discord closes one whatever is wrong with it: so what is wrong is told, with a button that opens the form
 * again as the person has left it. The button's id is the form's own, which the wizard knows; what was typed is only
 * remembered, and after a restart the form opens with what counts.
 */
export class Dialogs {
  readonly #opened = new Bounded<Opened>(REMEMBERED)

  opener(reply: Reply | undefined, { person, locale }: Asker): OpenForm {
    return async (form) => {
      const words = discordWords(locale)
      if (!reply) throw new UserError(words.needsButton)
      const key = keyOf(person.id, form.id)
      const { typed } = this.#opened.get(key) ?? {}
      this.#opened.set(key, { form, ...(typed && { typed }) })
      if (!(await reply.open(modalOf(form, typed)))) throw new UserError(words.askAgain)
    }
  }

  taken({ person }: Asker, id: string): void {
    this.#opened.delete(keyOf(person.id, id))
  }

  /** @param errors sentences by field */
  notTaken(
    { person, locale }: Asker,
    id: string,
    { errors, typed }: { errors: Record<string, string>; typed: Record<string, string> },
  ): Prompt {
    const key = keyOf(person.id, id)
    const form = this.#opened.get(key)?.form
    if (form) this.#opened.set(key, { form, typed })
    const words = discordWords(locale)
    const labels = new Map(form?.fields.map((field) => [field.id, field.label]))
    return {
      title: '',
      lines: Object.entries(errors).map(([field, sentence]) => {
        const label = labels.get(field)
        return label ? [{ bold: label }, `: ${sentence}`] : [sentence]
      }),
      selects: [],
      buttons: [{ id, label: 'file' in errors ? words.fileAgain : words.again, style: 'primary' }],
    }
  }
}

function keyOf(user: string, form: string): string {
  return `${user}:${form}`
}
