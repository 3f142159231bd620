import { UserError } from '../../engine/user-error.ts'
import { NEW_CLICK, parseClick } from '../../messages/click-ids.ts'
import { sentences } from '../../messages/limits.ts'
import type { Place, Requester } from '../../messages/people.ts'
import type { Prompt } from '../../messages/prompt.ts'
import type { ChatHandlers } from '../handlers/chat-handlers.ts'
import { byWizard, type IncomingFiles } from '../handlers/incoming-files.ts'
import { PendingWork } from '../handlers/pending-work.ts'
import type { SlackChat } from './chat.ts'
import type { SlackOrigin } from './decode.ts'
import type { Dialogs } from './dialogs.ts'
import type { SlackFileHint, SlackFiles } from './files.ts'
import { HomeTabs } from './home-tabs.ts'
import type { BotIdentity } from './identity.ts'
import type { Log } from '../log.ts'
import type { SlackPeople } from './people.ts'
import { slackTexts } from './texts.ts'

/** The chat handlers that Slack’s listeners use. */
export type SlackChatHandlers = Pick<ChatHandlers, 'receive' | 'click' | 'submit' | 'command' | 'home'>

export interface SlackHandlersParts {
  chatHandlers: SlackChatHandlers
  chat: SlackChat
  people: SlackPeople
  files: SlackFiles
  dialogs: Dialogs
  identity: BotIdentity
  log: Log
  /** for tests: how often open home tabs are refreshed */
  homeEveryMs?: number
}

export interface SlackFormAnswers {
  values: Record<string, string>
  files: SlackFileHint[]
}

/**
 * Between Slack’s payloads and the chat handlers: finds out who asks and where, refuses strangers, and answers every
 * failure with a message.
 */
export class SlackHandlers {
  readonly #pending = new PendingWork()
  readonly #homes: HomeTabs

  constructor(private readonly parts: SlackHandlersParts) {
    const { chatHandlers, dialogs, log, homeEveryMs } = parts
    this.#homes = new HomeTabs({
      content: (requester) => chatHandlers.home(requester),
      publish: (requester, prompts) => dialogs.publish(requester, prompts),
      log,
      ...(homeEveryMs !== undefined && { everyMs: homeEveryMs }),
    })
  }

  /**
   * @param sending identifies the message, so that several events about one sending start its wizards once
   * @param more.stored called once every wizard has its draft
   * @param more.answered the thread of a message
   */
  async receive(
    origin: SlackOrigin,
    files: SlackFileHint[],
    sending: string,
    { stored = () => {}, answered = [] }: { stored?: () => void; answered?: string[] } = {},
  ): Promise<void> {
    await this.#handle(origin, async (requester) => {
      const texts = slackTexts(requester.locale)
      if (files.length === 0) throw new UserError(texts.noFile, texts.noFileHint)
      const { chatHandlers } = this.parts
      const wizards = byWizard(await this.parts.files.named(files))
      let left = wizards.length
      const oneStored = () => {
        left -= 1
        if (left === 0) stored()
      }
      const all = wizards.map((each) =>
        chatHandlers.receive(requester, {
          ...this.#incoming(each, sending, requester.locale),
          stored: oneStored,
          answered,
        }),
      )
      await Promise.all(all)
    })
  }

  /** The first file, of which a workbook has its own, makes the source different for each wizard of one sending. */
  #incoming(files: SlackFileHint[], sending: string, locale: string): IncomingFiles {
    return {
      files: this.parts.files.sentFiles(files, locale),
      source: `${sending}:${files[0]?.id ?? ''}`,
    }
  }

  /** @param responseUrl of the click; empty on the home tab */
  async click(
    origin: SlackOrigin,
    id: string,
    values: string[],
    { trigger, responseUrl = '' }: { trigger: string; responseUrl?: string },
  ): Promise<void> {
    const { chat } = this.parts
    const showHere = responseUrl && ((prompt: Prompt) => chat.showHere(responseUrl, prompt))
    await this.#handle(origin, async (requester) => {
      await this.parts.chatHandlers.click(
        requester,
        id,
        values,
        this.parts.dialogs.opener(trigger, requester),
        showHere || undefined,
      )
      const isOnHome = !origin.channel && parseClick(id)?.of === 'task'
      if (isOnHome) await this.#homes.show(requester)
    })
  }

  async command(origin: SlackOrigin, verb: string, argument: string, trigger: string): Promise<void> {
    await this.#handle(origin, (requester) =>
      this.parts.chatHandlers.command(
        requester,
        verb,
        argument,
        this.parts.dialogs.opener(trigger, requester),
      ),
    )
  }

  /**
   * @param sending identifies the submitted form
   * @returns errors by field, for which the form stays open
   */
  async submit(
    origin: SlackOrigin,
    id: string,
    { values, files }: SlackFormAnswers,
    sending: string,
  ): Promise<Record<string, string> | undefined> {
    return this.#handle(origin, async (requester) => {
      if (id === NEW_CLICK && byWizard(files).length > 1) {
        void this.receive(origin, files, sending) // it is waited for, and answers its failures, by itself
        return undefined
      }
      const sent = files.length > 0 ? this.#incoming(files, sending, requester.locale) : undefined
      const { errors, done } = await this.parts.chatHandlers.submit(requester, id, values, sent)
      void this.#pending.track(done)
      return errors
    })
  }

  async home(origin: SlackOrigin): Promise<void> {
    const { people, dialogs } = this.parts
    const { person, refusal } = await people.identify(origin.actor)
    // On the tab itself: they have asked for nothing, so there is no message about it.
    if (refusal) await dialogs.publish({ person }, [sentences(refusal)])
    else await this.#handle(origin, (requester) => this.#homes.show(requester))
  }

  /** No home tab is refreshed any more. */
  stop(): void {
    this.#homes.stop()
  }

  /** Resolves when all started work is done. */
  idle(): Promise<void> {
    return this.#pending.idle()
  }

  #handle<T>(origin: SlackOrigin, work: (requester: Requester) => Promise<T>): Promise<T | undefined> {
    return this.#pending.track(this.#answered(origin, work))
  }

  async #answered<T>(
    origin: SlackOrigin,
    work: (requester: Requester) => Promise<T>,
  ): Promise<T | undefined> {
    let requester: Requester | undefined
    try {
      const { person, locale, refusal } = await this.parts.people.identify(origin.actor)
      requester = { person, locale, place: await this.#placeOf(origin) }
      if (refusal) throw new UserError(refusal)
      return await work(requester)
    } catch (fault) {
      await this.#explain(fault, origin, requester)
      return undefined
    }
  }

  async #placeOf({ channel, thread, actor }: SlackOrigin): Promise<Place> {
    const { identity, chat } = this.parts
    const { team, url } = identity
    const where = channel ?? (await chat.directChannel(actor.id))
    if (!thread) return { platform: 'slack', team, channel: where }
    const link = `${url}archives/${where}/p${thread.replace('.', '')}`
    return { platform: 'slack', team, channel: where, thread, link }
  }

  async #explain(fault: unknown, origin: SlackOrigin, requester: Requester | undefined): Promise<void> {
    const { chat, log } = this.parts
    const { actor } = origin
    const sentence = fault instanceof UserError ? [fault.message, fault.hint].filter(Boolean).join(' ') : ''
    const id = crypto.randomUUID().slice(0, 8)
    if (!sentence)
      log.error({ err: fault, id, user: actor.id }, 'something a person asked for in Slack failed')
    if (!requester) return
    const { thread, ...channel } = requester.place
    const visiblePlace = thread && !origin.beginsThread ? requester.place : channel
    const sent = await chat.tell(visiblePlace, requester.person, {
      title: '',
      lines: [[sentence || slackTexts(requester.locale).fault(id)]],
      selects: [],
      buttons: [],
    })
    if (sent.kind !== 'ok') log.warn({ user: actor.id, ...sent }, 'a person in Slack could not be notified')
  }
}
