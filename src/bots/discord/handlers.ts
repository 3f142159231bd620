import { UserError } from '../../engine/user-error.ts'
import { NEW_CLICK, parseClick } from '../../messages/click-ids.ts'
import { sentences } from '../../messages/limits.ts'
import type { Place, Requester } from '../../messages/people.ts'
import type { ChatHandlers } from '../handlers/chat-handlers.ts'
import type { ClickedMessage } from '../handlers/clicked-message.ts'
import { FormNotOpened } from '../handlers/form-not-opened.ts'
import { byWizard, type IncomingFiles } from '../handlers/incoming-files.ts'
import { rejectedForm } from '../handlers/rejected-form.ts'
import { PendingWork } from '../handlers/pending-work.ts'
import type { DiscordChat } from './chat.ts'
import type { DiscordOrigin } from './decode.ts'
import { opener } from './dialogs.ts'
import type { DiscordFileHint, DiscordFiles } from './files.ts'
import type { Log } from '../log.ts'
import type { DiscordPeople } from './people.ts'
import { messageOf } from './render.ts'
import type { InteractionReply } from './replies.ts'
import { discordTexts } from './texts.ts'

/** The chat handlers that Discord’s listeners use. */
export type DiscordChatHandlers = Pick<
  ChatHandlers,
  'receive' | 'click' | 'submit' | 'command' | 'choices' | 'localeOf'
>

export interface DiscordHandlersParts {
  chatHandlers: DiscordChatHandlers
  chat: DiscordChat
  people: DiscordPeople
  files: DiscordFiles
  log: Log
}

/** Files that were sent at once. */
export interface DiscordSending {
  files: DiscordFileHint[]
  /** identifies the message or command, so that several events about one sending start its wizards once */
  sending: string
  workflowId?: string
  /** ids of the message and of the thread that it answers */
  answered?: string[]
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
    { files, sending, workflowId, answered }: DiscordSending,
    reply?: InteractionReply,
  ): Promise<void> {
    await this.#handle(origin, reply, async (requester) => {
      const texts = discordTexts(requester.locale)
      if (files.length === 0) throw new UserError(texts.noFile, texts.noFileHint)
      if (origin.lacks.length > 0) throw new UserError(texts.missing(origin.lacks), texts.missingHint)
      const all = byWizard(files).map((each) =>
        this.parts.chatHandlers.receive(requester, {
          ...this.#incoming(each, sending, requester.locale),
          ...(workflowId && { workflowId }),
          ...(answered && { answered }),
        }),
      )
      await Promise.all(all)
    })
  }

  /** The first file, of which a workbook has its own, makes the source different for each wizard of one sending. */
  #incoming(files: DiscordFileHint[], sending: string, locale: string): IncomingFiles {
    return {
      files: this.parts.files.sentFiles(files, locale),
      source: `discord:${sending}:${files[0]?.id ?? ''}`,
    }
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
      if (id === NEW_CLICK && byWizard(files).length > 1)
        return this.receive(origin, { files, sending }, reply)
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
    const all = await chatHandlers.choices({ person, locale, place: placeOf(origin) }, of)
    const wanted = typed.trim().toLowerCase()
    return all.filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted))
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
    const sentence = fault instanceof UserError ? [fault.message, fault.hint].filter(Boolean).join(' ') : ''
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
    link: `https://discord.com/channels/${guild || '@me'}/${channel}`,
  }
}
