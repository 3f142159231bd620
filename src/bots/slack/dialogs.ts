import type { WebClient } from '@slack/web-api'
import type { Form, Prompt } from '../../messages/prompt.ts'
import type { Requester } from '../../messages/people.ts'
import type { OpenForm } from '../handlers/answers.ts'
import { FormNotOpened } from '../handlers/form-not-opened.ts'
import { call, type SlackCallResult } from './call.ts'
import { SLACK_LIMITS } from './limits.ts'
import { metadataOf } from './decode.ts'
import { blocksOf } from './render.ts'
import { modalOf } from './render-form.ts'
import { slackTexts } from './texts.ts'

/** Forms and the home tab: what Slack shows besides messages. */
export class Dialogs {
  constructor(private readonly client: WebClient) {}

  /**
   * @param trigger lets Slack open one form within 3 s; empty if there is none
   * @param clicked the message whose click opens it
   */
  opener(trigger: string, { place, locale }: Requester, clicked?: string): OpenForm {
    return async (form: Form) => {
      const { needsButton, askAgain, fileHint } = slackTexts(locale)
      if (trigger === '') throw new FormNotOpened(needsButton, form)
      const view = modalOf(form, metadataOf(place, clicked), fileHint)
      const called = await call(this.client, 'views.open', { trigger_id: trigger, view })
      if (called.kind === 'ok') return
      if (called.kind === 'refused' && !LATE.has(called.error))
        throw new Error(`Slack refused a form: ${called.error}`)
      throw new FormNotOpened(askAgain, form)
    }
  }

  /** Prompts one below the other. */
  publish({ person }: Pick<Requester, 'person'>, prompts: Prompt[]): Promise<SlackCallResult> {
    const stamp = crypto.randomUUID()
    const blocks = prompts.flatMap((prompt, i) => blocksOf(prompt, `${stamp}:${i}`, 'text'))
    const view = { type: 'home', blocks: blocks.slice(0, SLACK_LIMITS.blocksInView) }
    return call(this.client, 'views.publish', { user_id: person.id, view })
  }
}

/** The trigger is too old, or was used by another process: the next one works. */
const LATE = new Set([
  'expired_trigger_id',
  'trigger_expired',
  'exchanged_trigger_id',
  'trigger_exchanged',
  'invalid_trigger_id',
  'invalid_trigger',
])
