import type { WebClient } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import type { Requester } from '../../messages/people.ts'
import type { OpenForm } from '../handlers/chat-handlers.ts'
import { call } from './call.ts'
import { metadataOf } from './decode.ts'
import { blocksOf } from './render.ts'
import { modalOf } from './render-form.ts'
import { slackTexts } from './texts.ts'

/** Forms and the home tab: the two places where Slack shows something that is not a message. */
export class Dialogs {
  constructor(private readonly client: WebClient) {}

  /** @param trigger what Slack opens a form for, for 3 s and once; empty where there was none */
  opener(trigger: string, { place, locale }: Requester): OpenForm {
    return (form: Form) => this.#open(trigger, modalOf(form, metadataOf(place)), locale)
  }

  async publish({ person }: Requester, prompt: Prompt): Promise<void> {
    const view = { type: 'home', blocks: blocksOf(prompt, crypto.randomUUID(), 'text') }
    const called = await call(this.client, 'views.publish', { user_id: person.id, view })
    if (called.kind === 'refused') throw new Error(`Slack refused the home tab: ${called.error}`)
  }

  async #open(trigger: string, view: object, locale: string): Promise<void> {
    if (trigger === '') throw new UserError(slackTexts(locale).needsButton)
    const called = await call(this.client, 'views.open', { trigger_id: trigger, view })
    if (called.kind === 'ok') return
    if (called.kind === 'refused' && !LATE.has(called.error))
      throw new Error(`Slack refused a form: ${called.error}`)
    throw new UserError(slackTexts(locale).askAgain)
  }
}

const LATE = new Set(['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id'])
