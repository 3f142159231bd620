import { UserError } from '../../engine/user-error.ts'
import { parseClick } from '../../messages/click-ids.ts'
import { sentences } from '../../messages/limits.ts'
import type { Place, Requester } from '../../messages/people.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { ChatHandlers } from '../handlers/chat-handlers.ts'
import type { ClickedMessage } from '../handlers/clicked-message.ts'
import { fileLinkIn } from '../handlers/file-links.ts'
import { FormNotOpened } from '../handlers/form-not-opened.ts'
import type { IncomingFiles } from '../handlers/incoming-files.ts'
import { PendingWork } from '../handlers/pending-work.ts'
import { rejectedForm } from '../handlers/rejected-form.ts'
import type { DiscordChat } from './chat.ts'
import type { DiscordOrigin, NoFile } from './decode.ts'
import { opener } from './dialogs.ts'
import type { DiscordFileHint, DiscordFiles } from './files.ts'
import type { Log } from '../log.ts'
import type { DiscordPeople } from './people.ts'
import { linkTo } from './posts.ts'
import { messageOf } from './render.ts'
import type { InteractionReply } from './replies.ts'
import { discordTexts } from './texts.ts'
import { faultText } from '../../messages/fault-text.ts'

/** The chat handlers that Discord’s listeners use. */
export type DiscordChatHandlers = Pick<
  ChatHandlers,
  'receive' | 'click' | 'submit' | 'command' | 'choices' | 'localeOf' | 'reopened'
>

export interface DiscordHandlersParts {
  chatHandlers: DiscordChatHandlers
  chat: DiscordChat
  people: DiscordPeople
  files: DiscordFiles
  /** false: another machine is connected by now, and has had the event, too */
  isOurs?: () => boolean
  log: Log
}

/** Files that were sent at once. */
export interface DiscordSending {
  files: DiscordFileHint[]
  /** identifies the message or command, so that several events about one sending start one wizard */
  sending: string
  /** its id, or words that were typed */
  workflow?: string
  /** ids of the message and of the thread that it answers */
  answered?: string[]
  /** what was sent that is no file */
  instead?: NoFile
  /** what was written with them */
  text?: string
}

export interface DiscordFormAnswers {
  values: Record<string, string>
  files: DiscordFileHint[]
}

export interface Choice {
  value: string
  label: string
}

/**
 * Between Discord’s events and the chat handlers: finds out who asks and where, refuses strangers, names missing
 * permissions, and answers every failure with a message.
 */
export class DiscordHandlers {
  readonly #pending = new PendingWork()

  constructor(private readonly parts: DiscordHandlersParts) {}

  async receive(
    origin: DiscordOrigin,
    { files, sending, workflow, answered, instead, text = '' }: DiscordSending,
    reply?: InteractionReply,
  ): Promise<void> {
    await this.#handle(origin, reply, async (requester) => {
      const texts = discordTexts(requester.locale)
      if (instead || files.length === 0) throw noFile({ instead, text }, requester.locale)
      if (origin.lacks.length > 0) throw new UserError(texts.missing(origin.lacks), texts.missingHint)
      await this.parts.chatHandlers.receive(requester, {
        ...this.#incoming(files, sending, requester.locale),
        ...(workflow && { workflow }),
        ...(answered && { answered }),
      })
    })
  }

  #incoming(files: DiscordFileHint[], sending: string, locale: string): IncomingFiles {
    return { files: this.parts.files.sentFiles(files, locale), source: `discord:${sending}` }
  }

  async click(origin: DiscordOrigin, id: string, values: string[], reply: InteractionReply): Promise<void> {
    await this.#handle(origin, reply, async (requester) => {
      const { chatHandlers } = this.parts
      await chatHandlers.click(requester, id, values, opener(reply, requester.locale), clickedBy(reply))
      const click = parseClick(id)
      if (click?.of !== 'task' || click.verb === 'results' || !reply.isOnPrivate || reply.hasAnswered) return
      await chatHandlers.command(requester, 'status', click.id, opener(undefined, requester.locale))
    })
  }

  async command(
    origin: DiscordOrigin,
    { verb, argument }: { verb: string; argument: string },
    reply?: InteractionReply,
  ): Promise<void> {
    await this.#handle(origin, reply, (requester) =>
      this.parts.chatHandlers.command(requester, verb, argument, opener(undefined, requester.locale)),
    )
  }

  /** @param sending identifies the submitted form */
  async submit(
    origin: DiscordOrigin,
    id: string,
    { answers, sending }: { answers: DiscordFormAnswers; sending: string },
    reply: InteractionReply,
  ): Promise<void> {
    await this.#handle(origin, reply, async (requester) => {
      const { values, files } = answers
      const sent = files.length > 0 ? this.#incoming(files, sending, requester.locale) : undefined
      const sentOff = await this.parts.chatHandlers.submit(requester, id, values, sent, clickedBy(reply))
      if (sentOff.errors) {
        // Discord has closed the form.
        const { again, fileAgain } = discordTexts(requester.locale)
        const label = 'file' in sentOff.errors ? fileAgain : again
        const prompt = rejectedForm(sentOff.errors, await sentOff.keep(), () => label)
        await reply.tell(messageOf(prompt))
      }
      await sentOff.done
    })
  }

  /** Suggestions while a command is being typed. */
  async choices(origin: DiscordOrigin, of: 'workflow' | 'task', typed: string): Promise<Choice[]> {
    const { people, chatHandlers } = this.parts
    const { person, locale, refusal } = await people.identify(origin)
    if (refusal) return []
    return chatHandlers.choices({ person, locale, place: placeOf(origin) }, of, typed)
  }

  /** Messages may be taken again in this channel or thread, or on the whole server. */
  async reopened(guild: string, channel?: string): Promise<void> {
    await this.#pending.track(this.parts.chatHandlers.reopened(guild, channel))
  }

  /** Resolves when all started work is done. */
  idle(): Promise<void> {
    return this.#pending.idle()
  }

  async #handle(
    origin: DiscordOrigin,
    reply: InteractionReply | undefined,
    work: (requester: Requester) => Promise<void>,
  ): Promise<void> {
    if (this.parts.isOurs?.() === false) return
    if (reply) this.parts.chat.replies.note(origin.channel, origin.actor.id, reply)
    await this.#pending.track(this.#answered(origin, work).then(() => reply?.finish()))
  }

  async #answered(origin: DiscordOrigin, work: (requester: Requester) => Promise<void>): Promise<void> {
    let requester: Requester | undefined
    try {
      const { person, locale, refusal } = await this.parts.people.identify(origin)
      requester = { person, locale, place: placeOf(origin) }
      if (refusal) throw new UserError(refusal)
      await work(requester)
    } catch (fault) {
      await this.#explain(fault, origin, requester)
    }
  }

  async #explain(fault: unknown, { actor }: DiscordOrigin, requester: Requester | undefined): Promise<void> {
    const { chat, log } = this.parts
    const sentence = fault instanceof UserError ? faultText(fault, textsFor(requester?.locale ?? 'en')) : ''
    const id = crypto.randomUUID().slice(0, 8)
    if (!sentence)
      log.error({ err: fault, id, user: actor.id }, 'something a person asked for in Discord failed')
    if (!requester) return
    const prompt =
      fault instanceof FormNotOpened
        ? fault.prompt
        : sentences(sentence || discordTexts(requester.locale).fault(id))
    await chat.tell(requester.place, requester.person, prompt)
  }
}

/** Undefined: a command, or a message that only its person sees, which becomes the answer. */
function clickedBy(reply: InteractionReply): ClickedMessage | undefined {
  if (!reply.messageId || reply.isOnPrivate) return undefined
  return { id: reply.messageId, show: (prompt) => reply.show(messageOf(prompt)) }
}

/** Where there can be no threads, answers go into the channel itself, which counts as its own thread. */
export function placeOf({ guild, channel, parent, ground, isPrivate }: DiscordOrigin): Place {
  return {
    platform: 'discord',
    team: guild,
    channel: parent ?? channel,
    ...(ground !== 'channel' && { thread: channel }),
    ...(isPrivate && { isPrivate }),
    link: linkTo(guild, channel),
  }
}

function noFile({ instead, text }: { instead: NoFile | undefined; text: string }, locale: string): UserError {
  const texts = discordTexts(locale)
  const link = fileLinkIn(text)
  if (link) return new UserError(textsFor(locale).files.links[link])
  return new UserError(instead ? texts.instead[instead] : texts.noFile, texts.noFileHint)
}
