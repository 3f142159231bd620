import { expect, test } from 'bun:test'
import { join } from 'node:path'
import {
  findHashesOfOutputs,
  listOutputFiles,
  updateOutputFile,
  waitAgain,
} from '../../src/db/rows/output-files.ts'
import { writeTaskResult } from '../../src/app/results.ts'
import { writeResultZip } from '../../src/app/result-files.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { aBot, later, tempFolder, until } from '../support/bot.ts'
import { filesInZip } from '../support/files-in-zip.ts'
import { settleRows } from '../support/settle-rows.ts'
import { spoken } from '../support/spoken.ts'
import { refuseWrites } from '../support/refuse-writes.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** So that the server cannot say how long they are together. */
function inPieces(pieces: Uint8Array[]): ReadableStream {
  const left = [...pieces]
  return new ReadableStream({
    async pull(body) {
      await new Promise((resolve) => setImmediate(resolve))
      const piece = left.shift()
      if (piece) body.enqueue(piece)
      else body.close()
    },
  })
}

type Answer = (request: Request) => Response

/** A server of files, which keeps the requests that it got. */
function aFileServer(answer: Answer) {
  const requests: Request[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => {
      requests.push(request)
      return answer(request)
    },
  })
  later(() => server.stop(true))
  return { host: `127.0.0.1:${server.port}`, requests }
}

/** A task whose first row has put out a file, settled as by a runner that died before it fetched anything. */
async function withFile(answer: Answer, change: Record<string, unknown> = {}) {
  const { host, requests } = aFileServer(answer)
  const { bot, submit } = await aBot()
  bot.config.limits.fileHosts.push(host)
  later(() => bot.config.limits.fileHosts.splice(0))
  const { id } = await submit(2)
  const file = {
    dify_model_identity: '__dify__file__',
    filename: 'chart.png',
    extension: '.png',
    mime_type: 'image/png',
    size: PNG.byteLength,
    url: `http://${host}/files/1/file-preview?sign=x`,
    ...change,
  }
  await settleRows(bot.db, id, [{ outputs: { picture: file, said: 'hello' } }])
  const fetch = () => bot.outputFiles.fetch({ taskId: id }, new AbortController().signal)
  const files = () => listOutputFiles(bot.db, id)
  return { bot, id, file, requests, fetch, files }
}

const served = () => new Response(PNG, { headers: { 'content-type': 'image/png' } })

test('a file is a waiting line as soon as its row is settled, and is fetched without the app’s key', async () => {
  const { bot, fetch, files, requests } = await withFile(served)
  expect(await files()).toMatchObject([{ status: 'waiting', name: 'chart.png', output: 'picture', row: 2 }])

  await fetch()

  const [file] = await files()
  expect(spoken(file)).toMatchObject({ status: 'fetched', size: PNG.byteLength, error: null })
  const bytes = await bot.files.open(file?.sha256 ?? '')
  expect(Buffer.concat(bytes ? await Array.fromAsync(bytes) : [])).toEqual(PNG)
  expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([null])
})

test('the result names the file, and its ZIP has it', async () => {
  const { bot, id, fetch } = await withFile(served)
  await fetch()
  const folder = tempFolder()
  await bot.engine.stop(id, 'me')
  const task = await findTask(bot.db, id)
  if (!task) throw new Error('the task is gone')

  await writeTaskResult(bot.db, task, 'w', {
    path: join(folder, 'r.csv'),
    format: 'csv',
    limits: bot.config.limits,
  })
  expect(await writeResultZip(bot.db, bot.files, id, join(folder, 'r.zip'))).toBe(true)

  expect(await Bun.file(join(folder, 'r.csv')).text()).toContain(',002-chart.png,hello,')
  expect((await filesInZip(join(folder, 'r.zip'))).get('002-chart.png')).toEqual(PNG)
})

test.each<[string, Answer, string, number]>([
  ['has ended', () => new Response('', { status: 403 }), 'Dify’s link to the file has ended (HTTP 403).', 1],
  ['is unknown', () => new Response('', { status: 404 }), 'Dify’s link to the file has ended (HTTP 404).', 1],
  ['breaks the server', () => new Response('', { status: 500 }), 'The file’s server answered HTTP 500.', 4],
  [
    'leads to a private address',
    () => new Response('', { status: 302, headers: { location: 'https://127.0.0.1/etc' } }),
    'The link to the file is to https://127.0.0.1, which is inside a private network.',
    1,
  ],
  [
    'breaks off without having said how long the file is',
    () => new Response(inPieces([PNG.subarray(0, 10)])),
    'The connection broke before the file’s end.',
    4,
  ],
  [
    'gives a web page',
    () => new Response('<!doctype html><title>Sign in</title>'),
    'The link to the file gave a web page instead, such as a sign-in page.',
    1,
  ],
])(
  'a link that %s leaves a failed line with a sentence, and the row succeeded',
  async (_, answer, error, calls) => {
    const { fetch, files, requests } = await withFile(answer)
    await fetch()
    expect(spoken(await files())).toMatchObject([{ status: 'failed', error, sha256: null }])
    expect(requests).toHaveLength(calls)
  },
)

test('a file that is too large is not even begun', async () => {
  const { fetch, files, requests } = await withFile(served, { size: 101 * 2 ** 20 })
  await fetch()
  expect(spoken(await files())).toMatchObject([
    { status: 'failed', error: expect.stringContaining('100 MB') },
  ])
  expect(requests).toHaveLength(0)
})

test('a failed file is fetched when a person asks for it again', async () => {
  let isUp = false
  const { bot, id, fetch, files } = await withFile(() =>
    isUp ? served() : new Response('', { status: 403 }),
  )
  await fetch()
  isUp = true
  expect(await bot.db.transaction().execute((trx) => waitAgain(trx, id, { now: 1 }))).toBe(1)
  await fetch()
  expect(await files()).toMatchObject([{ status: 'fetched' }])
})

test('what a killed runner has left is fetched by the next one', async () => {
  const { bot, id, files } = await withFile(served)
  await bot.engine.stop(id, 'me')
  bot.startRunner()
  await until(files, ([file]) => file?.status !== 'waiting')
  expect(await files()).toMatchObject([{ status: 'fetched' }])
})

test('a file that turns out to be too large while it comes is given up, and nothing of it stays', async () => {
  const { bot, fetch, files, requests } = await withFile(() => new Response(inPieces([PNG, PNG, PNG])), {
    size: undefined,
  })
  bot.config.limits.maxFilesBytes = 2 * PNG.byteLength
  await fetch()
  expect(spoken(await files())).toMatchObject([
    { status: 'failed', error: expect.stringContaining('together'), sha256: null },
  ])
  expect(requests).toHaveLength(1)
})

test('a database that refuses the write leaves the file waiting, and the runner comes back to it', async () => {
  const { bot, id, fetch, files, requests } = await withFile(served)
  const takeAgain = await refuseWrites(bot.db, 'update', 'output_files')
  await fetch() // comes back after some tries
  expect(await files()).toMatchObject([{ status: 'waiting' }])
  expect(requests.length).toBeGreaterThan(1)

  await bot.engine.stop(id, 'me')
  bot.startRunner()
  const before = requests.length
  await until(
    () => requests.length,
    (now) => now > before,
  )
  await takeAgain()
  expect(await until(files, ([file]) => file?.status !== 'waiting')).toMatchObject([{ status: 'fetched' }])
})

test('the sweep leaves fetched files alone until their task is deleted', async () => {
  const { bot, id, fetch, files } = await withFile(served)
  await fetch()
  const [file] = await files()
  const sha256 = file?.sha256 ?? ''
  expect(await findHashesOfOutputs(bot.db, [sha256])).toEqual([sha256])
  await bot.engine.stop(id, 'me')
  await bot.engine.delete(id)
  expect(await files()).toEqual([])
  expect(await findHashesOfOutputs(bot.db, [sha256])).toEqual([])
})

test('a row that runs again and gives no file then has none: not that of the run before', async () => {
  const { bot, id, fetch, files } = await withFile(served)
  await fetch()
  await bot.db.updateTable('batch_tasks').set({ status: 'completed' }).execute()
  await bot.engine.runAgain(id, 'Mei', { rows: [2] })
  expect(await files()).toMatchObject([{ status: 'fetched' }]) // as long as its earlier outputs stand
  await settleRows(bot.db, id, [{ outputs: { said: 'no picture this time' } }])
  expect(await files()).toEqual([])
})

test('a file that comes after its row has run again is not taken for the new one', async () => {
  const { bot, id, file, files } = await withFile(served)
  const [first] = await files()
  if (!first) throw new Error('The row has no file.')
  await bot.db.updateTable('batch_tasks').set({ status: 'completed' }).execute()
  await bot.engine.runAgain(id, 'Mei', { rows: [2] })
  await settleRows(bot.db, id, [{ outputs: { picture: { ...file, url: `${file.url}&second` } } }])
  await updateOutputFile(bot.db, first, { kind: 'fetched', sha256: 'of the first', size: 1 }, 3_000_000)
  expect(await files()).toMatchObject([{ status: 'waiting', sha256: null, url: `${file.url}&second` }])
})
