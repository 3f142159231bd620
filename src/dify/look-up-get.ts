import type { z } from 'zod'
import type { Fate } from '../engine/outcome.ts'
import { parsed } from './answers.ts'
import { outcomeOfFault } from './fault.ts'
import { ask, textOf, type Access, type Ask } from './http.ts'
import { outcomeOfRefusal } from './outcome.ts'
import { refusalOf } from './refusal.ts'

/**
 * Asks, and reads the answer. Only Dify's own “not found” means that there is no such run: a proxy's page says
 * nothing about it.
 */
export async function get<S extends z.ZodType>(
  access: Access,
  what: Ask,
  schema: S,
): Promise<{ kind: 'read'; data: z.output<S> } | Fate> {
  const answer = await ask(access, what).catch(outcomeOfFault)
  if ('kind' in answer)
    return { kind: 'lost', error: 'error' in answer ? answer.error : 'Dify cannot be reached.' }
  if (answer.statusCode !== 200) {
    const refusal = await refusalOf(answer)
    if (refusal.status === 404 && refusal.code === 'not_found') return { kind: 'unknown' }
    return cannotAsk(outcomeOfRefusal(refusal))
  }
  const text = await textOf(answer).catch(outcomeOfFault)
  if (typeof text !== 'string') return cannotAsk(text)
  const data = schema.safeParse(parsed(text))
  if (data.success) return { kind: 'read', data: data.data }
  return { kind: 'lost', error: 'Dify tells what became of the run in a way that Rowbot cannot read.' }
}

/** A refused look-up says nothing of the run itself, except that a key that is not accepted now stops everything. */
function cannotAsk(outcome: Fate): Fate {
  if (outcome.kind === 'halted' && outcome.sure) return outcome
  return {
    kind: 'lost',
    error: 'error' in outcome ? outcome.error : 'Dify could not be asked about the run.',
  }
}
