import { createParser } from 'eventsource-parser'
import { parsed, StreamEvent } from './answers.ts'
import type { z } from 'zod'

export type DifyEvent = z.infer<typeof StreamEvent> & { raw: unknown }

/**
 * Cuts a byte stream into Dify's events. Pings have no data and are dropped, as are comments and lines that are not
 * JSON. A character that is split over two chunks is put together again.
 */
export class EventReader {
  readonly #decoder = new TextDecoder()
  #found: DifyEvent[] = []
  readonly #parser = createParser({
    onEvent: ({ data }) => {
      const event = eventOf(data)
      if (event) this.#found.push(event)
    },
  })

  /** The events that this chunk completes. */
  read(chunk: Uint8Array): DifyEvent[] {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }))
    return this.#take()
  }

  /** The event that only lacked its closing blank line when the stream ended. If it was cut short it is not JSON. */
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
