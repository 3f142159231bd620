import { describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listWorkflows, updateWorkflow } from '../../src/db/workflows/workflows.ts'
import type { Variable } from '../../src/engine/workflow.ts'
import { Rowbot, RowbotProblem } from '../../src/client/rowbot.ts'
import { createProgram } from '../../src/cli/program.ts'
import { createRemoteProgram } from '../../src/cli/remote/program.ts'
import { followThere } from '../../src/cli/remote/tasks.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { aProgram, SAMPLE } from '../admin/api/support/program.ts'
import { ADMIN_TOKEN, ORIGIN } from '../admin/support/admin.ts'

async function there() {
  const { call, ...program } = await aProgram()
  const fetch = (url: string, init: RequestInit) => call(url.slice(ORIGIN.length), init)
  return { ...program, fetch, rowbot: new Rowbot({ url: `${ORIGIN}/`, token: ADMIN_TOKEN, fetch }) }
}

test('the client takes a workbook to its results, and reads every row', async () => {
  const { rowbot } = await there()
  const upload = await rowbot.upload({ name: 'a.xlsx', bytes: new Uint8Array(SAMPLE) })
  expect([upload.rows, upload.good]).toEqual([5, 5])
  const order = { upload_id: upload.upload_id, retries: 1 }
  const { task_id } = await rowbot.execute(order, { key: 'k' })
  expect((await rowbot.execute(order, { key: 'k' })).task_id).toBe(task_id)
  const looks: string[] = []
  const ended = await rowbot.wait(task_id, { firstMs: 5, onProgress: ({ status }) => looks.push(status) })
  expect([ended.status, ended.succeeded, looks.at(-1)]).toEqual(['completed', 5, 'completed'])
  const rows = await Array.fromAsync(rowbot.rows(task_id))
  expect(rows.map(({ row }) => row)).toEqual([2, 3, 4, 5, 6])
  expect((await (await rowbot.download(task_id, 'csv')).text()).trim().split('\n').length).toBeGreaterThan(5)
  expect((await rowbot.tasks({ status: ['completed'] })).total).toBe(1)
})

test('a refusal is thrown with its code, its sentence and what to do', async () => {
  const { rowbot } = await there()
  const fault: unknown = await rowbot.status('none').catch((thrown: unknown) => thrown)
  expect(fault).toBeInstanceOf(RowbotProblem)
  expect(fault).toMatchObject({ status: 404, code: 'not_found', message: 'There is no such task.' })
})

test('waiting survives a server that is away for a while, and not one that says no', async () => {
  const { rowbot, fetch, submit } = await there()
  const { id } = await submit(2)
  let broken = 3
  const shaky = new Rowbot({
    url: ORIGIN,
    token: ADMIN_TOKEN,
    fetch: (url, init) => (broken-- > 0 ? Promise.reject(new TypeError('reset')) : fetch(url, init)),
  })
  expect((await shaky.wait(id, { firstMs: 1 })).status).toBe('completed')
  await expect(rowbot.wait('none')).rejects.toThrow('There is no such task.')
})

test('waiting follows the events, and asks where they do not come through', async () => {
  const { fetch, submit } = await there()
  const asked: string[] = []
  const followed = new Rowbot({
    url: ORIGIN,
    token: ADMIN_TOKEN,
    fetch: (url, init) => {
      asked.push(url.slice(url.lastIndexOf('/') + 1))
      return fetch(url, init)
    },
  })
  const looks: string[] = []
  const onProgress = ({ status }: { status: string }) => looks.push(status)
  const { id } = await submit(3)
  expect((await followed.wait(id, { firstMs: 60_000, onProgress })).succeeded).toBe(3)
  expect([asked, looks.at(-1)]).toEqual([['status', 'events'], 'completed'])

  const polled = new Rowbot({
    url: ORIGIN,
    token: ADMIN_TOKEN,
    fetch: (url, init) => (url.endsWith('/events') ? Promise.resolve(new Response('')) : fetch(url, init)),
  })
  const { id: other } = await submit(3)
  expect((await polled.wait(other, { firstMs: 5 })).succeeded).toBe(3)
})

test('what the caller’s own function throws ends the wait, at once and once', async () => {
  const { rowbot, submit } = await there()
  for (const last of ['pending', 'completed']) {
    const { id } = await submit(3)
    let calls = 0
    const onProgress = ({ status }: { status: string }) => {
      if (last === 'completed' && status !== last) return
      calls++
      throw new Error('the caller’s own')
    }
    await expect(rowbot.wait(id, { firstMs: 1, onProgress })).rejects.toThrow('the caller’s own')
    expect(calls).toBe(1)
  }
})

test('a wait that is ended says why, whatever it is doing', async () => {
  const ask = (url: string, { signal }: RequestInit) =>
    url.endsWith('/events')
      ? Promise.resolve(new Response(''))
      : signal?.aborted
        ? Promise.reject(new TypeError('not asked'))
        : Promise.resolve(Response.json({ status: 'running' }))
  const rowbot = new Rowbot({ url: ORIGIN, token: ADMIN_TOKEN, fetch: ask })
  const why = new Error('the shop has closed')
  const ended = new AbortController()
  const waiting = rowbot.wait('1', { signal: ended.signal, onProgress: () => setImmediate(end) })
  const end = () => ended.abort(why)
  await expect(waiting).rejects.toBe(why)
})

test('rows that change their state while they are read are neither missed nor read twice', async () => {
  const { rowbot, submit, bot } = await there()
  const { id } = await submit(450)
  await rowbot.pause(id)
  await bot.db.updateTable('task_executions').set({ status: 'failed' }).where('task_id', '=', id).execute()
  const read: number[] = []
  for await (const { row } of rowbot.rows(id, { status: ['failed'] })) {
    read.push(row)
    const one = bot.db.updateTable('task_executions').set({ status: 'succeeded' })
    await one.where('task_id', '=', id).where('row_number', '=', row).execute()
  }
  expect(read).toEqual(Array.from({ length: 450 }, (_, at) => at + 2))
  expect(await Array.fromAsync(rowbot.rows(id, { status: ['failed'] }))).toEqual([])
})

test('a call for one row that names none is refused, and pays for no other', async () => {
  const { rowbot, finished } = await there()
  const { task_id: id } = await finished()
  await expect(rowbot.retry(id, undefined, { version: 'x' })).rejects.toThrow('rows: is missing.')
  const again = rowbot.runAgain(id, undefined, { inputs: { name: 'x' } })
  await expect(again).rejects.toThrow('rows: is missing.')
  const both = rowbot.runAgain(id, [2], { inputs: { name: 'x' }, inputs_as_in_file: true })
  await expect(both).rejects.toThrow('give one of inputs, inputs_as_in_file.')
})

test('the command line erases and exports with --server as it does here', async () => {
  const { fetch, bot, finished } = await there()
  const { task_id: id } = await finished()
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-remote-'))
  const out: string[] = []
  const io = {
    screen: (quiet: boolean) =>
      createScreen({ write: (text: string) => out.push(text) }, { write: () => true }, quiet),
  }
  const codes: number[] = []
  const done = (code: number) => codes.push(code)
  const elsewhere = (...words: string[]) =>
    createRemoteProgram({ ...io, token: ADMIN_TOKEN, fetch }, done)
      .exitOverride()
      .parseAsync(['bun', 'rowbot', '--server', ORIGIN, ...words])
  const here = (...words: string[]) =>
    createProgram({ ...io, open: () => Promise.resolve(bot) }, done)
      .exitOverride()
      .parseAsync(['bun', 'rowbot', ...words])
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')

  for (const [name, rowbot] of [
    ['here', here],
    ['there', elsewhere],
  ] as const)
    await rowbot('audit', '--since', '2026-01-01', '--until', '2099-01-01', '-o', join(folder, name))
  expect(read('there')).toBe(read('here'))
  expect(read('there').split('\n').length).toBeGreaterThan(2)
  expect(statSync(join(folder, 'there')).mode & 0o777).toBe(0o600)
  await elsewhere('audit', '--format', 'jsonl', '--until', '2000-01-01', '-o', join(folder, 'none'))
  expect(read('none')).toBe('')
  await expect(elsewhere('audit', '-o', join(folder, 'here'))).rejects.toThrow('here cannot be written')

  const key = (await bot.db.selectFrom('batch_tasks').select('owner_key').executeTakeFirst())?.owner_key ?? ''
  await elsewhere('export', key, '-o', join(folder, 'person.json'))
  expect(JSON.parse(read('person.json'))).toMatchObject({ person: key, tasks: [{ id }] })
  await expect(elsewhere('export', 'nobody', '-o', join(folder, 'nobody'))).rejects.toThrow('nobody')
  expect(existsSync(join(folder, 'nobody'))).toBe(false)

  out.length = 0
  await elsewhere('erase', 'task', id, '--yes')
  expect(out.join('')).toMatch(new RegExp(`^Erased: task ${id}, on .*Z, by API\\.\n  rows: 5\n`))
  const again = elsewhere('erase', 'task', id, '--yes')
  await expect(again).rejects.toThrow(`There is no task ${id}.`)
  expect(new Set(codes)).toEqual(new Set([0]))
})

test('half an export leaves no file that would pass for a whole one', async () => {
  const out = join(mkdtempSync(join(tmpdir(), 'rowbot-remote-')), 'audit.csv')
  const cut = () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('id,at\n'))
        controller.error(new Error('The socket connection was closed unexpectedly.'))
      },
    })
    return Promise.resolve(new Response(body))
  }
  const screen = (quiet: boolean) => createScreen({ write: () => true }, { write: () => true }, quiet)
  const program = createRemoteProgram({ screen, token: ADMIN_TOKEN, fetch: cut }, () => {})
  const audit = ['bun', 'rowbot', '--server', ORIGIN, 'audit', '-o', out]
  await expect(program.exitOverride().parseAsync(audit)).rejects.toThrow('closed unexpectedly')
  expect(existsSync(out)).toBe(false)
})

test('the command line does the same with --server, and never takes the token as an argument', async () => {
  const { fetch, rowbot: client } = await there()
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-remote-'))
  const file = join(folder, 'a.xlsx')
  await Bun.write(file, new Uint8Array(SAMPLE))
  const out: string[] = []
  const codes: number[] = []
  const said = { write: (text: string) => out.push(text) }
  const rowbot = (...words: string[]) =>
    createRemoteProgram(
      { screen: (quiet) => createScreen(said, { write: () => true }, quiet), token: ADMIN_TOKEN, fetch },
      (code) => codes.push(code),
    )
      .exitOverride()
      .parseAsync(['bun', 'rowbot', '--server', ORIGIN, ...words])
  await rowbot('check', file)
  await rowbot('run', file, '--map', 'tone=', '--out', join(folder, 'out.csv'))
  const id = String((await client.tasks()).items[0]?.task_id)
  await rowbot('again', id, '--rows', '2-3', '--out', join(folder, 'again.csv'))
  await rowbot('again', id, '--rows', '2', '--set', 'name=A lamp', '--out', join(folder, 'lamp.csv'))
  expect(readFileSync(join(folder, 'lamp.csv'), 'utf8')).toContain('name: “A lamp” was sent')
  await rowbot('tasks')
  await rowbot('workflows')
  expect(codes).toEqual([0, 0, 0, 0, 0, 0])
  expect(out.join('')).toContain('5 done, 0 failed · completed')
  expect(readFileSync(join(folder, 'out.csv'), 'utf8').trim().split('\n').length).toBeGreaterThan(5)
  codes.length = out.length = 0
  await rowbot('check', file, '--only', '2-3', '--where', 'Name!=x', '--json')
  expect(JSON.parse(out.join(''))).toMatchObject({ rows: 2, good: 2 })
  await rowbot('run', file, '--only', '2', '--at-most', '1 USD', '--each', '--out', join(folder, 'two.csv'))
  expect((await client.tasks()).items[0]).toMatchObject({ total: 1, limit: '1 USD' })
  const scans = join(folder, 'scans')
  for (const name of ['b.pdf', 'sub/c.pdf']) await Bun.write(join(scans, name), '%PDF-1.7')
  out.length = 0
  await rowbot('check', '--files', scans, '--json')
  expect(JSON.parse(out.join(''))).toMatchObject({ rows: 2 })
  await expect(rowbot('run')).rejects.toThrow('No file is named.')
  await expect(rowbot('serve')).rejects.toThrow('“serve” does not work with --server.')
})

describe('with --server', () => {
  /** @param brokenly what becomes of a call; undefined: what the server answers */
  async function aRun(
    brokenly: (path: string, answer: () => Promise<Response>) => Promise<Response> | undefined,
  ) {
    const { fetch, rowbot: client, sandbox } = await there()
    const folder = mkdtempSync(join(tmpdir(), 'rowbot-remote-'))
    const file = join(folder, 'a.xlsx')
    await Bun.write(file, new Uint8Array(SAMPLE))
    const said: string[] = []
    const codes: number[] = []
    const screen = (quiet: boolean) => {
      const stream = { write: (text: string) => said.push(text) }
      return createScreen(stream, stream, quiet)
    }
    const shaky = (url: string, init: RequestInit) =>
      brokenly(url.slice(ORIGIN.length), () => fetch(url, init)) ?? fetch(url, init)
    const rowbot = (...words: string[]) =>
      createRemoteProgram({ screen, token: ADMIN_TOKEN, fetch: shaky }, (code) => codes.push(code))
        .exitOverride()
        .parseAsync(['bun', 'rowbot', '--server', ORIGIN, ...words])
    return { rowbot, client, sandbox, folder, file, said, codes }
  }
  const reset = () =>
    Object.assign(new TypeError('The socket connection was closed.'), { code: 'ECONNRESET' })

  test('a server that is started anew meanwhile starts one task, and its result is written whole', async () => {
    const lost = new Set(['execute', 'download'])
    const { rowbot, client, folder, file, codes } = await aRun((path, answer) => {
      const what = [...lost].find((word) => path.includes(word))
      if (what === undefined) return undefined
      lost.delete(what)
      return answer().then(() => Promise.reject(reset())) // it was done, and nobody heard of it
    })
    const out = join(folder, 'out.csv')
    await rowbot('run', file, '--out', out)
    expect(codes).toEqual([0])
    expect((await client.tasks()).total).toBe(1)
    expect(readFileSync(out, 'utf8').trim().split('\n').length).toBeGreaterThan(5)
    expect(readdirSync(folder).toSorted()).toEqual(['a.xlsx', 'out.csv'])
  })

  test('a server that stays away is told of with the task that has been started there', async () => {
    const { client, folder } = await aRun(() => undefined)
    const gone = Object.assign(client, { wait: () => Promise.reject(reset()) })
    const screen = createScreen({ write: () => true }, { write: () => true })
    const followed = followThere(gone, 'k7f2', { path: join(folder, 'a.results.xlsx') }, screen)
    await expect(followed).rejects.toThrow(
      'not answer any more (ECONNRESET). Task k7f2 has been started there.',
    )
  })

  test('a task that somebody pauses ends as here: with 130, and no half result', async () => {
    const { rowbot, client, folder, file, codes, said } = await aRun((path, answer) => {
      if (!path.endsWith('/status')) return undefined
      const id = path.split('/').at(-2) ?? ''
      return client.pause(id).then(answer, answer)
    })
    await rowbot('run', file)
    expect(codes).toEqual([130])
    expect(readdirSync(folder)).toEqual(['a.xlsx'])
    expect(said.join('')).toContain('paused\nIts results: ')
  })
})

test('with --server, a file of this machine is sent as a value for all rows', async () => {
  const { fetch, bot } = await there()
  const [workflow] = await listWorkflows(bot.db)
  if (!workflow) throw new Error('no workflow')
  const logo: Variable = {
    name: 'logo',
    label: 'Logo',
    type: 'file',
    required: true,
    fileTypes: ['document'],
  }
  await updateWorkflow(
    bot.db,
    workflow.id,
    { ...workflow, variables: [...workflow.variables, logo] },
    Date.now(),
  )
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-remote-'))
  const [file, terms] = [join(folder, 'a.xlsx'), join(folder, 'terms.txt')]
  await Bun.write(file, new Uint8Array(SAMPLE))
  await Bun.write(terms, 'be kind')
  const run = (...words: string[]) =>
    createRemoteProgram(
      {
        screen: (quiet) => createScreen({ write: () => true }, { write: () => true }, quiet),
        token: ADMIN_TOKEN,
        fetch,
      },
      () => {},
    )
      .exitOverride()
      .parseAsync(['bun', 'rowbot', '--server', ORIGIN, 'run', file, ...words])
  await expect(run('--set', `logo=@${join(folder, 'gone.txt')}`)).rejects.toThrow('gone.txt cannot be read')
  await run(
    '--set',
    `logo=@${terms}`,
    '--set',
    'name=@all',
    '--map',
    'name=',
    '--out',
    join(folder, 'out.csv'),
  )
  const rows = await bot.db.selectFrom('task_executions').select('inputs').execute()
  expect(rows).toHaveLength(5)
  for (const { inputs } of rows)
    expect(JSON.parse(inputs)).toMatchObject({
      name: '@all',
      logo: { name: 'terms.txt', size: 7, type: 'document' },
    })
})
