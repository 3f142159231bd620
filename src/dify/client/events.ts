import { createParser } from 'eventsource-parser'
import { parsed, StreamEvent } from './answers.ts'
import type { z } from 'zod'

export type DifyEvent = z.infer<typeof StreamEvent> & { raw: unknown }

/** The most that is collected for one event: the same as for an answer in one piece. */
export const LARGEST_EVENT_BYTES = 32 * 1024 * 1024

/**
 * Cuts a byte stream into Dify's events. Pings have no data and are dropped, as are comments and lines that are not
 * JSON. A character that is split over two chunks is joined again.
 */
export class EventReader {
  readonly #decoder = new TextDecoder()
  #found: DifyEvent[] = []
  #unfinished = 0
  readonly #ids = new Set<string>()
  readonly #parser = createParser({
    onEvent: ({ data, id }) => {
      this.#unfinished = 0
      // Newer servers number their events, and may send some of them twice when a stream is joined again.
      if (id !== undefined && this.#ids.has(id)) return
      if (id !== undefined) this.#ids.add(id)
      const event = eventOf(data)
      if (event) this.#found.push(event)
    },
  })

  /** The events that this chunk completes. */
  read(chunk: Uint8Array): DifyEvent[] {
    this.#unfinished += chunk.byteLength
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }))
    return this.#take()
  }

  /** The current event is too large to be collected, or never ends. */
  get overflows(): boolean {
    return this.#unfinished > LARGEST_EVENT_BYTES
  }

  /**
   * The last event, if only its closing blank line was missing when the stream ended. If it was cut, it is not JSON.
   */
  end(): DifyEvent[] {
    this.#parser.feed(`${this.#decoder.decode()}\n\n`)
    return this.#take()
  }

  #take(): DifyEvent[] {
    const found = this.#found
    this.#found = []
    return found
  }
}

function eventOf(data: string): DifyEvent | undefined {
  const raw = parsed(data)
  const event = StreamEvent.safeParse(raw)
  return event.success ? { ...event.data, raw } : undefined
}
