import { describe, expect, test } from 'bun:test'
import pino from 'pino'
import type { ResultPart } from '../../src/app/chat-results.ts'
import { openLink, ResultLinks } from '../../src/app/result-links.ts'
import { insertTaskMessage } from '../../src/db/chats/task-messages.ts'
import { aPerson, PLACE } from '../wizard/support/cast.ts'
import { later } from '../support/bot.ts'
import { anOrder, box } from '../support/runner-store.ts'
import { aDesk } from './support/cast.ts'
import { aHand } from './support/hand.ts'

const HOUR_MS = 3_600_000
const THREAD = { ...PLACE, channel: 'C1', thread: '1.1' }
const MEI = aPerson('Mei')
const DIRECT = { platform: 'slack' as const, team: 'T1', channel: 'D-Mei' }

/** A task that is about to end, whose result of some bytes is too large, with a page or without. */
async function aLargeResult({ page = true, maxBytes = 2 }: { page?: boolean; maxBytes?: number } = {}) {
  const options: { links?: ResultLinks } = {}
  const cast = await aDesk(options)
  const { db, clock, chat, pass, engine } = cast
  const app = { db, clock, box, log: pino({ level: 'silent' }) }
  if (page) options.links = new ResultLinks(app, 'https://rowbot.example')
  chat.maxBytes = maxBytes
  const workflow = cast.workflows[0]
  if (!workflow) throw new Error('no workflow')
  const hand = aHand(db, clock)
  const ownerKey = 'slack:T1:U-Mei'
  const { id } = await engine.submit(anOrder(workflow, 20, { parameters: { name: 'products-q3' }, ownerKey }))
  const [owner, place] = [JSON.stringify(MEI), JSON.stringify(THREAD)]
  await insertTaskMessage(db, { taskId: id, owner, place, locale: 'en', message: null })
  const task = await hand.shelf.take(id)
  if (!task) throw new Error('not taken')
  const { reporter } = cast.rebuild() // with the links
  later(() => reporter.stop())
  reporter.start()
  await pass(4_000)
  return {
    ...cast,
    reporter,
    /** all rows are done, and whatever can be sent is sent */
    finish: async () => {
      await hand.settle(task, 99)
      await hand.shelf.complete(task)
      await pass(10_000)
    },
    said: (channel: string) =>
      chat.messages.flatMap(({ place: at }, i) => (at.channel === channel && i > 0 ? [chat.text(i)] : [])),
    /** of the tokens that were sent, how many work */
    live: async () => {
      const tokens = JSON.stringify(chat.messages).match(/(?<=\/r\/)[\w-]{43}/g) ?? []
      const opened = await Promise.all([...new Set(tokens)].map((token) => openLink(app, token)))
      return opened.map((link) => link !== undefined)
    },
    delivery: () => db.selectFrom('deliveries').select(['state', 'place_knows']).executeTakeFirstOrThrow(),
  }
}

function parts(...bytes: number[]): ResultPart[] {
  const name = (i: number) => `products-q3.results.part-${i + 1}-of-${bytes.length}.xlsx`
  return bytes.map((size, i) => ({
    name: name(i),
    content: new Blob(['x'.repeat(size)]),
    rows: { from: 10 * i + 2, to: 10 * i + 11 },
  }))
}

describe('a result that is too large', () => {
  test('is not even tried where the limit is known', async () => {
    const { finish, chat } = await aLargeResult()
    await finish()
    expect(chat.uploads).toEqual([])
    expect(chat.refused).toEqual([])
  })

  test('goes as a ZIP if that is small enough, and says so', async () => {
    const { finish, chat, smaller, said } = await aLargeResult({ maxBytes: 5 })
    const zip = { name: 'products-q3.results.csv.zip', content: new Blob(['PK']) }
    smaller.now = { ...smaller.now, zipped: () => Promise.resolve(zip) }
    await finish()
    expect(chat.uploads.map(({ name }) => name)).toEqual([zip.name])
    expect(chat.uploads[0]?.text).toMatch(
      /20 done.*too large for Slack, so it is here as CSV in a ZIP\. @Mei$/,
    )
    expect(said('D-U-Mei')).toEqual([])
  })

  test('goes as a link to its owner, and the thread says so, once', async () => {
    const { finish, said, live, delivery } = await aLargeResult()
    await finish()
    expect(said('D-U-Mei')).toEqual([expect.stringContaining('Download it here.')])
    expect(said('C1')).toEqual(['The result (0 KB) is too large for Slack; I sent @Mei a link.'])
    expect(await live()).toEqual([true])
    expect(await delivery()).toMatchObject({ state: 'seen' })
  })

  test('and files that are too large go as one link: the second does not end the first', async () => {
    const { finish, said, live, gave, db, chat } = await aLargeResult()
    const row = await db.selectFrom('task_executions').select(['id', 'task_id']).executeTakeFirstOrThrow()
    const file = { execution_id: row.id, task_id: row.task_id, position: 1, row_number: 2, output: 'chart' }
    const bytes = {
      name: 'chart.png',
      mime_type: 'image/png',
      size: 10,
      sha256: '0'.repeat(64),
      url: 'https://x',
    }
    await db
      .insertInto('output_files')
      .values({ ...file, ...bytes, status: 'fetched', error: null, at: 1 })
      .execute()
    gave.files = 1
    await finish()
    expect(said('D-U-Mei').map((text) => text.replace(/ \(.*/s, ''))).toEqual([
      expect.stringContaining('The result'),
      expect.stringContaining('The files that the rows gave'),
    ])
    expect(await live()).toEqual([true])
    expect(chat.uploads).toEqual([])
  })

  test('goes as the same link after a crash between its messages', async () => {
    const { finish, chat, said, live, reporter, rebuild, pass } = await aLargeResult()
    await reporter.stop()
    const post = chat.post.bind(chat)
    chat.post = (place, ...rest) =>
      place.channel === 'C1' ? new Promise<never>(() => {}) : post(place, ...rest)
    rebuild().reporter.start() // it is killed while it tells the thread
    await finish()
    expect(said('D-U-Mei')).toHaveLength(1)
    chat.post = post
    rebuild().reporter.start()
    await pass(10_000)
    expect([said('D-U-Mei'), said('C1')].map((all) => all.length)).toEqual([1, 1])
    expect(await live()).toEqual([true])
  })

  test('is with its owner, though the thread that was to be told is gone meanwhile', async () => {
    const { finish, chat, said, delivery } = await aLargeResult()
    chat.gone.add('C1')
    await finish()
    expect(said('D-U-Mei')).toHaveLength(1)
    expect(await delivery()).toMatchObject({ state: 'seen' })
  })

  test('waits for an owner who takes no direct messages: told once, however often it is tried', async () => {
    const { finish, chat, clock, pass, said, reporter, rebuild, delivery } = await aLargeResult()
    chat.noDirect = true
    const post = chat.post.bind(chat)
    const tried: string[] = []
    chat.post = (place, ...rest) => {
      tried.push(place.channel)
      return post(place, ...rest)
    }
    await finish()
    expect(tried).toEqual(['C1'])
    expect(said('C1')).toEqual([expect.stringContaining('I wanted to send @Mei a link, but may not')])
    expect(await delivery()).toEqual({ state: 'waiting', place_knows: 1 })
    await reporter.stop()
    const restarted = rebuild().reporter
    restarted.start()
    await clock.pass(HOUR_MS)
    await pass(3_000)
    expect(tried).toEqual(['C1']) // not even tried: a chat may not know the message any more
    expect(said('D-Mei')).toEqual([])
    await restarted.spoke({ person: MEI, place: DIRECT })
    await pass(5_000)
    expect(said('D-Mei')).toEqual([expect.stringContaining('Download it here.')])
    expect(await delivery()).toMatchObject({ state: 'seen' })
  })
})

describe('where the page has no address, it goes', () => {
  /** A result of 20,000 bytes, and the parts that there are of it, one time after the other. */
  async function inParts(maxBytes: number, ...made: ResultPart[][]) {
    const cast = await aLargeResult({ page: false, maxBytes })
    cast.size.now = 20_000
    const asked: number[] = []
    cast.smaller.now = {
      parts: (most) => {
        asked.push(most)
        return Promise.resolve(made.shift())
      },
    }
    return { ...cast, asked }
  }

  test('in parts that fit, each with its rows and a key of its own', async () => {
    const { finish, chat, asked, said } = await inParts(10_000, parts(5_000, 5_000, 5_900))
    await finish()
    expect(asked).toEqual([10_000 - 4_096])
    expect(chat.uploads.map(({ name, text }) => `${name}: ${text}`)).toEqual([
      expect.stringMatching(
        /part-1-of-3\.xlsx: products-q3 is done: 20 done .*The result \(20 KB\) is too large for Slack as one file\. Part 1 of 3: rows 2 to 11 @Mei$/,
      ),
      'products-q3.results.part-2-of-3.xlsx: Part 2 of 3: rows 12 to 21',
      'products-q3.results.part-3-of-3.xlsx: Part 3 of 3: rows 22 to 31',
    ])
    const keys = chat.uploads.map(({ once }) => once.key)
    expect(new Set(keys).size).toBe(3)
    expect(keys.every((key) => key.length <= 25)).toBe(true)
    expect(said('C1')).toEqual([])
  })

  test('in one new workbook, if that is small enough', async () => {
    const { finish, chat } = await inParts(10_000, parts(5_000))
    await finish()
    expect(chat.uploads).toHaveLength(1)
    expect(chat.uploads[0]?.text).toContain(
      'too large for Slack in your workbook, so it is here in a new one.',
    )
  })

  test('in ever smaller parts, where the platform does not say what it takes', async () => {
    const cast = await inParts(3_000, parts(5_000, 5_000), parts(2_000, 2_000, 2_000))
    cast.chat.knowsLimit = false
    await cast.finish()
    expect(cast.asked).toEqual([10_000 - 4_096, (10_000 - 4_096) / 2])
    expect(cast.chat.uploads.map(({ name }) => name)).toEqual([
      'products-q3.results.part-1-of-3.xlsx',
      'products-q3.results.part-2-of-3.xlsx',
      'products-q3.results.part-3-of-3.xlsx',
    ])
  })

  test('not at all, if it cannot be split: then it is said where it is', async () => {
    const { finish, chat, said, delivery } = await inParts(10_000)
    await finish()
    expect(chat.uploads).toEqual([])
    expect(said('C1')).toEqual([expect.stringContaining('is too large for this chat; it is on')])
    expect(await delivery()).toMatchObject({ state: 'seen' })
  })

  test('as far as the platform takes it, and it is said where the rest is', async () => {
    const { finish, chat, said } = await inParts(10_000, parts(5_000, 20_000, 5_000))
    await finish()
    expect(chat.uploads.map(({ name }) => name)).toEqual(['products-q3.results.part-1-of-3.xlsx'])
    expect(said('C1')).toHaveLength(1)
  })

  test('with the same keys after a crash between two parts, saying that they may be there', async () => {
    const { finish, chat, reporter, rebuild, pass, smaller } = await inParts(10_000)
    smaller.now = { parts: () => Promise.resolve(parts(5_000, 5_000)) }
    await reporter.stop()
    const upload = chat.upload.bind(chat)
    chat.upload = (place, file, ...rest) =>
      file.name.includes('part-2') ? new Promise<never>(() => {}) : upload(place, file, ...rest)
    rebuild().reporter.start()
    await finish()
    chat.upload = upload
    rebuild().reporter.start()
    await pass(10_000)
    const [first, again, second] = chat.uploads
    expect(chat.uploads).toHaveLength(3)
    const asSent = ({ key, since }: NonNullable<typeof first>['once']) => ({ key, since })
    expect(again && asSent(again.once)).toEqual(first && asSent(first.once))
    expect(again?.once.again).toBe(true)
    expect(second).toMatchObject({ name: 'products-q3.results.part-2-of-2.xlsx', once: { again: true } })
  })
})
