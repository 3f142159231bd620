import type { Clock } from '../../engine/clock.ts'
import type { Draft } from '../../wizard/draft.ts'
import type { Prompt } from '../../messages/prompt.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import type { Chat } from '../chat.ts'

const RETRY_BASE_MS = 1_000
const RETRY_MAX_MS = 60_000
/** Some ten minutes. Later on, the next click brings the message up to date. */
const RETRIES = 14

export interface DraftMessagesOptions {
  chat: Chat
  wizard: Wizard
  clock: Clock
  onFault: (fault: unknown) => string
}

/** Of the first message of a draft. */
export function firstKey(draftId: string): string {
  return `d-${draftId}`
}

/** The message of each draft: edited in place, posted anew where it was deleted, tried again while the platform is down. */
export class DraftMessages {
  readonly #alarms = new Map<string, () => void>()

  constructor(private readonly options: DraftMessagesOptions) {}

  show(draftId: string, prompt: Prompt): Promise<void> {
    return this.#show(draftId, prompt, 0)
  }

  stop(): void {
    for (const cancel of this.#alarms.values()) cancel()
    this.#alarms.clear()
  }

  async #show(draftId: string, prompt: Prompt, attempt: number): Promise<void> {
    const { chat, wizard } = this.options
    // What was to be shown before is not what is to be shown now.
    this.#alarms.get(draftId)?.()
    this.#alarms.delete(draftId)
    const draft = await wizard.find(draftId)
    if (!draft) return
    if (!draft.message) return this.#showFirst(draft, prompt, attempt)
    const edited = await chat.edit(draft.message, prompt)
    if (edited.kind === 'ok') return
    if (edited.kind !== 'gone') return this.#later(draftId, attempt, edited)

    const once = { key: `d-${draftId}-${draft.revision}`, again: attempt > 0 }
    const posted = await chat.post(draft.place, prompt, once)
    if (posted.kind === 'ok') await wizard.setMessage(draftId, posted.value)
    else if (posted.kind !== 'gone') this.#later(draftId, attempt, posted)
  }

  /** The message that says that the file is being read may be there, its answer lost: then it becomes this one. */
  async #showFirst({ id, place }: Draft, prompt: Prompt, attempt: number): Promise<void> {
    const { chat, wizard } = this.options
    const posted = await chat.post(place, prompt, { key: firstKey(id), again: true })
    if (posted.kind === 'gone') return
    if (posted.kind !== 'ok') return this.#later(id, attempt, posted)
    await wizard.setMessage(id, posted.value)
    const edited = await chat.edit(posted.value, prompt)
    if (edited.kind !== 'ok' && edited.kind !== 'gone') this.#later(id, attempt, edited)
  }

  #later(draftId: string, attempt: number, sent: { kind: string; retryAfterMs?: number }): void {
    if (attempt >= RETRIES) return
    const wait = sent.retryAfterMs ?? Math.min(RETRY_BASE_MS * 2 ** attempt, RETRY_MAX_MS)
    const cancel = this.options.clock.after(wait, () => void this.#again(draftId, attempt + 1))
    this.#alarms.set(draftId, cancel)
  }

  /** Shows what there is to show by now. */
  async #again(draftId: string, attempt: number): Promise<void> {
    try {
      const prompt = await this.options.wizard.promptOf(draftId)
      if (prompt) await this.#show(draftId, prompt, attempt)
    } catch (fault) {
      this.options.onFault(fault)
    }
  }
}
