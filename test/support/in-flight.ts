import { Client } from 'pg'
import { ON_POSTGRES } from './test-database.ts'

let inFlight = 0

/** How many statements a server has not answered yet. SQLite answers at once. */
export function statementsInFlight(): number {
  return inFlight
}

if (ON_POSTGRES) {
  const query: unknown = Reflect.get(Client.prototype, 'query')
  if (typeof query !== 'function') throw new Error('the driver has no query')
  Object.assign(Client.prototype, {
    query(this: Client, ...args: unknown[]): unknown {
      const answer: unknown = Reflect.apply(query, this, args)
      if (!(answer instanceof Promise)) return answer
      inFlight += 1
      void answer.catch(() => {}).finally(() => (inFlight -= 1))
      return answer
    },
  })
}
