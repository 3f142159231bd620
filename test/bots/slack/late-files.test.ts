import { expect, test } from 'bun:test'
import { LateFiles } from '../../../src/bots/slack/late-files.ts'
import type { LateMessage } from '../../../src/bots/slack/handlers.ts'
import { waitingMessagesIn } from '../../../src/serve/waiting-messages.ts'
import { refuseWrites } from '../../support/refuse-writes.ts'
import { openShelf } from '../../support/runner-store.ts'

const MESSAGE: LateMessage = { origin: { actor: { id: 'U1' } }, sending: 'C1:1.1', answered: [] }

test('a database that cannot be written just while files come late loses none of them', async () => {
  const { db } = await openShelf()
  const arrivals: string[][] = []
  const waiting = waitingMessagesIn(db, 'T1')
  const refused = Promise.withResolvers<void>()
  const take = (channel: string, ts: string) =>
    waiting.take(channel, ts).catch((fault: unknown) => {
      refused.resolve()
      throw fault
    })
  const late = new LateFiles<LateMessage>({
    waiting: { ...waiting, take },
    sharesOf: (id) => Promise.resolve({ file: { id, name: `${id}.xlsx` }, messages: ['1.1'] }),
    arrived: (_, files) => Promise.resolve(void arrivals.push(files.map(({ id }) => id))),
    collectMs: 10,
  })
  await late.expect('C1', '1.1', MESSAGE)
  const acknowledged: string[] = []
  const shared = ['F1', 'F2'].map((id) => late.shared(id, 'C1', () => acknowledged.push(id)))
  const end = await refuseWrites(db, 'delete', 'leases')
  await refused.promise
  expect(arrivals).toEqual([])
  await end()
  await Promise.all(shared)
  expect(arrivals).toEqual([['F1', 'F2']])
  expect(acknowledged).toEqual(['F1', 'F2'])
  await late.shared('F3', 'C1', () => acknowledged.push('F3'))
  expect(arrivals).toHaveLength(1)
})
