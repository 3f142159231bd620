import { UserError } from '../../engine/user-error.ts'
import { parseClick } from '../../messages/click-ids.ts'
import type { Place, Asker } from '../../messages/people.ts'
import type { Desk } from '../handlers/chat-handlers.ts'
import { UnderWay } from '../handlers/under-way.ts'
import type { DiscordChat } from './chat.ts'
import type { Origin } from './decode.ts'
import { notTaken, opener } from './dialogs.ts'
import type { FileHint, Files } from './files.ts'
import type { Log } from './log.ts'
import type { People } from './people.ts'
import { messageOf } from './render.ts'
import type { Reply } from './replies.ts'
import { discordWords } from './texts.ts'

/** What listeners call of it. */
export type DeskFace = Pick<Desk, 'receive' | 'click' | 'submit' | 'command' | 'choices' | 'localeOf'>

export interface DoorParts {
  desk: DeskFace
  chat: DiscordChat
  people: People
  files: Files
  log: Log
}

export interface Answers {
  values: Record<string, string>
  file?: FileHint
}

export interface Choice {
  value: string
  label: string
}

/**
 * Between Discord's events and the desk: finds out who asks and where, keeps out who does not belong here, names the
 * permissions that are missing, and sees to it that whatever goes wrong ends as a sentence, never in silence.
 */
export class Door {
  readonly #underWay = new UnderWay()

  constructor(private readonly parts: DoorParts) {}

  /** @param sending names the message or command, so that several events of one upload open one wizard */
  async receive(
    origin: Origin,
    { files, sending, workflowId }: { files: FileHint[]; sending: string; workflowId?: string },
    reply?: Reply,
  ): Promise<void> {
    await this.#attend(origin, reply, async (asker) => {
      const words = discordWords(asker.locale)
      if (files.length === 0) throw new UserError(words.noFile, words.noFileHint)
      if (origin.lacks.length > 0) throw new UserError(words.missing(origin.lacks), words.missingHint)
      const { desk, files: discordFiles } = this.parts
      const sendings = files.map((file) => ({
        ...discordFiles.sendingOf(file, `discord:${sending}:${file.id}`, asker.locale),
        ...(workflowId && { workflowId }),
      }))
      await Promise.all(sendings.map((each) => desk.receive(asker, each)))
    })
  }

  async click(origin: Origin, id: string, values: string[], reply: Reply): Promise<void> {
    await this.#attend(origin, reply, async (asker) => {
      const { desk } = this.parts
      await desk.click(asker, id, values, opener(reply, asker.locale))
      const click = parseClick(id)
      if (click?.of !== 'task' || click.verb === 'results' || !reply.isOnPrivate || reply.hasTold) return
      await desk.command(asker, 'status', click.id, opener(undefined, asker.locale))
    })
  }

  async command(
    origin: Origin,
    { verb, argument }: { verb: string; argument: string },
    reply?: Reply,
  ): Promise<void> {
    await this.#attend(origin, reply, (asker) =>
      this.parts.desk.command(asker, verb, argument, opener(undefined, asker.locale)),
    )
  }

  /** @param sending names the form that was sent off */
  async submit(
    origin: Origin,
    id: string,
    { answers, sending }: { answers: Answers; sending: string },
    reply: Reply,
  ): Promise<void> {
    await this.#attend(origin, reply, async (asker) => {
      const { desk, files } = this.parts
      const { values, file } = answers
      const sent = file && files.sendingOf(file, `discord:${sending}:${file.id}`, asker.locale)
      const sentOff = await desk.submit(asker, id, values, sent)
      if (sentOff.errors) {
        const prompt = notTaken(sentOff.errors, await sentOff.keep(), asker.locale)
        await reply.tell(messageOf(prompt))
      }
      await sentOff.done
    })
  }

  /** What may be chosen while a command is typed, as far as it has been. */
  async choices(origin: Origin, of: 'workflow' | 'task', typed: string): Promise<Choice[]> {
    const { people, desk } = this.parts
    const { person, locale, refusal } = await people.know(origin)
    if (refusal) return []
    const all = await desk.choices({ person, locale, place: placeOf(origin) }, of)
    const wanted = typed.trim().toLowerCase()
    return all.filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted))
  }

  /** Resolves when everything that was begun is done. */
  idle(): Promise<void> {
    return this.#underWay.idle()
  }

  async #attend(
    origin: Origin,
    reply: Reply | undefined,
    work: (asker: Asker) => Promise<void>,
  ): Promise<void> {
    if (reply) this.parts.chat.replies.note(origin.channel, origin.actor.id, reply)
    await this.#underWay.keep(this.#answered(origin, work).then(() => reply?.finish()))
  }

  async #answered(origin: Origin, work: (asker: Asker) => Promise<void>): Promise<void> {
    let asker: Asker | undefined
    try {
      const { person, locale, refusal } = await this.parts.people.know(origin)
      asker = { person, locale, place: placeOf(origin) }
      if (refusal) throw new UserError(refusal)
      await work(asker)
    } catch (fault) {
      await this.#explain(fault, origin, asker)
    }
  }

  async #explain(fault: unknown, { actor }: Origin, asker: Asker | undefined): Promise<void> {
    const { chat, log } = this.parts
    const sentence = fault instanceof UserError ? [fault.message, fault.hint].filter(Boolean).join(' ') : ''
    const id = crypto.randomUUID().slice(0, 8)
    if (!sentence)
      log.error({ err: fault, id, user: actor.id }, 'something a person asked for in Discord failed')
    if (!asker) return
    const told = await chat.tell(asker.place, asker.person, {
      title: '',
      lines: [[sentence || discordWords(asker.locale).fault(id)]],
      selects: [],
      buttons: [],
    })
    if (told.kind !== 'ok') log.warn({ user: actor.id, ...told }, 'a person in Discord could not be told')
  }
}

/** Where threads cannot hang, what is said stands in the channel itself, and that is its own thread. */
export function placeOf({ guild, channel, parent, ground }: Origin): Place {
  return {
    platform: 'discord',
    team: guild,
    channel: parent ?? channel,
    ...(ground !== 'channel' && { thread: channel }),
    link: `https://discord.com/channels/${guild || '@me'}/${channel}`,
  }
}
