import QuickLRU from 'quick-lru'
import {
  type ChatInputCommandInteraction,
  type MessageComponentInteraction,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  type APIModalInteractionResponseCallbackData,
} from 'discord.js'
import type { Rendered } from './render.ts'

export type Answerable =
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | MessageComponentInteraction
  | ModalSubmitInteraction

/** Discord takes answers for 15 min: https://docs.discord.com/developers/interactions/receiving-and-responding */
const LASTS_MS = 14.5 * 60_000
/** Discord wants a first answer within 3 s; a form may use most of them. */
const FORM_WITHIN_MS = 2_000

/**
 * `waiting`: the person sees that we think, and nobody else sees it; `onPrivate`: they clicked on a message that only
 * they see, which becomes the answer
 */
type ReplyState = 'fresh' | 'waiting' | 'onPrivate' | 'answered' | 'dead'

/** What may still be answered to one thing that a person did. Nothing here throws: an answer that comes too late is none. */
export class InteractionReply {
  /** something was told that should be left standing */
  hasAnswered = false
  #state: ReplyState = 'fresh'

  constructor(private readonly interaction: Answerable) {}

  /** On a message that only its person sees: nothing keeps that up to date but what they do with it. */
  get isOnPrivate(): boolean {
    const { interaction } = this
    const hasMessage = interaction.isMessageComponent() || interaction.isModalSubmit()
    return hasMessage && (interaction.message?.flags.has(MessageFlags.Ephemeral) ?? false)
  }

  /** Heard: a click leaves its message as it is, a command shows its person that we think. */
  async acknowledge(): Promise<void> {
    const { interaction } = this
    if (this.#state !== 'fresh') return
    const isClick =
      interaction.isMessageComponent() || (interaction.isModalSubmit() && interaction.isFromMessage())
    this.#state = isClick ? (this.isOnPrivate ? 'onPrivate' : 'answered') : 'waiting'
    await this.#try(() =>
      isClick ? interaction.deferUpdate() : interaction.deferReply({ flags: MessageFlags.Ephemeral }),
    )
  }

  /** Should a form not be opened in time, the click is acknowledged all the same. @returns what to do when it was */
  acknowledgeInTime(): () => void {
    const timer = setTimeout(() => void this.acknowledge(), FORM_WITHIN_MS)
    return () => clearTimeout(timer)
  }

  /** False: it is too late for a form, or this cannot open any. */
  async open(modal: APIModalInteractionResponseCallbackData): Promise<boolean> {
    const { interaction } = this
    if (this.#state !== 'fresh' || interaction.isModalSubmit()) return false
    this.#state = 'answered'
    return this.#try(() => interaction.showModal(modal))
  }

  /** Tells this person alone. False: it can no longer be told here. */
  async tell({ components, allowed_mentions }: Rendered): Promise<boolean> {
    const { interaction } = this
    const before = this.#state
    if (before === 'dead' || Date.now() - interaction.createdTimestamp > LASTS_MS) return false
    this.#state = 'answered'
    this.hasAnswered = true
    const { users } = allowed_mentions
    const message = { components, allowedMentions: { parse: [], users } }
    const flags = [MessageFlags.IsComponentsV2] as const
    const both = [MessageFlags.IsComponentsV2, MessageFlags.Ephemeral] as const
    return this.#try(() => {
      if (before === 'fresh') return interaction.reply({ ...message, flags: both })
      if (before === 'waiting' || before === 'onPrivate') return interaction.editReply({ ...message, flags })
      return interaction.followUp({ ...message, flags: both })
    })
  }

  /** Everything is said: nobody is left looking at a bot that thinks. */
  async finish(): Promise<void> {
    if (this.#state === 'fresh') await this.acknowledge()
    if (this.#state !== 'waiting') return
    this.#state = 'answered'
    await this.#try(() => this.interaction.deleteReply())
  }

  async #try(answer: () => Promise<unknown>): Promise<boolean> {
    try {
      await answer()
      return true
    } catch {
      // Too late, or Discord is down. What was asked for is done all the same, and told in another way.
      this.#state = 'dead'
      return false
    }
  }
}

const REMEMBERED = 1_000

/** The last thing that each person did in each channel: the one way to tell them something that nobody else sees. */
export class DiscordReplies {
  readonly #replies = new QuickLRU<string, InteractionReply>({ maxSize: REMEMBERED })

  note(channel: string, user: string, reply: InteractionReply): void {
    this.#replies.set(keyOf(channel, user), reply)
  }

  /** False: there is nothing to answer to any more. */
  async answer(channel: string, user: string, message: Rendered): Promise<boolean> {
    return (await this.#replies.get(keyOf(channel, user))?.tell(message)) ?? false
  }
}

function keyOf(channel: string, user: string): string {
  return `${channel}:${user}`
}
