import { expect, test } from 'bun:test'
import { listOutputFiles } from '../../src/db/rows/output-files.ts'
import { later, orderOf } from '../support/bot.ts'
import { machines } from '../support/machines.ts'
import { settleRows } from '../support/settle-rows.ts'

test('a file among a row’s outputs that two machines want to fetch is fetched once', async () => {
  let requests = 0
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async () => {
      requests += 1
      await Bun.sleep(50)
      return new Response('a chart')
    },
  })
  later(() => server.stop(true))
  const host = `127.0.0.1:${server.port}`
  const { first, open, workflow } = await machines({ env: { ROWBOT_FILE_HOSTS: host } })
  const both = [first, await open()]
  const { id } = await first.engine.submit(orderOf(workflow, 2))
  const file = {
    dify_model_identity: '__dify__file__',
    filename: 'chart.txt',
    extension: '.txt',
    mime_type: 'text/plain',
    size: 7,
    url: `http://${host}/files/1/file-preview?sign=x`,
  }
  await settleRows(first.db, id, [{ outputs: { chart: file } }])
  const signal = new AbortController().signal
  await Promise.all(both.map((bot) => bot.outputFiles.fetch({ taskId: id }, signal)))
  expect(requests).toBe(1)
  const [stored] = await listOutputFiles(first.db, id)
  expect(stored).toMatchObject({ status: 'fetched', size: 7 })
})
