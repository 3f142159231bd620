import type { Compilable, CompiledQuery, DialectAdapter, QueryResult } from 'kysely'
import { prepareOnce } from './prepared.ts'
import type { Db, Trx } from './schema.ts'
import { SealedParam } from './sealed/sealed-texts.ts'

/**
 * A query that every row needs, or every second, built and compiled only once: in Kysely, this costs more than running it. `build`
 * gets a placeholder for each parameter. Each set of keys makes its own query, so `build` does not see a parameter that
 * is not given. A value that changes the text of the query must not be a parameter.
 * @param finds whether it finds its rows by a key, so that Postgres need not plan it again (prepared.ts)
 */
export function compiledOnce<P extends object, R>(
  build: (db: Db | Trx, params: P) => Compilable<R>,
  finds?: 'by key',
): CompiledOnce<P, R> {
  const cached = new WeakMap<DialectAdapter, Map<string, CompiledQuery<R>>>()
  const execute = (db: Db | Trx, params: P) => db.executeQuery(bound(db, params))
  return Object.assign(execute, { bound })

  function bound(db: Db | Trx, params: P): CompiledQuery<R> {
    const values = new Map<unknown, unknown>(Object.entries(params))
    const { sql, parameters, query, queryId } = find(db, Object.keys(params))
    const own = parameters.map((value) => {
      if (value instanceof Placeholder) return values.get(value.key)
      if (value instanceof SealedParam && value.value instanceof Placeholder)
        return new SealedParam(values.get(value.value.key), value.as)
      return value
    })
    return { sql, query, queryId, parameters: own }
  }

  function find(db: Db | Trx, keys: string[]): CompiledQuery<R> {
    const { adapter } = db.getExecutor() // one per database, the same in all its transactions
    const ofDialect = cached.get(adapter) ?? new Map<string, CompiledQuery<R>>()
    cached.set(adapter, ofDialect)
    const shape = keys.join()
    // `as`: Kysely binds any object as a value and does not look into it.
    const compiled = ofDialect.get(shape) ?? build(db, placeholders(keys) as P).compile()
    ofDialect.set(shape, compiled)
    if (finds === 'by key') prepareOnce(compiled.sql)
    return compiled
  }
}

export interface CompiledOnce<P extends object, R> {
  (db: Db | Trx, params: P): Promise<QueryResult<R>>
  /** The query with these values, to be run later. */
  bound(db: Db | Trx, params: P): CompiledQuery<R>
}

class Placeholder {
  constructor(readonly key: string) {}
}

function placeholders(keys: string[]) {
  return Object.fromEntries(keys.map((key) => [key, new Placeholder(key)]))
}
