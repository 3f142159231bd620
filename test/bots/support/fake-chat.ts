import type { Chat, Once, SendResult } from '../../../src/bots/chat.ts'
import type { MessageRef, Person, Place } from '../../../src/messages/people.ts'
import type { Line, Prompt } from '../../../src/messages/prompt.ts'
import { lineText, textOf } from '../../wizard/support/cast.ts'

/** What stands in the chat. */
export interface Standing {
  id: string
  place: Place
  prompt: Prompt
  /** when it was edited */
  edits: number[]
  isDeleted: boolean
}

/** A platform that remembers. Only the wire is made up: what it may answer is what Chat says. */
export class FakeChat implements Chat {
  readonly messages: Standing[] = []
  readonly told: { to: string; text: string }[] = []
  readonly uploads: { name: string; bytes: Uint8Array; text: string; once: Once; place: Place }[] = []
  /** edits of one message that overlapped: there must be none */
  overlaps = 0
  /** what every call answers, while it is set */
  answer: Exclude<SendResult<never>, { kind: 'ok' }> | undefined
  /** larger files are refused; `knowsLimit`: that is known before */
  maxBytes = 1_000_000_000
  knowsLimit = true
  /** nobody takes direct messages */
  noDirect = false
  /** channels, and threads as `channel:thread`, that no longer exist */
  readonly gone = new Set<string>()
  readonly refused: number[] = []
  readonly #editing = new Set<string>()
  readonly #posted = new Map<string, MessageRef>()

  constructor(private readonly now: () => number) {}

  async post(place: Place, prompt: Prompt, { key }: Once): Promise<SendResult<MessageRef>> {
    await Bun.sleep(0)
    if (this.answer) return this.#refuse(this.answer)
    if (this.#isGone(place)) return this.#refuse({ kind: 'gone', error: 'is_archived' })
    const known = this.#posted.get(key)
    if (known) return { kind: 'ok', value: known }
    const ref = { place, id: `m${this.messages.length + 1}` }
    this.messages.push({ id: ref.id, place, prompt, edits: [], isDeleted: false })
    this.#posted.set(key, ref)
    return { kind: 'ok', value: ref }
  }

  async edit({ id }: MessageRef, prompt: Prompt): Promise<SendResult> {
    if (this.#editing.has(id)) this.overlaps++
    this.#editing.add(id)
    await Bun.sleep(1)
    this.#editing.delete(id)
    if (this.answer) return this.#refuse(this.answer)
    const message = this.messages.find((one) => one.id === id)
    if (message && this.#isGone(message.place)) return this.#refuse({ kind: 'gone', error: 'is_archived' })
    if (!message || message.isDeleted) return { kind: 'gone', error: 'message_not_found' }
    message.prompt = prompt
    message.edits.push(this.now())
    return { kind: 'ok', value: undefined }
  }

  async tell(_: Place, { name }: Pick<Person, 'id' | 'name'>, prompt: Prompt): Promise<SendResult> {
    await Bun.sleep(0)
    if (this.answer) return this.#refuse(this.answer)
    this.told.push({ to: name, text: textOf(prompt) })
    return { kind: 'ok', value: undefined }
  }

  async upload(
    place: Place,
    file: { name: string; content: Blob },
    line: Line,
    once: Once,
  ): Promise<SendResult> {
    const bytes = new Uint8Array(await file.content.arrayBuffer())
    if (this.answer) return this.#refuse(this.answer)
    if (this.#isGone(place)) return this.#refuse({ kind: 'gone', error: 'is_archived' })
    if (bytes.byteLength > this.maxBytes) return this.#refuse({ kind: 'tooLarge', error: 'file_too_large' })
    this.uploads.push({ name: file.name, bytes, text: lineText(line), once, place })
    return { kind: 'ok', value: undefined }
  }

  maxFileBytes(): Promise<number> {
    return Promise.resolve(this.knowsLimit ? this.maxBytes : Infinity)
  }

  async direct({ id }: Pick<Person, 'id' | 'name'>): Promise<SendResult<Place>> {
    await Bun.sleep(0)
    if (this.noDirect) return this.#refuse({ kind: 'gone', error: 'cannot_dm' })
    return { kind: 'ok', value: { platform: 'slack', team: 'T1', channel: `D-${id}` } }
  }

  /** The text of the n-th message as it stands. */
  text(n = 0): string {
    const message = this.messages[n]
    return message ? textOf(message.prompt) : ''
  }

  #isGone({ channel, thread }: Place): boolean {
    return this.gone.has(channel) || this.gone.has(`${channel}:${thread ?? ''}`)
  }

  #refuse<T>(answer: Exclude<SendResult<never>, { kind: 'ok' }>): SendResult<T> {
    this.refused.push(this.now())
    return answer
  }
}
