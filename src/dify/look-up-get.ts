import type { z } from 'zod'
import type { Outcome } from '../engine/outcome.ts'
import { parsed } from './answers.ts'
import { outcomeOfFault } from './fault.ts'
import { ask, textOf, type Access, type Ask } from './http.ts'
import { outcomeOfRefusal } from './outcome.ts'
import { refusalOf } from './refusal.ts'

type NotRead = Extract<Outcome, { kind: 'lost' | 'halted' }> & { notFound?: boolean }

/** Asks, and reads the answer. Whatever else comes back says nothing of the run: it is `lost`, and asked for again. */
export async function get<S extends z.ZodType>(
  access: Access,
  what: Ask,
  schema: S,
): Promise<{ kind: 'read'; data: z.output<S> } | NotRead> {
  const answer = await ask(access, what).catch(outcomeOfFault)
  if ('kind' in answer) return cannotAsk(answer)
  if (answer.statusCode !== 200) {
    const refusal = await refusalOf(answer)
    // Dify's own word for it: a proxy's page does not have it.
    return { ...cannotAsk(outcomeOfRefusal(refusal)), notFound: refusal.code === 'not_found' }
  }
  const text = await textOf(answer).catch(outcomeOfFault)
  if (typeof text !== 'string') return cannotAsk(text)
  const data = schema.safeParse(parsed(text))
  if (data.success) return { kind: 'read', data: data.data }
  return { kind: 'lost', error: 'Dify tells what became of the run in a way that Rowbot cannot read.' }
}

/** A refused look-up says nothing of the run itself, except that a key that is not accepted now stops everything. */
function cannotAsk(outcome: Outcome): NotRead {
  if (outcome.kind === 'halted' && outcome.sure) return outcome
  return {
    kind: 'lost',
    error: 'error' in outcome ? outcome.error : 'Dify could not be asked about the run.',
  }
}
