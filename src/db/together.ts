import type { CompiledQuery } from 'kysely'
import { isPostgres } from './open.ts'
import { prepareOnce } from './prepared.ts'
import type { Trx } from './schema.ts'

/**
 * Runs statements that write different rows and need nothing of one another. On Postgres they are one: each would wait
 * for an answer of its own, and parsing and planning it costs the server as much as running it. There they all see the
 * database as it was before; so none may read what another one writes.
 * @param queries of compiledOnce; each finds its rows by a key, and no two of them write the same row
 * @returns how many rows each has written, in order
 */
export async function together(trx: Trx, queries: readonly CompiledQuery[]): Promise<number[]> {
  if (queries.length > 1 && isPostgres(trx)) {
    const parameters = queries.flatMap((query) => [...query.parameters])
    const [first] = queries
    if (!first) return []
    // Kysely reads no more of a query than its text and its parameters, to run it.
    const { rows } = await trx.executeQuery<Record<string, number>>({
      ...first,
      sql: merged(queries.map(({ sql }) => sql)),
      parameters,
    })
    return queries.map((_, i) => rows[0]?.[`n${i}`] ?? 0)
  }
  const counts: number[] = []
  for (const query of queries) counts.push(Number((await trx.executeQuery(query)).numAffectedRows ?? 0))
  return counts
}

/** Of statements that return nothing, one that returns how many rows each has written. */
function merged(texts: readonly string[]): string {
  const key = texts.join(';')
  const cached = MERGED.get(key)
  if (cached !== undefined) return cached
  let before = 0
  const parts = texts.map((text, i) => {
    let most = 0
    const numbered = text.replaceAll(/\$(\d+)/g, (_, number: string) => {
      most = Math.max(most, Number(number))
      return `$${before + Number(number)}`
    })
    before += most
    return `s${i} as (${numbered} returning 1)`
  })
  const counts = texts.map((_, i) => `(select cast(count(*) as integer) from s${i}) as n${i}`)
  const text = `with ${parts.join(', ')} select ${counts.join(', ')}`
  MERGED.set(key, text)
  prepareOnce(text)
  return text
}

/** As few as there are shapes of such queries: they are made once (compiled.ts). */
const MERGED = new Map<string, string>()
