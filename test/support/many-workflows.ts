import type { Db } from '../../src/db/schema.ts'

/**
 * Copies of the workflow that is there, as the database has them: `Flow 00` to `Flow 39` with the ids `w0` to `w39`.
 * @param change of the copy of this number
 */
export async function addCopies(
  db: Db,
  count: number,
  change: (i: number) => {
    name?: string
    description?: string
    mode?: 'advanced-chat'
    variables?: string
  } = () => ({}),
): Promise<void> {
  const there = await db.selectFrom('workflows').selectAll().executeTakeFirstOrThrow()
  const copies = Array.from({ length: count }, (_, i) => ({
    ...there,
    id: `w${i}`,
    key_hash: `h${i}`,
    // Not the port of a local server, which may have any digits: an address is searched, too.
    base_url: 'https://dify.example.com/v1',
    name: `Flow ${String(i).padStart(2, '0')}`,
    ...change(i),
  }))
  await db.insertInto('workflows').values(copies).execute()
}

/** Inputs that no column of the sample feeds. */
export const OTHER_INPUTS = JSON.stringify([
  { name: 'url', label: 'URL', type: 'text-input', required: true },
])
