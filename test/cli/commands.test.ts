import { describe, expect, test } from 'bun:test'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { aBot, aSandbox, openBot, until } from '../support/bot.ts'
import { aFolder, besideSandbox, KEY, rowbot, SAMPLE } from '../support/command.ts'

describe('demo', () => {
  test('runs the sample with nothing configured and leaves a result workbook', async () => {
    const { run, folder } = aFolder()
    const { code, out, err } = await run('demo')
    expect(err).toContain('5 rows → Product copywriter')
    expect(err).toContain('████████████████████████████  5/5')
    expect(out).toMatch(/^5 done in .* tokens/)
    const path = join(folder, 'test_batch_data.results.xlsx')
    expect(out).toContain(path)
    expect(existsSync(path)).toBe(true)
    expect(code).toBe(0)
  })

  test('Ctrl-C pauses it, and the next demo goes on where it was', async () => {
    const { env, run } = aFolder()
    const first = rowbot(['demo'], env)
    await first.says('0/5')
    first.process.kill('SIGINT')
    const { code, out } = await first.ended
    expect(code).toBe(130)
    expect(out).toContain('Go on: bun rowbot resume')
    const second = await run('demo')
    expect(second.err).toContain('Going on with task')
    expect(second.out).toContain('5 done')
    expect(second.code).toBe(0)
  }, 20_000)
})

describe('run', () => {
  test('--json prints one object, and nothing else', async () => {
    const { run, folder } = besideSandbox({ delayMs: 0 })
    const out = join(folder, 'out.xlsx')
    const ended = await run('run', SAMPLE, '--workflow', 'product copywriter', '--json', '--out', out)
    expect(JSON.parse(ended.out)).toEqual({
      id: expect.stringMatching(/^[2-9a-z]{4}$/),
      status: 'completed',
      total: 5,
      succeeded: 5,
      failed: 0,
      cancelled: 0,
      seconds: expect.any(Number),
      result: out,
    })
    expect(ended.err).toBe('')
    expect(ended.code).toBe(0)
  })

  test('exits 2 when a row failed, and says which and how to run it again', async () => {
    const { run, sandbox, folder } = besideSandbox({ delayMs: 0 })
    sandbox.misbehaveBy(({ route, inputs }) =>
      route === 'run' && inputs['name'] === 'Kettle 1.7 l' ? 'failed' : undefined,
    )
    const { code, out } = await run('run', SAMPLE, '--retries', '0', '--out', join(folder, 'out.xlsx'))
    expect(code).toBe(2)
    expect(out).toMatch(/4 done, 1 failed/)
    expect(out).toContain('row 2')
    const id = /bun rowbot retry (\w+)/.exec(out)?.[1] ?? ''

    sandbox.behave()
    const retried = await run('retry', id, '--json', '--out', join(folder, 'out.xlsx'))
    expect(JSON.parse(retried.out)).toMatchObject({ id, succeeded: 5, failed: 0 })
    expect(retried.code).toBe(0)
    expect(sandbox.hits()).toHaveLength(6)
  })

  test.each([
    [['run', 'nowhere.xlsx'], 'There is no file nowhere.xlsx.'],
    [['run', SAMPLE, '-w', 'Nobody'], 'There is no workflow “Nobody”.'],
    [['run', SAMPLE, '--concurrency', '11'], 'It must be a whole number from 1 to 10.'],
    [['run', SAMPLE, '--sheet', 'Nope'], 'Nope'],
    [['run', join(import.meta.dir, 'commands.test.ts')], 'can'],
    [['status', 'zzzz'], 'There is no task zzzz.'],
    [['frobnicate'], 'unknown command'],
  ])('%p exits 1 with a sentence', async (args, sentence) => {
    const { code, out, err } = await besideSandbox().run(...args)
    expect(err).toContain(sentence)
    expect(err).not.toMatch(/^\s+at /m)
    expect(out).toBe('')
    expect(code).toBe(1)
  })

  test('a bad setting is named, and its value is not', async () => {
    const { code, err } = await aFolder({ ROWBOT_SECRET_KEY: 'short-secret', DIFY_BASE_URL: 'ftp://x' }).run(
      'tasks',
    )
    expect(err).toContain('ROWBOT_SECRET_KEY')
    expect(err).toContain('DIFY_BASE_URL')
    expect(err).not.toContain('short-secret')
    expect(code).toBe(1)
  })

  test('a key that Dify refuses is told without being shown', async () => {
    const { url } = aSandbox()
    const { run } = aFolder({ DIFY_BASE_URL: url, DIFY_API_KEYS: 'app-not-one-of-them' })
    const { code, err } = await run('run', SAMPLE)
    expect(err).toContain('Key 1 of DIFY_API_KEYS is not usable')
    expect(err).not.toContain('app-not-one-of-them')
    expect(code).toBe(1)
  })
})

describe('two commands on one data folder', () => {
  test('may both be the first', async () => {
    const { run } = aFolder()
    const ended = await Promise.all(Array.from({ length: 4 }, () => run('tasks')))
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 0, err: '' })),
    )
  })

  test('one runs both tasks, the other says so and follows', async () => {
    const { env, sandbox, folder } = besideSandbox({ delayMs: 300 })
    const first = rowbot(['run', SAMPLE, '--concurrency', '1', '--out', join(folder, 'a.xlsx')], env)
    await until(
      () => sandbox.hits().length,
      (hits) => hits > 0,
    )
    const second = rowbot(['run', SAMPLE, '--concurrency', '1', '--out', join(folder, 'b.xlsx')], env)
    await second.says('Another Rowbot process runs the tasks')
    expect((await first.ended).code).toBe(0)
    expect((await second.ended).code).toBe(0)
    expect(sandbox.hits()).toHaveLength(10)
  }, 20_000)

  test('when the one that runs is killed, the one that follows takes over', async () => {
    const { env, sandbox, folder } = besideSandbox({ delayMs: 200 })
    const first = rowbot(['run', SAMPLE, '--concurrency', '1', '--out', join(folder, 'a.xlsx')], env)
    await until(
      () => sandbox.hits().length,
      (hits) => hits > 0,
    )
    const second = rowbot(
      ['run', SAMPLE, '--concurrency', '1', '--json', '--out', join(folder, 'b.xlsx')],
      env,
    )
    await until(
      () => sandbox.hits().filter(({ user }) => user !== '').length,
      (hits) => hits > 1,
    )
    first.process.kill('SIGKILL')
    const { code, out } = await second.ended
    expect(JSON.parse(out)).toMatchObject({ status: 'completed', succeeded: 5 })
    expect(code).toBe(0)
  }, 20_000)

  test('stop from another command ends a run at once, and what ran is stopped at Dify', async () => {
    const { env, run, sandbox, folder } = besideSandbox({ delayMs: 60_000 })
    const runner = rowbot(['run', SAMPLE, '--json', '--out', join(folder, 'a.xlsx')], env)
    await until(
      () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length,
      (told) => told === 3,
    )
    const { id } = JSON.parse((await run('tasks', '--json')).out)[0]
    expect((await run('stop', id)).out).toContain(`Stopped ${id}.`)
    const { code, out } = await runner.ended
    expect(JSON.parse(out)).toMatchObject({ status: 'cancelled', cancelled: 5 })
    expect(code).toBe(2)
    expect(sandbox.stops().filter(({ stopped }) => stopped)).toHaveLength(3)
  }, 20_000)

  test('stop of a task whose runner was killed still tells Dify', async () => {
    const { env, run, sandbox, folder } = besideSandbox({ delayMs: 60_000 })
    const runner = rowbot(['run', SAMPLE, '--out', join(folder, 'a.xlsx')], env)
    await until(
      () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length,
      (told) => told === 3,
    )
    const { id } = JSON.parse((await run('tasks', '--json')).out)[0]
    await until(
      async () => (await run('status', id)).out,
      () => true,
    )
    runner.process.kill('SIGKILL')
    await runner.process.exited
    expect((await run('status', id)).out).toContain('Nobody runs it now.')
    await run('stop', id)
    expect(sandbox.stops().length).toBeGreaterThanOrEqual(2)
  }, 20_000)

  test('serve runs what waits and ends with SIGTERM', async () => {
    const { bot, folder, submit, ended, sandbox } = await aBot()
    const server = rowbot(['serve'], { ROWBOT_DATA_DIR: folder })
    const { id } = await submit(3)
    expect(await ended(id)).toMatchObject({ status: 'completed' })
    expect(sandbox.hits()).toHaveLength(3)
    expect(bot.startRunner()).toBe(false)
    server.process.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  }, 20_000)
})

test('what is done from the command line is in the audit by whoever is logged in, and what settings do by them', async () => {
  const { env, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const run = (...args: string[]) => rowbot(args, { ...env, USER: 'mei' }).ended
  sandbox.misbehaveBy(({ route, inputs }) =>
    route === 'run' && inputs['name'] === 'Kettle 1.7 l' ? 'failed' : undefined,
  )
  const out = join(folder, 'out.xlsx')
  const ran = await run('run', SAMPLE, '--retries', '0', '--json', '--out', out)
  const { id } = JSON.parse(ran.out)
  sandbox.behave()
  await run('retry', id, '--out', out)
  await run('pause', id) // it is completed: refused
  await run('delete', id)
  await run('workflow', 'sync', 'product')
  await run('workflow', 'key', 'product', '--key', KEY)
  await run('workflow', 'access', 'product', '--users', 'U1')
  await run('workflow', 'access', 'product') // only asks
  await run('workflow', 'remove', 'product')

  const bot = await openBot(folder)
  const { entries } = await listAudit(bot.db)
  const acts = entries.map(({ action, who, face, role }) => [action, face, who, role])
  expect(acts.toReversed()).toEqual([
    ['workflow.add', 'config', 'DIFY_API_KEYS', 'admin'],
    ...[
      'task.create',
      'task.retry',
      'task.delete',
      'workflow.sync',
      'workflow.key',
      'workflow.access',
      'workflow.remove',
    ].map((action) => [action, 'cli', 'mei', 'admin']),
  ])
}, 60_000)

describe('the other commands', () => {
  test('check names every fault, and exits 2 when a row could not run', async () => {
    const { run, folder } = besideSandbox()
    const csv = join(folder, 'bad.csv')
    await Bun.write(csv, 'Name,Key features,Tone\nKettle,hot,formal\n,hot,friendly\n')
    const { code, out } = await run('check', csv, '--workflow', 'Product copywriter')
    expect(out).toContain('A3')
    expect(out).toContain('C3')
    expect(out).toContain('1 of 2 rows can run.')
    expect(code).toBe(2)
    const plain = await run('check', csv, '--rows', '--json')
    expect(JSON.parse(plain.out)).toMatchObject({
      headings: ['Name', 'Key features', 'Tone'],
      rows: [
        { row: 2, cells: ['Kettle', 'hot', 'formal'] },
        { row: 3, cells: [null, 'hot', 'friendly'] },
      ],
    })
  })

  test('run leaves out what cannot run, marks it in a copy, and keeps it in the result', async () => {
    const { run, folder } = besideSandbox({ delayMs: 0 })
    const csv = join(folder, 'bad.csv')
    await Bun.write(csv, 'Name,Key features,Tone\nKettle,hot,formal\n,hot,friendly\nToaster,warm,casual\n')
    const ended = await run('run', csv, '--out', join(folder, 'out.csv'))
    expect(ended.err).toContain('2 can run, 1 cannot and are left out')
    expect(existsSync(join(folder, 'out.marked.xlsx'))).toBe(true)
    expect(ended.out).toContain('2 done')
    expect(ended.out).toContain('1 could not be run; the result says why.')
    expect(ended.code).toBe(2)
    const lines = (await Bun.file(join(folder, 'out.csv')).text()).trim().split(/\r?\n/)
    expect(lines.slice(1).map((line) => /succeeded|left out/.exec(line)?.[0])).toEqual([
      'succeeded',
      'left out',
      'succeeded',
    ])
  })

  test('a column is mapped by hand, and remembered for the next file with these headings', async () => {
    const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
    const csv = join(folder, 'styles.csv')
    await Bun.write(csv, 'Name,Key features,Style\nKettle,hot,casual\n')
    const out = join(folder, 'out.xlsx')
    expect((await run('run', csv, '--out', out, '--map', 'tone=Style')).code).toBe(0)
    expect((await run('run', csv, '--out', out)).code).toBe(0)
    expect(sandbox.hits().map(({ inputs }) => inputs['tone'])).toEqual(['casual', 'casual'])
    const wrong = await run('run', csv, '--map', 'mood=Style')
    expect(wrong.err).toContain('“Product copywriter” has no input “mood”.')
    expect((await run('check', csv, '-w', 'product', '--map', 'tone=Nope')).err).toContain(
      'There is no column “Nope”.',
    )
  })

  test('the row of the headings may be said', async () => {
    const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
    const csv = join(folder, 'titled.csv')
    await Bun.write(csv, 'Our products,,\nName,Key features,\nName,really,\nKettle,hot,\n')
    const { code } = await run(
      'run',
      csv,
      '--heading-row',
      '3',
      '--map',
      'features=really',
      '--out',
      join(folder, 'o.xlsx'),
    )
    expect(code).toBe(0)
    expect(sandbox.hits()).toMatchObject([{ inputs: { name: 'Kettle', features: 'hot' } }])
  })

  test('doctor says what is well and what is missing', async () => {
    const nothing = await aFolder().run('doctor')
    expect(nothing.out).toContain('✖ No workflow is set up.')
    expect(nothing.code).toBe(1)
    const { run, sandbox } = besideSandbox()
    const well = await run('doctor')
    expect(well.out).toContain('✔ “Product copywriter” answers, and its key works.')
    expect(well.out).toContain('✔ Slack is off')
    expect(well.code).toBe(0)
    sandbox.misbehave('401', { route: 'about' })
    expect((await run('doctor')).out).toContain('✖ “Product copywriter”:')
  })

  test('who may run a workflow in the chats is set and told', async () => {
    const { run } = besideSandbox()
    expect((await run('workflow', 'list')).code).toBe(0)
    expect((await run('workflow', 'access', 'product')).out).toContain('may be run by everyone.')
    const set = await run('workflow', 'access', 'product', '--users', 'U1,U2', '--channels', 'C9')
    expect(set.out).toContain('may be run by people U1, U2; channels C9.')
    expect((await run('workflow', 'access', 'product', '--everyone')).out).toContain('by everyone.')
  })

  test('a file of which no row can run makes no task', async () => {
    const { run, folder } = besideSandbox()
    const csv = join(folder, 'bad.csv')
    await Bun.write(csv, 'Name,Key features\n,hot\n')
    const { code, err } = await run('run', csv)
    expect(err).toContain('No row of bad.csv can run:')
    expect(err).toMatch(/bad\.marked\.xlsx.* has the bad cells marked\./)
    expect(code).toBe(1)
    expect((await run('tasks', '--json')).out.trim()).toBe('[]')
  })

  test('workflow add, list, sync, check and remove', async () => {
    const { run, sandbox } = besideSandbox()
    expect((await run('workflow', 'add', '--key', 'app-sandbox-ticket-classifier')).out).toContain(
      'Ticket classifier',
    )
    const listed = await run('workflow', 'list', '--json')
    expect(JSON.parse(listed.out).map(({ name }: { name: string }) => name)).toEqual([
      'Product copywriter',
      'Ticket classifier',
    ])
    expect(listed.out).not.toContain('app-sandbox')
    expect((await run('workflow', 'sync', 'ticket')).code).toBe(0)
    expect((await run('workflow', 'check', 'ticket')).out).toContain('its key works')
    expect((await run('workflow', 'remove', 'ticket')).out).toContain('Removed “Ticket classifier”.')
    sandbox.misbehave('401', { route: 'about' })
    expect((await run('workflow', 'check', 'product')).code).toBe(1)
  })

  test('template writes a workbook that the check takes back', async () => {
    const { run, folder } = besideSandbox()
    const path = join(folder, 'template.xlsx')
    expect((await run('template', '--workflow', 'Product copywriter', '--out', path)).code).toBe(0)
    expect((await run('check', path, '--workflow', 'Product copywriter')).out).toContain('name ← ')
  })

  test('result writes what there is at any time, and CSV when asked by the ending', async () => {
    const { run, folder } = besideSandbox({ delayMs: 0 })
    const { id } = JSON.parse((await run('run', SAMPLE, '--json', '--out', join(folder, 'a.xlsx'))).out)
    await run('result', id, '--out', join(folder, 'b.csv'))
    expect(await Bun.file(join(folder, 'b.csv')).text()).toContain('Kettle 1.7 l')
    expect((await run('delete', id)).out).toContain(`Deleted ${id} with 5 rows, 5 results among them.`)
    expect((await run('result', id)).code).toBe(1)
  })

  test('what is kept is for its owner alone', async () => {
    const { run, folder } = besideSandbox()
    await run('workflow', 'list')
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600)
    const database = await Bun.file(join(folder, 'rowbot.db')).text()
    expect(database).not.toContain(KEY)
  })
})
