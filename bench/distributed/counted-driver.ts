import { Client } from 'pg'

/** What went over this process's connections to Postgres, all of them: those of pg-boss, too. */
export interface Traffic {
  /** times that it waited for an answer */
  roundTrips: number
  statements: number
  bytesSent: number
  bytesReceived: number
}

interface Wire {
  stream: { bytesWritten?: number; bytesRead?: number }
  on(event: 'commandComplete', listener: () => void): void
}

const wires = new Set<Wire>()
let roundTrips = 0
let statements = 0

/** Counts from now on. Before the first connection is made. */
export function countTraffic(): void {
  // The driver's own types do not name what it counts by.
  const prototype = Client.prototype as unknown as Record<
    'query' | 'connect',
    (...args: unknown[]) => unknown
  >
  const { query, connect } = prototype
  prototype.connect = function (this: unknown, ...args) {
    const { connection } = this as { connection: Wire }
    wires.add(connection)
    connection.on('commandComplete', () => statements++)
    return Reflect.apply(connect, this, args)
  }
  prototype.query = function (this: unknown, ...args) {
    roundTrips++
    return Reflect.apply(query, this, args)
  }
}

export function traffic(): Traffic {
  const streams = [...wires].map(({ stream }) => stream)
  return {
    roundTrips,
    statements,
    bytesSent: streams.reduce((sum, { bytesWritten = 0 }) => sum + bytesWritten, 0),
    bytesReceived: streams.reduce((sum, { bytesRead = 0 }) => sum + bytesRead, 0),
  }
}
