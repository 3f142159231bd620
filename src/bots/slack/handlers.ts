import { parseClick } from '../../messages/click-ids.ts'
import { within } from '../../engine/clock.ts'
import { UserError } from '../../engine/user-error.ts'
import { sentences } from '../../messages/limits.ts'
import type { Place, Requester } from '../../messages/people.ts'
import type { Option } from '../../messages/prompt.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { ChatHandlers } from '../handlers/chat-handlers.ts'
import { fileLinkIn } from '../handlers/file-links.ts'
import { FormNotOpened } from '../handlers/form-not-opened.ts'
import type { IncomingFiles } from '../handlers/incoming-files.ts'
import { rejectedForm } from '../handlers/rejected-form.ts'
import { PendingWork } from '../handlers/pending-work.ts'
import type { SlackChat } from './chat.ts'
import type { SlackOrigin } from './decode.ts'
import type { Dialogs } from './dialogs.ts'
import type { SlackFileHint, SlackFiles } from './files.ts'
import { HomeTabs } from './home-tabs.ts'
import type { BotIdentity } from './identity.ts'
import { LateFiles, type WaitingMessages } from './late-files.ts'
import type { Log } from '../log.ts'
import type { SlackPeople } from './people.ts'
import type { ReplyUrl } from './replies.ts'
import { slackTexts } from './texts.ts'
import { faultText } from '../../messages/fault-text.ts'

/** Slack waits 3 s for the options of a select. */
const SUGGEST_WITHIN_MS = 2_500

/** The chat handlers that Slack’s listeners use. */
export type SlackChatHandlers = Pick<
  ChatHandlers,
  'receive' | 'click' | 'submit' | 'suggest' | 'command' | 'home' | 'reopened'
>

export interface SlackHandlersParts {
  chatHandlers: SlackChatHandlers
  chat: SlackChat
  people: SlackPeople
  files: SlackFiles
  dialogs: Dialogs
  identity: BotIdentity
  log: Log
  /** for tests: how often open home tabs are refreshed */
  homeEveryMs?: number | undefined
  /** how long files of one message are waited for that come one by one */
  collectMs?: number | undefined
  /** messages that came without their files */
  waiting: WaitingMessages<LateMessage>
}

interface Received {
  stored: () => void
  answered: string[]
  text: string
}

/** A message that came without its files, for when they come. */
export interface LateMessage {
  origin: SlackOrigin
  sending: string
  answered: string[]
}

/** A form must open within 3 s, and whoever clicks is answered within one. */
const CLICK_PATIENCE_MS = 1_000
/** Slack waits 3 s for what is wrong with a form. */
const FORM_WITHIN_MS = 2_000

export interface SlackFormAnswers {
  values: Record<string, string>
  files: SlackFileHint[]
  /** the message whose click opened it; empty: none did */
  message: string
}

/**
 * Between Slack’s payloads and the chat handlers: finds out who asks and where, refuses strangers, and answers every
 * failure with a message.
 */
export class SlackHandlers {
  readonly #pending = new PendingWork()
  readonly #homes: HomeTabs
  readonly #late: LateFiles<LateMessage>

  constructor(private readonly parts: SlackHandlersParts) {
    const { chatHandlers, chat, dialogs, files, log, homeEveryMs, collectMs, waiting } = parts
    this.#homes = new HomeTabs({
      content: (requester) => chatHandlers.home(requester),
      publish: (requester, prompts) => dialogs.publish(requester, prompts),
      instead: async ({ place, person }, [first, ...others]) => {
        if (!first) return
        const lines = [first, ...others].flatMap((prompt) => prompt.lines)
        await chat.tell(place, person, { ...first, lines })
      },
      log,
      ...(homeEveryMs !== undefined && { everyMs: homeEveryMs }),
    })
    this.#late = new LateFiles({
      waiting,
      sharesOf: (file, channel) => files.sharesOf(file, channel),
      arrived: ({ origin, sending, answered }, found, stored) =>
        this.receive(origin, found, sending, { stored, answered }),
      collectMs,
    })
  }

  /**
   * @param sending identifies the message, so that several events about one sending start one wizard
   * @param more.stored called once the draft is stored
   * @param more.answered the thread of a message
   * @param more.text what was written with them
   */
  async receive(
    origin: SlackOrigin,
    files: SlackFileHint[],
    sending: string,
    { stored = () => {}, answered = [], text = '' }: Partial<Received> = {},
  ): Promise<void> {
    await this.#handle(origin, async (requester) => {
      if (files.length === 0) throw noFile(text, requester.locale)
      const named = await this.parts.files.named(files)
      const incoming = this.#incoming(named, sending, requester.locale)
      await this.parts.chatHandlers.receive(requester, { ...incoming, stored, answered })
    })
  }

  #incoming(files: SlackFileHint[], source: string, locale: string): IncomingFiles {
    return { files: this.parts.files.sentFiles(files, locale), source }
  }

  /** A message has no file; if Slack says later that it has one, that is received as if it had come with it. */
  async expectFiles(origin: SlackOrigin, ts: string, answered: string[]): Promise<void> {
    const { channel } = origin
    if (!channel) return
    const expecting = this.#late.expect(channel, ts, { origin, sending: `${channel}:${ts}`, answered })
    await expecting.catch((err: unknown) =>
      this.parts.log.warn({ err }, 'a message to which files may come could not be noted'),
    )
  }

  /** @param stored called once the draft is stored, or if nobody waits for the file */
  async fileShared(file: string, channel: string, stored: () => void): Promise<void> {
    await this.#pending.track(this.#late.shared(file, channel, stored))
  }

  /** @param reply the way to answer a click on a message */
  async click(
    origin: SlackOrigin,
    id: string,
    values: string[],
    { trigger, reply }: { trigger: string; reply?: ReplyUrl },
  ): Promise<void> {
    await this.#handle(
      origin,
      async (requester) => {
        await this.parts.chatHandlers.click(
          requester,
          id,
          values,
          this.parts.dialogs.opener(trigger, requester, reply?.message),
          this.parts.chat.clicked(reply),
        )
        const isOnHome = !origin.channel && parseClick(id)?.of === 'task'
        if (isOnHome) await this.#homes.show(requester)
      },
      CLICK_PATIENCE_MS,
    )
  }

  /**
   * What a select offers for what is being typed. Nothing, and no message, for those who may not use it: there is no
   * place for a sentence while somebody types.
   */
  async suggest(origin: SlackOrigin, id: string, typed: string): Promise<Option[]> {
    const { people, chatHandlers, log } = this.parts
    let options: Option[] = []
    const work = async () => {
      const { person, locale, refusal } = await people.identify(origin.actor)
      if (refusal || !origin.channel) return
      options = await chatHandlers.suggest({ person, locale, place: await this.#placeOf(origin) }, id, typed)
    }
    const asked = work().catch((fault: unknown) =>
      log.error({ err: fault, user: origin.actor.id }, 'the options of a select could not be found'),
    )
    await within(SUGGEST_WITHIN_MS, this.#pending.track(asked))
    return options
  }

  async command(origin: SlackOrigin, verb: string, argument: string, trigger: string): Promise<void> {
    const run = (requester: Requester) =>
      this.parts.chatHandlers.command(
        requester,
        verb,
        argument,
        this.parts.dialogs.opener(trigger, requester),
      )
    await this.#handle(origin, run, CLICK_PATIENCE_MS)
  }

  /**
   * @param sending identifies the submitted form
   * @returns errors by field, for which the form stays open; in time for Slack, which would say that it had failed. Later
   *   ones are told in a message, with a button that opens the form again.
   */
  async submit(
    origin: SlackOrigin,
    id: string,
    { values, files, message }: SlackFormAnswers,
    sending: string,
  ): Promise<Record<string, string> | undefined> {
    let isLate = false
    let errors: Record<string, string> | undefined
    const submitting = this.#handle(
      origin,
      async (requester) => {
        const sent = files.length > 0 ? this.#incoming(files, sending, requester.locale) : undefined
        const { chat, chatHandlers } = this.parts
        // Slack answers a form with no way to change a message; the click that opened it may still do so, unless the person
        // has clicked another one since.
        const last = chat.replies.last(requester.place.channel, origin.actor.id)
        const clicked = last?.message === message ? chat.clicked(last) : undefined
        const submitted = await chatHandlers.submit(requester, id, values, sent, clicked)
        void this.#pending.track(submitted.done)
        errors = submitted.errors
        if (!submitted.errors || !isLate) return
        const prompt = rejectedForm(submitted.errors, await submitted.keep(), ({ title }) => title)
        await chat.tell(requester.place, requester.person, prompt)
      },
      CLICK_PATIENCE_MS,
    )
    await within(FORM_WITHIN_MS, submitting)
    isLate = true
    return errors
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

  /** The bot is in this channel, and it takes messages. */
  async reopened(channel: string): Promise<void> {
    const { chatHandlers, identity } = this.parts
    await this.#pending.track(chatHandlers.reopened(identity.team, channel))
  }

  /** Was it the bot that this happened to? */
  isBot(user: string): boolean {
    return user === this.parts.identity.userId
  }

  /** Resolves when all started work is done. */
  idle(): Promise<void> {
    return this.#pending.idle()
  }

  /** @param patienceMs how long to wait for a busy Slack to say who this is */
  #handle<T>(
    origin: SlackOrigin,
    work: (requester: Requester) => Promise<T>,
    patienceMs?: number,
  ): Promise<T | undefined> {
    return this.#pending.track(this.#answered(origin, work, patienceMs))
  }

  async #answered<T>(
    origin: SlackOrigin,
    work: (requester: Requester) => Promise<T>,
    patienceMs?: number,
  ): Promise<T | undefined> {
    let requester: Requester | undefined
    try {
      const { person, locale, refusal } = await this.parts.people.identify(origin.actor, patienceMs)
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
    const sentence = fault instanceof UserError ? faultText(fault, textsFor(requester?.locale ?? 'en')) : ''
    const id = crypto.randomUUID().slice(0, 8)
    if (!sentence)
      log.error({ err: fault, id, user: actor.id }, 'something a person asked for in Slack failed')
    if (!requester) return
    const { thread, ...channel } = requester.place
    const visiblePlace = thread && !origin.beginsThread ? requester.place : channel
    const prompt =
      fault instanceof FormNotOpened
        ? fault.prompt
        : sentences(sentence || slackTexts(requester.locale).fault(id))
    await chat.tell(visiblePlace, requester.person, prompt)
  }
}

function noFile(text: string, locale: string): UserError {
  const link = fileLinkIn(text)
  if (link) return new UserError(textsFor(locale).files.links[link])
  const { noFile: message, noFileHint } = slackTexts(locale)
  return new UserError(message, noFileHint)
}
