import QuickLRU from 'quick-lru'
import {
  type ChatInputCommandInteraction,
  DiscordAPIError,
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

/** Discord accepts answers for 15 min: https://docs.discord.com/developers/interactions/receiving-and-responding */
const LASTS_MS = 14.5 * 60_000
/** Discord wants the first answer within 3 s; a form may use up to this much of it. */
const FORM_WITHIN_MS = 2_000

/**
 * `waiting`: the person, and nobody else, sees “thinking…”; `onPrivate`: they clicked on a message that only they
 * see, which becomes the answer
 */
type ReplyState = 'fresh' | 'waiting' | 'onPrivate' | 'answered' | 'dead'

/** The answers to one interaction. Nothing here throws: an answer that comes too late is dropped. */
export class InteractionReply {
  /** an answer was shown that must not be removed */
  hasAnswered = false
  #state: ReplyState = 'fresh'

  constructor(private readonly interaction: Answerable) {}

  /** True for a message that only its person sees: only that person’s own clicks update it. */
  get isOnPrivate(): boolean {
    const { interaction } = this
    const hasMessage = interaction.isMessageComponent() || interaction.isModalSubmit()
    return hasMessage && (interaction.message?.flags.has(MessageFlags.Ephemeral) ?? false)
  }

  /** The message that was clicked, or that the button was on that opened a form. */
  get messageId(): string | undefined {
    const { interaction } = this
    const hasMessage = interaction.isMessageComponent() || interaction.isModalSubmit()
    return hasMessage ? interaction.message?.id : undefined
  }

  /** Acknowledges: after a click the message stays as it is; after a command the person sees “thinking…”. */
  async acknowledge(): Promise<void> {
    const { interaction } = this
    if (this.#state !== 'fresh') return
    const isClick =
      interaction.isMessageComponent() || (interaction.isModalSubmit() && interaction.isFromMessage())
    this.#state = isClick ? (this.isOnPrivate ? 'onPrivate' : 'answered') : 'waiting'
    await this.#try(this.#state, () =>
      isClick ? interaction.deferUpdate() : interaction.deferReply({ flags: MessageFlags.Ephemeral }),
    )
  }

  /** Acknowledges a click if no form opens in time. @returns call it when the form was opened */
  acknowledgeInTime(): () => void {
    const timer = setTimeout(() => void this.acknowledge(), FORM_WITHIN_MS)
    return () => clearTimeout(timer)
  }

  /** False: it is too late for a form, or this interaction cannot open one. */
  async open(modal: APIModalInteractionResponseCallbackData): Promise<boolean> {
    const { interaction } = this
    if (this.#state !== 'fresh' || interaction.isModalSubmit()) return false
    this.#state = 'answered'
    return this.#try('fresh', () => interaction.showModal(modal))
  }

  /** Answers privately. False: this interaction can no longer be answered. */
  async tell({ components, allowed_mentions }: Rendered): Promise<boolean> {
    const { interaction } = this
    if (Date.now() - interaction.createdTimestamp > LASTS_MS) return false
    const { users } = allowed_mentions
    const message = { components, allowedMentions: { parse: [], users } }
    const flags = [MessageFlags.IsComponentsV2] as const
    const both = [MessageFlags.IsComponentsV2, MessageFlags.Ephemeral] as const
    const followUp = () => interaction.followUp({ ...message, flags: both })
    // The message to edit may be gone, and another process may have answered first: both can be followed up.
    const ways: Record<ReplyState, (() => Promise<unknown>)[]> = {
      fresh: [() => interaction.reply({ ...message, flags: both }), followUp],
      waiting: [() => interaction.editReply({ ...message, flags }), followUp],
      onPrivate: [() => interaction.editReply({ ...message, flags }), followUp],
      answered: [followUp],
      dead: [],
    }
    for (const way of ways[this.#state]) {
      if (this.#state === 'dead') break
      const before = this.#state
      this.#state = 'answered'
      if (await this.#try(before, way)) return (this.hasAnswered = true)
    }
    return false
  }

  /** Shows this in place of the message that was clicked. False: it is too late for that. */
  async show({ components, allowed_mentions }: Rendered): Promise<boolean> {
    const { interaction } = this
    const before = this.#state
    const { users } = allowed_mentions
    const flags = [MessageFlags.IsComponentsV2] as const
    const message = { components, allowedMentions: { parse: [], users }, flags }
    if (before === 'fresh' && interaction.isMessageComponent()) {
      this.#state = 'answered'
      return this.#try(before, () => interaction.update(message))
    }
    if (before !== 'answered' || Date.now() - interaction.createdTimestamp > LASTS_MS) return false
    return this.#try(before, () => interaction.editReply(message))
  }

  /** Removes “thinking…” if it still shows. */
  async finish(): Promise<void> {
    if (this.#state === 'fresh') await this.acknowledge()
    if (this.#state !== 'waiting') return
    this.#state = 'answered'
    await this.#try('answered', () => this.interaction.deleteReply())
  }

  /** @param before the state that holds again if Discord refuses this answer */
  async #try(before: ReplyState, answer: () => Promise<unknown>): Promise<boolean> {
    try {
      await answer()
      return true
    } catch (fault) {
      // The work is done anyway, and its result is shown in another way. Without a code, it may have been carried out.
      if (!(fault instanceof DiscordAPIError)) return false
      if (OVER.has(fault.code)) this.#state = 'dead'
      else this.#state = fault.code === ACKNOWLEDGED ? 'answered' : before
      return false
    }
  }
}

/** Unknown interaction or webhook, invalid token: nothing that follows is taken, either. */
const OVER = new Set<number | string>([10_062, 10_015, 50_027])
const ACKNOWLEDGED = 40_060

const REMEMBERED = 1_000

/** Each person’s last interaction in each channel: the only way to show them something privately. */
export class DiscordReplies {
  readonly #replies = new QuickLRU<string, InteractionReply>({ maxSize: REMEMBERED })

  note(channel: string, user: string, reply: InteractionReply): void {
    this.#replies.set(keyOf(channel, user), reply)
  }

  /** False: there is no interaction to answer any more. */
  async answer(channel: string, user: string, message: Rendered): Promise<boolean> {
    return (await this.#replies.get(keyOf(channel, user))?.tell(message)) ?? false
  }
}

function keyOf(channel: string, user: string): string {
  return `${channel}:${user}`
}
