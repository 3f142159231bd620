import { MessageChunk, MessageFile } from '../client/answers.ts'

/** The answer of a chat or completion app, collected from its pieces. */
export class AnswerText {
  #said = ''
  #thought = ''
  #replaced = false
  readonly #files: Record<string, unknown>[] = []

  /** Adds what this event has of the answer; most events have nothing. */
  take(event: string, raw: unknown): void {
    switch (event) {
      // A piece; from an agent of the new kind, after its pieces, the whole answer once more.
      case 'message':
        this.#said += textIn(raw)
        break
      case 'agent_message':
        this.#thought += textIn(raw)
        break
      // Moderation replaces everything that was answered so far.
      case 'message_replace':
        this.#replace(raw)
        break
      case 'message_file':
        this.#file(raw)
        break
      default:
    }
  }

  add(files: Record<string, unknown>[]): void {
    const earlier = new Set(this.#files.map(({ id, url }) => id ?? url))
    this.#files.push(...files.filter(({ id, url }) => !earlier.has(id ?? url)))
  }

  get text(): string {
    return this.#said === '' ? this.#thought : this.#said
  }

  get chars(): number {
    return this.#said.length + this.#thought.length
  }

  get replaced(): boolean {
    return this.#replaced
  }

  get outputs(): Record<string, unknown> {
    return { answer: this.text, ...(this.#files.length > 0 && { files: this.#files }) }
  }

  #replace(raw: unknown): void {
    const chunk = MessageChunk.safeParse(raw)
    if (!chunk.success) return
    this.#said = chunk.data.answer
    this.#thought = ''
    this.#replaced = true
  }

  /** A file that the app made. The stream also lists files that came with the question. */
  #file(raw: unknown): void {
    const file = MessageFile.safeParse(raw)
    if (!file.success || file.data.belongs_to === 'user') return
    const { event: _, task_id: __, ...facts } = file.data
    this.add([facts])
  }
}

function textIn(raw: unknown): string {
  return MessageChunk.safeParse(raw).data?.answer ?? ''
}
