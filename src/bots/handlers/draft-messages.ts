import { type Clock, REAL_CLOCK } from '../../engine/clock.ts'
import type { Answer } from '../../wizard/answer.ts'
import type { Draft } from '../../wizard/draft.ts'
import { titled } from '../../messages/limits.ts'
import type { MessageRef } from '../../messages/people.ts'
import type { Prompt } from '../../messages/prompt.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import type { Budgets } from '../budget.ts'
import type { Chat, SendResult } from '../chat.ts'
import type { ClickedMessage } from './clicked-message.ts'

const RETRY_BASE_MS = 1_000
const RETRY_MAX_MS = 60_000
/** About ten minutes. After that, the next click updates the message. */
const RETRIES = 14
/** An answer that takes longer is announced. */
const READING_AFTER_MS = 500
/** Whoever has clicked does not wait longer for an edit: they get a new message. */
const PATIENCE_MS = 1_000

export interface DraftMessagesOptions {
  chat: Chat
  wizard: Wizard
  budgets: Budgets
  clock: Clock
  /** measures how long a person waits; default: the machine’s time */
  patience?: Clock
  onFault: (fault: unknown) => string
}

/** A way to show a prompt: how often it was tried before, and whether somebody waits for it after a click or a form. */
interface Showing {
  attempt: number
  isAwaited: boolean
  clicked?: ClickedMessage | undefined
}

/** The key of a draft’s first message. */
export function firstKey(draftId: string): string {
  return `d-${draftId}`
}

/**
 * Each draft’s message: changed by the click itself or edited in place, posted again if it was deleted, retried while
 * the platform is down.
 */
export class DraftMessages {
  readonly #alarms = new Map<string, () => void>()

  constructor(private readonly options: DraftMessagesOptions) {}

  show(draftId: string, prompt: Prompt): Promise<void> {
    return this.#show(draftId, prompt, { attempt: 0, isAwaited: false })
  }

  /** Shows somebody what their click or form has done. @param clicked undefined: only an edit can show it */
  answer(draftId: string, prompt: Prompt, clicked?: ClickedMessage): Promise<void> {
    return this.#show(draftId, prompt, { attempt: 0, isAwaited: true, clicked })
  }

  /** If the answer to a click takes a while, as a workbook is read for it, the message says so until it is there. */
  async announced(
    draftId: string,
    clicked: ClickedMessage | undefined,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    let saying: Promise<boolean> | undefined
    const { patience = REAL_CLOCK } = this.options
    const cancel = patience.after(READING_AFTER_MS, () => {
      saying = this.#sayReading(draftId, clicked)
    })
    let answer: Answer | undefined
    try {
      answer = await ask()
      return answer
    } finally {
      cancel()
      if ((await saying) && answer?.kind !== 'show') await this.#showAgain(draftId, clicked)
    }
  }

  stop(): void {
    for (const cancel of this.#alarms.values()) cancel()
    this.#alarms.clear()
  }

  /** Shows the draft as it is now, if it is still one. */
  async #showAgain(draftId: string, clicked: ClickedMessage | undefined): Promise<void> {
    const prompt = await this.options.wizard.promptOf(draftId)
    if (prompt) await this.answer(draftId, prompt, clicked)
  }

  async #show(draftId: string, prompt: Prompt, showing: Showing): Promise<void> {
    const { chat, wizard } = this.options
    // A newer prompt replaces one that still waits for a retry.
    this.#alarms.get(draftId)?.()
    this.#alarms.delete(draftId)
    const draft = await wizard.find(draftId)
    if (!draft) return
    const { attempt, isAwaited, clicked } = showing
    if (!draft.message) return this.#showFirst(draft, prompt, attempt)
    if (await shownBy(clicked, draft.message, prompt)) return
    const edited = await this.#edit(draft.message, prompt)
    if (edited.kind === 'ok') return
    const isAnew = edited.kind === 'gone' || (isAwaited && isRefusedForNow(edited))
    if (!isAnew) return this.#later(draftId, attempt, edited)

    const once = { key: nextKey(draft, draft.message), again: attempt > 0 }
    const posted = await chat.post(draft.place, prompt, once)
    if (posted.kind === 'ok') await wizard.setMessage(draftId, posted.value)
    else if (posted.kind !== 'gone') this.#later(draftId, attempt, posted)
  }

  /** The “reading” message may have been posted although its answer was lost: then it becomes this one. */
  async #showFirst({ id, place }: Draft, prompt: Prompt, attempt: number): Promise<void> {
    const { chat, wizard } = this.options
    const posted = await chat.post(place, prompt, { key: firstKey(id), again: true })
    if (posted.kind === 'gone') return
    if (posted.kind !== 'ok') return this.#later(id, attempt, posted)
    await wizard.setMessage(id, posted.value)
    const edited = await this.#edit(posted.value, prompt)
    if (edited.kind !== 'ok' && edited.kind !== 'gone') this.#later(id, attempt, edited)
  }

  /** Never waits for the budget, but counts: progress gets what is left. */
  async #edit(message: MessageRef, prompt: Prompt): Promise<SendResult> {
    const budget = this.options.budgets.of(message.place)
    budget.take()
    const edited = await this.options.chat.edit(message, prompt)
    if (edited.kind === 'limited') budget.hold(edited.retryAfterMs)
    return edited
  }

  /** The buttons stay: were the process to end now, nothing else would show them again. */
  async #sayReading(draftId: string, clicked: ClickedMessage | undefined): Promise<boolean> {
    try {
      const { wizard } = this.options
      const draft = await wizard.find(draftId)
      const prompt = await wizard.promptOf(draftId)
      if (draft?.status !== 'open' || !draft.message || !prompt) return false
      const { buttons } = prompt
      const reading = { ...titled(draft.fileName, textsFor(draft.locale).wizard.reading), buttons }
      if (await shownBy(clicked, draft.message, reading)) return true
      return (await this.#edit(draft.message, reading)).kind === 'ok'
    } catch (fault) {
      this.options.onFault(fault)
      return false
    }
  }

  #later(draftId: string, attempt: number, sent: { kind: string; retryAfterMs?: number }): void {
    if (attempt >= RETRIES) return
    const wait = sent.retryAfterMs ?? Math.min(RETRY_BASE_MS * 2 ** attempt, RETRY_MAX_MS)
    const cancel = this.options.clock.after(wait, () => void this.#again(draftId, attempt + 1))
    this.#alarms.set(draftId, cancel)
  }

  /** Shows the draft as it is now. */
  async #again(draftId: string, attempt: number): Promise<void> {
    try {
      const prompt = await this.options.wizard.promptOf(draftId)
      if (prompt) await this.#show(draftId, prompt, { attempt, isAwaited: false })
    } catch (fault) {
      this.options.onFault(fault)
    }
  }
}

/** A click on an earlier message of the draft changes the one that shows it now. */
async function shownBy(
  clicked: ClickedMessage | undefined,
  { id }: MessageRef,
  prompt: Prompt,
): Promise<boolean> {
  return clicked?.id === id && (await clicked.show(prompt))
}

/** It can be shown by another message, which is not so if the platform is down: the edit may have arrived. */
function isRefusedForNow(edited: Exclude<SendResult, { kind: 'ok' }>): boolean {
  switch (edited.kind) {
    case 'limited':
      return edited.retryAfterMs > PATIENCE_MS
    case 'failed':
      return edited.isDown !== true
    case 'tooLarge':
    case 'gone':
      return false
  }
}

/** Of the message that follows this one, which may be needed for the same step. */
function nextKey({ id, revision }: Draft, message: MessageRef): string {
  return `d-${id}-${revision}-${message.id.slice(-6)}`
}
