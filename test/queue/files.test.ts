import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { serve } from '../dify/support/serve.ts'
import { aSandbox, later, openBot, QUICK, tempFolder, until, withWorkflow } from '../support/bot.ts'
import {
  EVERY_INPUT,
  orderWithFiles,
  storeFiles,
  type UploadTrouble,
  uploadsBefore,
} from '../support/uploads.ts'
import { spoken } from '../support/spoken.ts'

async function aServer(env: Record<string, string> = {}) {
  const sandbox = aSandbox()
  const uploads = uploadsBefore(sandbox)
  const folder = tempFolder()
  const bot = await openBot(folder, QUICK, env)
  const workflow = await withWorkflow(bot, { baseUrl: uploads.url, apiKey: EVERY_INPUT, limit: 10 })
  return { sandbox, uploads, folder, bot, workflow }
}

const ended = (bot: Rowbot, id: string) =>
  until(
    () => findTask(bot.db, id),
    (task) => task?.status === 'completed' || task?.status === 'failed',
  )

test('a server that loses, cuts and refuses uploads now and then gets every row once, at no cost to any', async () => {
  const { sandbox, uploads, bot, workflow } = await aServer()
  uploads.trouble((n, ofFile): UploadTrouble => {
    if (ofFile > 2) return undefined
    if (n % 7 === 0) return 'lose'
    if (n % 11 === 0) return 'cut'
    return n % 13 === 0 ? 'page' : undefined
  })
  const files = await storeFiles(bot, 300)
  const { id } = await bot.engine.submit(orderWithFiles(workflow, files, { retries: 0 }))
  bot.startRunner()
  expect(await ended(bot, id)).toMatchObject({ counts: { succeeded: 300, failed: 0 } })
  const right = uploads.rightRuns(files)
  expect(right.size).toBe(300)
  expect([...right.values()].every((runs) => runs === 1)).toBe(true)
  expect(uploads.uploads()).toBeGreaterThan(350)
  expect(sandbox.hits().filter(({ status }) => status === 'succeeded')).toHaveLength(300)
  const open = await bot.db.selectFrom('runs').select('user').where('status', '=', 'open').execute()
  expect(open).toEqual([])
})

test('a server that loses every upload, and one that breaks every upload, end each row with a word on why', async () => {
  const { uploads, sandbox, bot, workflow } = await aServer()
  const files = await storeFiles(bot, 12)
  bot.startRunner()
  for (const [trouble, says, times] of [
    ['lose', 'See whether its file storage works', 4],
    ['page', 'Uploading a file: ', 6],
  ] as const) {
    uploads.trouble(() => trouble)
    const before = uploads.uploads()
    const { id } = await bot.engine.submit(orderWithFiles(workflow, files, { retries: 1 }))
    expect(await ended(bot, id)).toMatchObject({ counts: { failed: 12 } })
    for await (const rows of resultRows(bot.db, id))
      for (const { error } of rows) expect(spoken(error)).toContain(says)
    expect(uploads.uploads() - before).toBe(12 * times)
  }
  expect(sandbox.hits().filter(({ status }) => status === 'succeeded')).toEqual([])
})

test('a download that drips for ever ends with the row’s time, and holds up no other row', async () => {
  const drip = serve(
    () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await Bun.sleep(50)
            controller.enqueue(new Uint8Array([120]))
          },
        }),
      ),
  )
  later(() => drip[Symbol.asyncDispose]())
  const quick = serve(() => new Response('text'))
  later(() => quick[Symbol.asyncDispose]())
  const hosts = [drip, quick].map(({ url }) => new URL(url).host).join(',')
  const { bot, workflow, folder } = await aServer({ ROWBOT_FILE_HOSTS: hosts })
  const order = orderWithFiles(workflow, await storeFiles(bot, 10), { retries: 0, timeoutSeconds: 1 })
  const { id } = await bot.engine.submit({
    ...order,
    rows: order.rows.map((row) => {
      const { url } = row.row === 4 ? drip : quick
      const link = { type: 'document', transfer_method: 'remote_url', url: `${url}/${row.row}.txt` } as const
      return { ...row, inputs: { short_text: String(row.row), documents: [link] } }
    }),
  })
  bot.startRunner()
  expect(await ended(bot, id)).toMatchObject({ counts: { succeeded: 9, failed: 1 } })
  const results = []
  for await (const rows of resultRows(bot.db, id)) results.push(...rows)
  expect(spoken(results[2])).toMatchObject({ row: 4, error: 'The files were not uploaded within 1 s.' })
  await until(
    () => readdirSync(join(folder, 'files', 'tmp')),
    (left) => left.length === 0,
  )
})
