import type { Call, Outcome, RunProgress } from '../../engine/outcome.ts'
import type { RunIds } from '../../engine/run.ts'
import { say } from '../../engine/sentence.ts'
import { EventReader, LARGEST_EVENT_BYTES, type DifyEvent } from '../client/events.ts'
import { outcomeOfBreak } from '../client/faults.ts'
import type { HttpAnswer } from '../client/http.ts'
import type { RunReader } from './run-reader.ts'

/**
 * Most servers close the stream right after the last event, and the connection serves the next row. Others keep it open
 * for ever, so it is cut after this time.
 */
const GRACE_MS = 250

/**
 * Reads a stream up to the event that ends the run, or to its own end.
 * `onProgress` gets each fact once, immediately, except what comes in the same chunk as the end: the outcome has that.
 * `onActivity` is called for every chunk, with `eventsOnly` only for chunks with an event, because pings of a joined
 * stream come from the API process and not from the run.
 */
export function follow(
  body: HttpAnswer['body'],
  reader: RunReader,
  { onProgress, onActivity: onHeard = () => {} }: Pick<Call, 'onProgress' | 'onActivity'>,
  { eventsOnly = false } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const events = new EventReader()
    let reported: RunProgress = {}
    let over = false

    body.on('data', (chunk: Uint8Array) => {
      if (over) return
      attempt(() => take(events.read(chunk)))
      if (!over && (events.overflows || reader.answerChars > LARGEST_EVENT_BYTES)) {
        finish({ kind: 'lost', error: say('answer-over-32-mb') })
        body.destroy()
      }
    })
    body.on('end', () => {
      if (!over) attempt(() => take(events.end()))
      finish(reader.end())
    })
    body.on('error', (fault) => finish(outcomeOfBreak(fault)))
    body.on('close', () => finish(outcomeOfBreak()))

    if (reader.ids.workflowRunId !== undefined) attempt(() => tell({ ...reader.ids }))

    function take(found: DifyEvent[]): void {
      if (!eventsOnly || found.length > 0) onHeard()
      for (const event of found) {
        const outcome = reader.take(event)
        if (outcome) {
          finish(outcome)
          letGo(body)
          return
        }
      }
      tell({ accepted: true, ...(reader.started && { started: true }), ...reader.ids })
    }

    function tell(latest: RunProgress): void {
      const news = newIn(latest, reported)
      reported = { ...reported, ...latest }
      if (Object.keys(news).length > 0) onProgress(news)
    }

    /** Only a bug throws here, most likely in `onProgress`, so the caller gets it. */
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

/** The part that `onProgress` has not had yet. */
function newIn(latest: RunProgress, reported: RunProgress): RunProgress {
  return {
    ...(latest.accepted && !reported.accepted && { accepted: true }),
    ...(latest.started && !reported.started && { started: true }),
    ...differing('workflowRunId'),
    ...differing('difyTaskId'),
    ...differing('messageId'),
    ...differing('workflowVersion'),
  }

  function differing(name: keyof RunIds): RunProgress {
    return latest[name] === undefined || latest[name] === reported[name] ? {} : { [name]: latest[name] }
  }
}

function letGo(body: HttpAnswer['body']): void {
  const timer = setTimeout(() => body.destroy(), GRACE_MS)
  timer.unref()
  body.once('close', () => clearTimeout(timer))
}
