import type { Db } from '../../src/db/schema.ts'
import { listClearColumns } from '../../src/db/sealed/in-the-clear.ts'

/** Nothing that a test has written may be left in the clear, on whatever way it was written. */
export async function expectEncrypted(db: Db): Promise<void> {
  const clear = await listClearColumns(db).catch(() => []) // closed, or its server was stopped: there is nothing to see
  if (clear.length > 0) throw new Error(`not encrypted: ${clear.join(', ')}`)
}
