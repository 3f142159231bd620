import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { countOutputFiles, listOutputFiles } from '../../src/db/rows/output-files.ts'
import { writeResultZip } from '../../src/app/result-files.ts'
import { fetchTaskFiles } from '../../src/app/tasks.ts'
import { NotAllowed } from '../../src/app/actor.ts'
import { serve } from '../dify/support/serve.ts'
import { openBot, orderOf, tempFolder, until } from '../support/bot.ts'
import { difyFile, labelsWithLinks, withFileApp } from '../support/file-apps.ts'
import { filesInZip } from '../support/files-in-zip.ts'
import { spoken } from '../support/spoken.ts'
import { textIn } from '../support/file-store.ts'

const ADMIN = { face: 'cli', name: 'root', role: 'admin' } as const
const VIEWER = { face: 'page', name: 'Vi', role: 'viewer' } as const

/** Three labels a row whose links were dead when they came, in a task that has ended. Dify signs good ones now. */
async function withDeadLinks(rows: number) {
  let areFresh = false
  let edition = 1
  const textOf = ({ name }: Record<string, unknown>) => `${String(name)}, edition ${edition}`
  const around = await withFileApp(labelsWithLinks(() => areFresh, textOf))
  const id = await around.run(rows)
  const counts = () => countOutputFiles(around.bot.db, id)
  expect(await counts()).toMatchObject({ fetched: 0, failed: rows * 3, again: rows * 3 })
  areFresh = true
  const another = () => void edition++
  return { ...around, id, another, settled: () => until(counts, ({ waiting }) => waiting === 0) }
}

test('files whose links had died are fetched by the links that Dify signs now, and nothing is run again', async () => {
  const { bot, sandbox, id, settled } = await withDeadLinks(3)
  const runs = sandbox.hits().length

  expect(await fetchTaskFiles(bot, ADMIN, id)).toEqual({ files: 9 })

  expect(await settled()).toMatchObject({ fetched: 9, failed: 0 })
  expect(sandbox.hits()).toHaveLength(runs)
  const { entries } = await listAudit(bot.db)
  expect(entries[0]).toMatchObject({
    action: 'task.fetch',
    target: id,
    details: { task: 'a task', files: 9 },
  })
})

test('only the rows that are named are fetched again', async () => {
  const { bot, id, settled } = await withDeadLinks(3)
  expect(await fetchTaskFiles(bot, ADMIN, id, { rows: [3, 99] })).toEqual({ files: 3 })
  await settled()
  const files = await listOutputFiles(bot.db, id)
  for (const { row, status } of files) expect([row, status]).toEqual([row, row === 3 ? 'fetched' : 'failed'])
})

test('who may only look may not, and with nothing to fetch it is refused', async () => {
  const { bot, id, settled } = await withDeadLinks(1)
  await expect(fetchTaskFiles(bot, VIEWER, id)).rejects.toThrow(NotAllowed)
  await fetchTaskFiles(bot, ADMIN, id)
  await settled()
  await expect(fetchTaskFiles(bot, ADMIN, id)).rejects.toThrow('is to be fetched again')
})

test('what another process asks for is fetched by the runner', async () => {
  const { folder, id, settled } = await withDeadLinks(1)
  const other = await openBot(folder)
  expect(await other.hasRunner()).toBe(true)
  await fetchTaskFiles(other, ADMIN, id)
  expect(await settled()).toMatchObject({ fetched: 3 })
})

test('while nobody runs tasks, the process that was asked fetches', async () => {
  const { bot, id, settled } = await withDeadLinks(1)
  await bot.stopRunner(0)
  await fetchTaskFiles(bot, ADMIN, id)
  expect(await settled()).toMatchObject({ fetched: 3 })
})

test('relative links, lists, objects and texts: every file is found and stands where it was', async () => {
  const { bot, run } = await withFileApp((_inputs, _query, _files, appFiles) => {
    const make = (name: string) => {
      const file = appFiles.make(name, 'text/plain', Buffer.from(`of ${name}`))
      const { pathname, search } = new URL(String(file['url']))
      return { ...file, url: pathname + search }
    }
    const outputs = {
      one: make('a.txt'),
      many: [make('a.txt'), make('b.txt')],
      deep: { x: [make('c.txt'), 1] },
      text: 'hi',
    }
    return { outputs, text: '' }
  })
  const id = await run(1)
  const files = await listOutputFiles(bot.db, id)
  expect(spoken(files.map(({ output, name, status, error }) => [output, name, status, error]))).toEqual([
    ['one', 'a.txt', 'fetched', null],
    ['many', 'a.txt', 'fetched', null],
    ['many', 'b.txt', 'fetched', null],
    ['deep', 'c.txt', 'fetched', null],
  ])
  const path = join(tempFolder(), 'r.zip')
  await writeResultZip(bot.db, bot.files, id, path)
  const zipped = await filesInZip(path)
  expect([...zipped].map(([name, bytes]) => [name, bytes.toString()])).toEqual([
    ['002-1-a.txt', 'of a.txt'],
    ['002-2-a.txt', 'of a.txt'],
    ['002-3-b.txt', 'of b.txt'],
    ['002-4-c.txt', 'of c.txt'],
  ])
})

test('hostile names are names of files in the ZIP, each another', async () => {
  const names = [
    '../../etc/passwd',
    'a\0b.png',
    `${'x'.repeat(300)}.png`,
    'CON',
    'CON.png',
    '..',
    'same.png',
    'SAME.png',
  ]
  const { bot, run } = await withFileApp((_inputs, _query, _files, appFiles) => ({
    outputs: {
      files: names.map((filename) => ({
        ...appFiles.make('x.bin', 'application/octet-stream', Buffer.from('x')),
        filename,
      })),
    },
    text: '',
  }))
  const path = join(tempFolder(), 'r.zip')
  await writeResultZip(bot.db, bot.files, await run(1), path)
  const zipped = [...(await filesInZip(path)).keys()]
  expect(new Set(zipped.map((name) => name.toLowerCase())).size).toBe(names.length)
  for (const name of zipped) expect(name).toMatch(/^002-\d-[^/\\\0]{1,115}$/)
})

test('of a row with more than 20 files the first 20 are fetched, and the others are not offered again', async () => {
  const { bot, run } = await withFileApp((_inputs, _query, _files, appFiles) => ({
    outputs: {
      files: Array.from({ length: 23 }, (_, i) =>
        appFiles.make(`${i}.txt`, 'text/plain', Buffer.from(`${i}`)),
      ),
    },
    text: '',
  }))
  const id = await run(1)
  expect(await countOutputFiles(bot.db, id)).toMatchObject({ fetched: 20, failed: 3, again: 0 })
  await expect(fetchTaskFiles(bot, ADMIN, id)).rejects.toThrow('is to be fetched again')
})

test('rows that end at once never pass the limit of their task together', async () => {
  let asked = 0
  const all = Promise.withResolvers<void>()
  await using server = serve(async () => {
    if (++asked === 3) all.resolve()
    await all.promise // so that none is there when the others begin
    return new Response('x'.repeat(1_000))
  })
  const { bot, run } = await withFileApp(() => ({ outputs: { file: difyFile(`${server.url}/1`) }, text: '' }))
  bot.config.limits.fileHosts.push(new URL(server.url).host)
  bot.config.limits.maxFilesBytes = 1_500
  const id = await run(3)
  expect(asked).toBe(3)
  expect(await countOutputFiles(bot.db, id)).toMatchObject({ fetched: 1, failed: 2, fetchedBytes: 1_000 })
})

test('a file is found again by its name where Dify shows another order, or fewer files', async () => {
  let areFresh = false
  const { bot, run } = await withFileApp((_inputs, _query, _files, appFiles) => {
    const make = (name: string) => {
      const file = appFiles.make(name, 'text/plain', Buffer.from(`of ${name}`))
      return areFresh ? file : { ...file, url: String(file['url']).replace('sign=', 'sign=x') }
    }
    const many = {
      enumerable: true,
      get: () => (areFresh ? ['c', 'b'] : ['a', 'b', 'c']).map((name) => make(`${name}.txt`)),
    }
    return { outputs: Object.defineProperty({}, 'many', many), text: '' }
  })
  const id = await run(1)
  areFresh = true
  await fetchTaskFiles(bot, ADMIN, id)
  await until(
    () => countOutputFiles(bot.db, id),
    ({ waiting }) => waiting === 0,
  )
  const files = await listOutputFiles(bot.db, id)
  expect(files.map(({ name, status }) => [name, status])).toEqual([
    ['a.txt', 'failed'],
    ['b.txt', 'fetched'],
    ['c.txt', 'fetched'],
  ])
  for (const { name, sha256 } of files) {
    if (sha256 === null) continue
    expect(await textIn(bot.files, sha256)).toBe(`of ${name}`)
  }
})

test('hundreds of rows with a file each: all of them are in the ZIP', async () => {
  const { bot, run } = await withFileApp((inputs, _query, _files, appFiles) => ({
    outputs: { file: appFiles.make('a.txt', 'text/plain', Buffer.from(String(inputs['name']))) },
    text: '',
  }))
  const id = await run(300)
  expect(await countOutputFiles(bot.db, id)).toMatchObject({ fetched: 300, failed: 0, waiting: 0 })
  const path = join(tempFolder(), 'r.zip')
  await writeResultZip(bot.db, bot.files, id, path)
  const zipped = await filesInZip(path)
  expect(zipped.size).toBe(300)
  expect(zipped.get('277-a.txt')?.toString()).toBe('Kettle 277')
}, 120_000)

test('a link to nowhere leaves a sentence, and the row has succeeded', async () => {
  const { bot, run, find } = await withFileApp(() => ({ outputs: { file: difyFile('') }, text: '' }))
  const id = await run(1)
  expect((await find(id)).counts.succeeded).toBe(1)
  expect(spoken(await listOutputFiles(bot.db, id))).toMatchObject([
    { status: 'failed', error: 'Dify gave no link to the file.' },
  ])
})

describe('files of an answer that was carried over', () => {
  /** Row 2 of a second task has the answer of row 2 of the first, whose links were dead. */
  async function carried() {
    const around = await withDeadLinks(1)
    const { bot, workflow, id, ended } = around
    const carryFrom = { taskId: id, rows: 1 }
    const second = await bot.engine.submit({ ...orderOf(workflow, 1), carryFrom })
    await ended(second.id)
    const settled = () =>
      until(
        () => countOutputFiles(bot.db, second.id),
        ({ waiting }) => waiting === 0,
      )
    return { ...around, second: second.id, settled }
  }

  test('are fetched again though the task is deleted that they are from', async () => {
    const { bot, id, second, settled } = await carried()
    await bot.engine.delete(id)
    await fetchTaskFiles(bot, ADMIN, second)
    expect(await settled()).toMatchObject({ fetched: 3, failed: 0 })
  })

  test('are those of that answer, not of a later one of the same row', async () => {
    const { bot, id, second, ended, settled, another } = await carried()
    another()
    await bot.engine.runAgain(id, 'mei', { rows: [2] })
    await ended(id)
    await fetchTaskFiles(bot, ADMIN, second)
    expect(await settled()).toMatchObject({ fetched: 3, failed: 0 })
    const [file] = await listOutputFiles(bot.db, second)
    expect(await textIn(bot.files, file?.sha256)).toBe('Kettle 2, edition 1')
  })
})
