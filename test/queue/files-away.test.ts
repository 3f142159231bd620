import { expect, test } from 'bun:test'
import { listOutputFiles } from '../../src/db/rows/output-files.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { aSandbox, openBot, QUICK, tempFolder, until, withWorkflow } from '../support/bot.ts'
import type { SandboxApp } from '../../src/dify/sandbox/app.ts'
import { withFileApp } from '../support/file-apps.ts'
import { textIn } from '../support/file-store.ts'
import { anS3Server } from '../support/s3-server.ts'
import { EVERY_INPUT, orderWithFiles, storeFiles, uploadsBefore } from '../support/uploads.ts'

async function aBucket() {
  const s3 = await anS3Server()
  const env = {
    ROWBOT_BUCKET: 's3://rowbot/files',
    ROWBOT_BUCKET_ENDPOINT: s3.url,
    ROWBOT_BUCKET_KEY_ID: s3.keyId,
    ROWBOT_BUCKET_SECRET: s3.secret,
  }
  return { s3, env }
}

test('rows wait while the bucket with their files refuses, at no cost, and each runs once when it is back', async () => {
  const { s3, env } = await aBucket()
  const sandbox = aSandbox()
  const uploads = uploadsBefore(sandbox)
  const bot = await openBot(tempFolder(), QUICK, env)
  const workflow = await withWorkflow(bot, { baseUrl: uploads.url, apiKey: EVERY_INPUT, limit: 10 })
  const files = await storeFiles(bot, 20)
  expect(s3.buckets.get('rowbot')?.size).toBe(20)
  const { secret } = s3
  s3.secret = 'replaced'
  const asked = s3.requests.length
  const { id } = await bot.engine.submit(orderWithFiles(workflow, files, { retries: 0 }))
  bot.startRunner()
  await until(
    () => s3.requests.length - asked,
    (count) => count > 10,
  )
  expect(await findTask(bot.db, id)).toMatchObject({ status: 'running', counts: { succeeded: 0, failed: 0 } })
  s3.secret = secret
  const ended = await until(
    () => findTask(bot.db, id),
    (task) => task?.status === 'completed',
  )
  expect(ended).toMatchObject({ counts: { succeeded: 20, failed: 0 } })
  expect([...uploads.rightRuns(files).values()]).toEqual(Array.from({ length: 20 }, () => 1))
})

test('files of outputs wait until the bucket is back', async () => {
  const { s3, env } = await aBucket()
  const labels: SandboxApp['work'] = ({ name }, _query, _files, appFiles) => ({
    outputs: { label: appFiles.make('label.txt', 'text/plain', Buffer.from(String(name))) },
    text: '',
  })
  const { bot, run } = await withFileApp(labels, { env })
  const objects = s3.buckets.get('rowbot') ?? new Map<string, never>()
  s3.buckets.delete('rowbot')
  const id = await run(2)
  const statuses = async () => (await listOutputFiles(bot.db, id)).map(({ status }) => status)
  expect(await statuses()).toEqual(['waiting', 'waiting'])
  s3.buckets.set('rowbot', objects)
  await until(statuses, (all) => all.every((status) => status === 'fetched'))
  const [first] = await listOutputFiles(bot.db, id)
  expect(await textIn(bot.files, first?.sha256)).toBe('Kettle 2')
})
