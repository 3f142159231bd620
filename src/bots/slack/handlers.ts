import { UserError } from '../../engine/user-error.ts'
import type { Place, Asker } from '../../messages/people.ts'
import type { Desk } from '../handlers/chat-handlers.ts'
import { UnderWay } from '../handlers/under-way.ts'
import type { SlackChat } from './chat.ts'
import type { Origin } from './decode.ts'
import type { Dialogs } from './dialogs.ts'
import type { FileHint, Files } from './files.ts'
import type { Identity } from './identity.ts'
import type { Log } from './log.ts'
import type { People } from './people.ts'
import { slackWords } from './texts.ts'

/** What listeners call of it. */
export type DeskFace = Pick<Desk, 'receive' | 'click' | 'submit' | 'command' | 'home'>

export interface DoorParts {
  desk: DeskFace
  chat: SlackChat
  people: People
  files: Files
  dialogs: Dialogs
  identity: Identity
  log: Log
}

export interface Answers {
  values: Record<string, string>
  file?: FileHint
}

/**
 * Between Slack's payloads and the desk: finds out who asks and where, keeps out who does not belong here, and sees to
 * it that whatever goes wrong ends as a sentence for the person, never in silence.
 */
export class Door {
  readonly #underWay = new UnderWay()

  constructor(private readonly parts: DoorParts) {}

  /**
   * @param sending names the message, so that several events of one upload open one wizard
   * @param kept called once every file has its draft
   */
  async receive(
    origin: Origin,
    files: FileHint[],
    sending: string,
    kept: () => void = () => {},
  ): Promise<void> {
    let left = files.length
    const oneKept = () => {
      left -= 1
      if (left === 0) kept()
    }
    await this.#attend(origin, async (asker) => {
      const words = slackWords(asker.locale)
      if (files.length === 0) throw new UserError(words.noFile, words.noFileHint)
      const { desk, files: slackFiles } = this.parts
      const sendings = files.map((file) => ({
        ...slackFiles.sendingOf(file, `${sending}:${file.id}`, asker.locale),
        kept: oneKept,
      }))
      await Promise.all(sendings.map((each) => desk.receive(asker, each)))
    })
  }

  async click(origin: Origin, id: string, values: string[], trigger: string): Promise<void> {
    await this.#attend(origin, async (asker) => {
      await this.parts.desk.click(asker, id, values, this.parts.dialogs.opener(trigger, asker))
      if (!origin.channel) await this.#showHome(asker)
    })
  }

  async command(origin: Origin, verb: string, argument: string, trigger: string): Promise<void> {
    await this.#attend(origin, (asker) =>
      this.parts.desk.command(asker, verb, argument, this.parts.dialogs.opener(trigger, asker)),
    )
  }

  /**
   * @param sending names the form that was sent off
   * @returns faults by field, for the form to stay open with
   */
  async submit(
    origin: Origin,
    id: string,
    { values, file }: Answers,
    sending: string,
  ): Promise<Record<string, string> | undefined> {
    return this.#attend(origin, async (asker) => {
      const { desk, files } = this.parts
      const sent = file && files.sendingOf(file, `${sending}:${file.id}`, asker.locale)
      const { errors, done } = await desk.submit(asker, id, values, sent)
      void this.#underWay.keep(done)
      return errors
    })
  }

  async home(origin: Origin): Promise<void> {
    await this.#attend(origin, (asker) => this.#showHome(asker))
  }

  /** Resolves when everything that was begun is done. */
  idle(): Promise<void> {
    return this.#underWay.idle()
  }

  async #showHome(asker: Asker): Promise<void> {
    const { desk, dialogs } = this.parts
    await dialogs.publish(asker, await desk.home(asker))
  }

  #attend<T>(origin: Origin, work: (asker: Asker) => Promise<T>): Promise<T | undefined> {
    return this.#underWay.keep(this.#answered(origin, work))
  }

  async #answered<T>(origin: Origin, work: (asker: Asker) => Promise<T>): Promise<T | undefined> {
    let asker: Asker | undefined
    try {
      const { person, locale, refusal } = await this.parts.people.know(origin.actor)
      asker = { person, locale, place: await this.#placeOf(origin) }
      if (refusal) throw new UserError(refusal)
      return await work(asker)
    } catch (fault) {
      await this.#explain(fault, origin, asker)
      return undefined
    }
  }

  async #placeOf({ channel, thread, actor }: Origin): Promise<Place> {
    const { identity, chat } = this.parts
    const { team, url } = identity
    const where = channel ?? (await chat.directChannel(actor.id))
    if (!thread) return { platform: 'slack', team, channel: where }
    const link = `${url}archives/${where}/p${thread.replace('.', '')}`
    return { platform: 'slack', team, channel: where, thread, link }
  }

  async #explain(fault: unknown, origin: Origin, asker: Asker | undefined): Promise<void> {
    const { chat, log } = this.parts
    const { actor } = origin
    const sentence = fault instanceof UserError ? [fault.message, fault.hint].filter(Boolean).join(' ') : ''
    const id = crypto.randomUUID().slice(0, 8)
    if (!sentence)
      log.error({ err: fault, id, user: actor.id }, 'something a person asked for in Slack failed')
    if (!asker) return
    const { thread, ...channel } = asker.place
    const inSight = thread && !origin.beginsThread ? asker.place : channel
    const told = await chat.tell(inSight, asker.person, {
      title: '',
      lines: [[sentence || slackWords(asker.locale).fault(id)]],
      selects: [],
      buttons: [],
    })
    if (told.kind !== 'ok') log.warn({ user: actor.id, ...told }, 'a person in Slack could not be told')
  }
}
