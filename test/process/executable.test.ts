import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { VERSION } from '../../src/engine/this-program.ts'
import { aSandbox, until } from '../support/bot.ts'
import { KEY, SAMPLE } from '../support/command.ts'
import { emptyMachine, executable } from '../support/executable.ts'
import { freePort } from '../support/free-port.ts'
import { cellsOf } from '../workbook/support/inspect.ts'

// `bun run build` makes one file, and that file is all there is: no Bun, no node_modules, nothing at home.

const BUILT = executable()
const withExecutable = test.skipIf(BUILT === undefined)

withExecutable(
  'the executable says its version, runs the demo and examines itself on an empty machine',
  async () => {
    const machine = await emptyMachine(await theExecutable())
    if (!machine.isEmptyRoot) console.warn('Here it runs in an empty folder, not in a root of its own.')
    expect((await machine.run(['--version']).ended).out).toBe(`rowbot ${VERSION}\n`)
    const demo = await machine.run(['demo']).ended
    expect(demo.err).toContain('Next: rowbot --help') // not `bun rowbot`
    expect(demo.out).toContain('5 done in')
    expect(demo.code).toBe(0)
    const rows = await cellsOf(
      await Bun.file(join(machine.folder, 'data/test_batch_data.results.xlsx')).bytes(),
    )
    expect(rows).toHaveLength(6)
    const doctor = await machine.run(['doctor']).ended
    expect(doctor.out).toContain(`✔ Rowbot ${VERSION} on Bun ${Bun.version}`)
    expect(doctor.out).toContain('single-file executable')
    expect(doctor.code).toBe(0)
    expect(readdirSync(join(machine.folder, 'home'))).toEqual([])
  },
)

withExecutable('it serves the page with all that the page loads, and runs a workbook', async () => {
  const sandbox = aSandbox({ delayMs: 0 })
  const machine = await emptyMachine(await theExecutable())
  const port = freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { ROWBOT_PORT: String(port) }
  const dify = { DIFY_BASE_URL: sandbox.url, DIFY_API_KEYS: KEY }
  const serving = machine.run(['serve'], { ...settings, ...dify })
  await serving.says('Running the tasks')
  const token = await Bun.file(join(machine.folder, 'data/admin.token')).text()
  const entered = await fetch(`${url}/sign-in?token=${token}`, { redirect: 'manual' })
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const get = (path: string) => fetch(`${url}${path}`, { headers: { cookie } })

  const page = await (await get('/batch')).text()
  const assets = [...new Set(page.match(/\/assets\/[^"]+/g))]
  for (const name of ['htmx.js', 'hx-ptag.js', 'icon.svg', 'page.css', 'page.js'])
    expect(assets.some((path) => path.startsWith(`/assets/${name}?`))).toBe(true)
  for (const path of [...assets, '/assets/search.svg', '/favicon.ico', '/docs']) {
    const asset = await get(path)
    expect([path, asset.status]).toEqual([path, 200])
    expect((await asset.text()).length).toBeGreaterThan(100)
  }

  const task = await sent(url, token)
  // `as`: what the API gives
  const status = async () => (await (await get(`/api/batch/${task}/status`)).json()) as { status: string }
  await until(status, (answer) => answer.status === 'completed')
  const result = await get(`/api/batch/${task}/download`)
  const [headings, ...rows] = await cellsOf(await result.bytes())
  expect(headings?.cells).toContain('run id')
  expect(rows).toHaveLength(5)
  expect(sandbox.hits()).toHaveLength(5)
  const healthy = await machine.run(['healthy'], settings).ended
  expect([healthy.code, healthy.err]).toEqual([0, ''])

  machine.terminate(serving)
  const { code, err } = await serving.ended
  expect(err).toContain('Stopping: rows in flight may finish.')
  expect(code).toBe(0)
  expect((await machine.run(['healthy'], settings).ended).code).toBe(1)
})

withExecutable('where its SQLite library cannot be unpacked it says so, and what to set', async () => {
  const machine = await emptyMachine(await theExecutable())
  const { code, err } = await machine.run(['tasks'], { BUN_TMPDIR: '/nowhere' }).ended
  expect(err).toBe(
    'Rowbot’s SQLite library could not be loaded from /nowhere: the folder cannot be written, or is mounted noexec.\n' +
      'Set BUN_TMPDIR to a folder that can be written and executed from (BUN_TMPDIR=/dev/shm). It needs 3 MB there.\n',
  )
  expect(code).toBe(1)
})

async function theExecutable(): Promise<string> {
  return (await BUILT) ?? ''
}

/** Sends the sample to the page and starts it. @returns the id of the task */
async function sent(url: string, token: string): Promise<string> {
  const authorization = `Bearer ${token}`
  const form = new FormData()
  form.set('file', Bun.file(SAMPLE), 'products.xlsx')
  const upload = await fetch(`${url}/api/batch/upload`, {
    method: 'POST',
    headers: { authorization },
    body: form,
  })
  // `as`: what the API gives
  const { upload_id } = (await upload.json()) as { upload_id: string }
  const task = await fetch(`${url}/api/batch/execute`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ upload_id }),
  })
  return ((await task.json()) as { task_id: string }).task_id
}
