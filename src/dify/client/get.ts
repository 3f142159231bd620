import type { z } from 'zod'
import type { Outcome } from '../../engine/outcome.ts'
import { say } from '../../engine/sentence.ts'
import { outcomeOfRefusal } from '../outcome.ts'
import { parsed } from './answers.ts'
import { outcomeOfFault, refusalOf } from './faults.ts'
import { type ApiAccess, ask, header, textOf, within, type Ask } from './http.ts'

/** The data that was asked for, or why it could not be read. */
export type Got<T> =
  | { kind: 'read'; data: T }
  /** Dify itself says that there is no such thing */
  | { kind: 'not found'; outcome: NotRead }
  /** complete JSON, but not of the known shape: asking again will not change that */
  | { kind: 'unreadable'; outcome: NotRead }
  | { kind: 'not read'; outcome: NotRead }

/** An answer that says nothing about the run: `lost`, so the run is looked up again. */
type NotRead = Extract<Outcome, { kind: 'lost' | 'halted' }>

/** Sends a GET and reads the answer, all within `withinMs`. */
export async function get<S extends z.ZodType>(
  access: ApiAccess,
  { withinMs, signal, ...what }: Omit<Ask, 'method'> & { withinMs: number },
  schema: S,
): Promise<Got<z.output<S>>> {
  return within(withinMs, signal, async (limit): Promise<Got<z.output<S>>> => {
    const answer = await ask(access, { method: 'GET', ...what, signal: limit })
    if (answer.statusCode !== 200) {
      const refusal = await refusalOf(answer)
      const outcome = cannotAsk(outcomeOfRefusal(refusal))
      // Dify's own code: the error page of a proxy does not have it.
      return { kind: refusal.code === 'not_found' ? 'not found' : 'not read', outcome }
    }
    const text = await textOf(answer)
    const data = schema.safeParse(parsed(text))
    if (data.success) return { kind: 'read', data: data.data }
    const error = say('unreadable-look-up')
    return /json/i.test(header(answer, 'content-type') ?? '')
      ? { kind: 'unreadable', outcome: { kind: 'lost', error } }
      : { kind: 'not read', outcome: { kind: 'lost', error, inTrouble: true } }
  }).catch((fault: unknown) => ({ kind: 'not read', outcome: cannotAsk(outcomeOfFault(fault)) }))
}

/** A refused look-up says nothing about the run itself. But a key that is no longer accepted stops the task. */
function cannotAsk(outcome: Outcome): NotRead {
  if (outcome.kind === 'halted' && outcome.sure) return outcome
  const inTrouble = 'inTrouble' in outcome && outcome.inTrouble
  return {
    kind: 'lost',
    error: 'error' in outcome ? outcome.error : say('look-up-failed'),
    ...(inTrouble && { inTrouble: true }),
  }
}
