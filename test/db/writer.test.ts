import { expect, test } from 'bun:test'
import { createWriter } from '../../src/db/writer.ts'
import { openShelf } from '../support/runner-store.ts'

const upload = (id: string) => ({ id, file_name: id, size: 0, bytes: new Uint8Array(), created_at: 0 })

test('writes asked for in one turn share a commit, and keep their order', async () => {
  const { db } = await openShelf()
  const write = createWriter(db)
  const order: string[] = []
  await Promise.all(
    ['a', 'b', 'c'].map((id) =>
      write(async (trx) => {
        await trx.insertInto('uploads').values(upload(id)).execute()
        order.push(id)
      }),
    ),
  )
  expect(order).toEqual(['a', 'b', 'c'])
  expect(await db.selectFrom('uploads').select('id').execute()).toHaveLength(3)
})

test('one that fails takes no other with it', async () => {
  const { db } = await openShelf()
  const write = createWriter(db)
  const insert = (id: string) => write((trx) => trx.insertInto('uploads').values(upload(id)).execute())
  const results = await Promise.allSettled([insert('a'), insert('a'), insert('b')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await db.selectFrom('uploads').select('id').orderBy('id').execute()).toEqual([
    { id: 'a' },
    { id: 'b' },
  ])
})
