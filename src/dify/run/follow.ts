import type { Outcome, RunIds } from '../../engine/outcome.ts'
import { EventReader, LARGEST_EVENT_BYTES, type DifyEvent } from '../client/events.ts'
import { outcomeOfFault } from '../client/faults.ts'
import type { HttpAnswer } from '../client/http.ts'
import type { RunReader } from './run-reader.ts'

/**
 * A good server closes the stream right after its last event, and the connection serves the next row. Others keep it
 * open for ever: after this long it is cut.
 */
const GRACE_MS = 250

/**
 * Reads a stream up to the event that ends the run, or to its own end.
 * `onProgress` is told at once what the reader knew before, and what a chunk has of new ids, unless the same chunk holds the
 * end: then the outcome has them.
 */
export function follow(
  body: HttpAnswer['body'],
  reader: RunReader,
  onProgress: (ids: RunIds) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const events = new EventReader()
    let over = false

    body.on('data', (chunk: Uint8Array) => {
      if (over) return
      attempt(() => take(events.read(chunk)))
      if (!over && (events.overflows || reader.answerChars > LARGEST_EVENT_BYTES)) {
        finish({ kind: 'lost', error: 'Dify sends more than one answer may have: over 32 MB.' })
        body.destroy()
      }
    })
    body.on('end', () => {
      if (!over) attempt(() => take(events.end()))
      finish(reader.end())
    })
    body.on('error', (fault) => finish(outcomeOfFault(fault)))
    body.on('close', () => finish({ kind: 'lost', error: 'The connection to Dify broke.' }))

    if (reader.ids.workflowRunId !== undefined) attempt(() => onProgress({ ...reader.ids }))

    function take(found: DifyEvent[]): void {
      const before = { ...reader.ids }
      for (const event of found) {
        const outcome = reader.take(event)
        if (outcome) {
          finish(outcome)
          letGo(body)
          return
        }
      }
      const { workflowRunId, difyTaskId } = reader.ids
      if (workflowRunId !== before.workflowRunId || difyTaskId !== before.difyTaskId)
        onProgress({ ...reader.ids })
    }

    /** Only a bug throws here, most likely in `onProgress`: it is the caller's to know. */
    function attempt(step: () => void): void {
      try {
        step()
      } catch (bug) {
        over = true
        body.destroy()
        reject(bug instanceof Error ? bug : new Error(String(bug)))
      }
    }

    function finish(outcome: Outcome): void {
      if (over) return
      over = true
      resolve(outcome)
    }
  })
}

function letGo(body: HttpAnswer['body']): void {
  const timer = setTimeout(() => body.destroy(), GRACE_MS)
  timer.unref()
  body.once('close', () => clearTimeout(timer))
}
