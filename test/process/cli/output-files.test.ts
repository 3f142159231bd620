import { expect, test } from 'bun:test'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { difyFile, FILE_APP_KEY, fileApp, labelsWithLinks } from '../../support/file-apps.ts'
import { filesInZip } from '../../support/files-in-zip.ts'
import type { SandboxApp } from '../../../src/dify/sandbox/app.ts'
import { aSandbox, later } from '../../support/bot.ts'
import { aFolder, rowbot, CALL } from '../../support/command.ts'

/** The command line beside a sandbox with one app, and a CSV file of two rows. */
async function besideFileApp(work: SandboxApp['work'], more: Record<string, string> = {}) {
  const sandbox = aSandbox({ apps: [fileApp(work)] })
  const around = aFolder({ DIFY_BASE_URL: sandbox.url, DIFY_API_KEYS: FILE_APP_KEY, ...more })
  const csv = join(around.folder, 'products.csv')
  await Bun.write(csv, 'Name,Features\nKettle,hot\nLamp,bright\n')
  const [out, zip] = [join(around.folder, 'out.csv'), join(around.folder, 'out.files.zip')]
  return { ...around, sandbox, csv, out, zip }
}

const label: SandboxApp['work'] = (inputs, _query, _files, appFiles) => ({
  outputs: { label: appFiles.make('label.txt', 'text/plain', Buffer.from(String(inputs['name']))) },
  text: '',
})

test('run writes the files into a ZIP beside the result, and prints where', async () => {
  const { run, csv, out, zip } = await besideFileApp(label)
  const ran = await run('run', csv, '--out', out)
  expect(ran.out.trim().split('\n').slice(-2)).toEqual([out, zip])
  expect([...(await filesInZip(zip))].map(([name, bytes]) => [name, bytes.toString()])).toEqual([
    ['002-label.txt', 'Kettle'],
    ['003-label.txt', 'Lamp'],
  ])
  expect(await Bun.file(out).text()).toContain('002-label.txt')
})

test('a ZIP of an earlier result goes when there are no files any more; one of somebody else stays', async () => {
  let hasFiles = true
  const { run, csv, out, zip } = await besideFileApp((...given) =>
    hasFiles ? label(...given) : { outputs: { said: 'x' }, text: '' },
  )
  await run('run', csv, '--out', out)
  expect(existsSync(zip)).toBe(true)
  hasFiles = false
  const { id } = JSON.parse((await run('run', csv, '--json', '--out', out)).out)
  expect(existsSync(zip)).toBe(false)

  await Bun.write(zip, 'of mine')
  await run('result', id, '--out', out)
  expect(await Bun.file(zip).text()).toBe('of mine')
})

test.each([
  ['is another file', (zip: string) => Bun.write(zip, 'of mine')],
  ['is a folder', (zip: string) => mkdirSync(zip)],
])(
  'where the ZIP %s, the result is there all the same, and a sentence says what is not',
  async (_, prepare) => {
    const { run, csv, out, zip } = await besideFileApp(label)
    await prepare(zip)
    const ran = await run('run', csv, '--json', '--out', out)
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out)).toMatchObject({ result: out, succeeded: 2 })
    expect(JSON.parse(ran.out)).not.toHaveProperty('files')
    expect(ran.err).toContain(zip)
    expect(ran.err).toContain(`${CALL} result`)
    expect(await Bun.file(out).text()).toContain('002-label.txt')
  },
)

test('what could not be fetched is said by run, status and tasks, and fetched by fetch', async () => {
  let areFresh = false
  const { run, csv, out, sandbox } = await besideFileApp(labelsWithLinks(() => areFresh))
  const ran = await run('run', csv, '--out', out)
  const id = /rowbot fetch (\w+)/.exec(ran.out)?.[1] ?? ''
  expect(ran.out).toContain(`6 files could not be fetched. Fetch again: ${CALL} fetch ${id}`)
  expect((await run('status', id)).out).toContain('6 files could not be fetched.')
  expect((await run('tasks')).out).toContain('6 files not fetched')

  const dead = await run('fetch', id)
  expect([dead.code, dead.out]).toEqual([
    2,
    expect.stringContaining('row 2 · label.txt · Dify’s link to the file has ended'),
  ])
  areFresh = true
  expect(await run('fetch', id, '--rows', '3')).toMatchObject({
    code: 0,
    err: expect.stringContaining('3 files again.'),
  })
  expect(await run('fetch', id)).toMatchObject({ code: 0, out: expect.stringContaining('6 files fetched.') })
  expect((await run('fetch', id)).err).toContain('is to be fetched again')
  expect(sandbox.hits()).toHaveLength(2)
})

test('kill -9 between the end of a row and the fetching of its file: the next process fetches it, and pays nothing', async () => {
  const asked = Promise.withResolvers<void>()
  let isUp = false
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    fetch: () => {
      asked.resolve()
      return isUp ? new Response('a label') : new Promise<Response>(() => {})
    },
  })
  later(() => server.stop(true))
  const host = `127.0.0.1:${server.port}`
  const work = () => ({
    outputs: { label: difyFile(`http://${host}/1`, { filename: 'label.txt' }) },
    text: '',
  })
  const { run, env, csv, out, zip, sandbox } = await besideFileApp(work, { ROWBOT_FILE_HOSTS: host })

  const first = rowbot(['run', csv, '--concurrency', '1', '--out', out], env)
  await asked.promise
  first.process.kill('SIGKILL')
  await first.process.exited
  const [{ id }] = JSON.parse((await run('tasks', '--json')).out)
  expect((await run('status', id)).out).toContain('1 file is not fetched yet.')

  isUp = true
  const resumed = await run('resume', id, '--json', '--out', out)
  expect(JSON.parse(resumed.out)).toMatchObject({ succeeded: 2, result: out, files: zip })
  expect([...(await filesInZip(zip)).keys()]).toEqual(['002-label.txt', '003-label.txt'])
  expect(sandbox.hits()).toHaveLength(2)
})
