import { describe, expect, test } from 'bun:test'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { listWorkflows } from '../../../src/db/workflows/workflows.ts'
import { aBot, openBot, orderOf, until } from '../../support/bot.ts'
import { aFolder, rowbot, CALL } from '../../support/command.ts'
import { freePort } from '../../support/free-port.ts'
import { BOT_TOKEN } from '../../support/slack/emulated.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack } from '../../support/slack/rig.ts'
import { SAMPLE, under } from '../../support/slack/whole.ts'

const SECRET = 'the signing secret'

/** A folder and a port, and what the page there says. */
function aPlace(more: Record<string, string> = {}) {
  const port = freePort()
  const url = `http://127.0.0.1:${port}`
  const { folder, env, run } = aFolder({ ROWBOT_PORT: String(port), ...more })
  const ready = async () => {
    const answer = await fetch(`${url}/readyz`)
    const told: unknown = await answer.json()
    return { status: answer.status, told }
  }
  return { port, url, folder, env, run, ready }
}

describe('the link that signs in', () => {
  test('is printed once, kept for its owner alone, and printed again by page', async () => {
    const { env, url, folder, run } = aPlace()
    const first = rowbot(['serve'], env)
    await first.says('Running the tasks')
    const link = /The page: (\S+)/.exec(first.errors())?.[1] ?? ''
    const token = readFileSync(join(folder, 'admin.token'), 'utf8')
    expect(link).toBe(`${url}/sign-in?token=${token}`)
    expect((statSync(join(folder, 'admin.token')).mode & 0o777).toString(8)).toBe('600')
    const entered = await fetch(link, { redirect: 'manual' })
    expect(entered.headers.get('set-cookie')).toContain('rowbot_session=')
    first.process.kill('SIGTERM')
    expect((await first.ended).code).toBe(0)

    const second = rowbot(['serve'], env)
    await second.says('Running the tasks')
    expect(second.errors()).toContain(`The page: ${url}\n${CALL} page prints the link`)
    second.process.kill('SIGTERM')
    const { out, err } = await second.ended
    expect(out + err).not.toContain(token)

    expect((await run('page')).out).toBe(`${link}\n`)
    expect(readFileSync(join(folder, 'rowbot.log'), 'utf8')).not.toContain(token)
  })

  test('has the public address', async () => {
    const { run } = aPlace({ ROWBOT_PUBLIC_URL: 'https://rowbot.example.com/' })
    expect((await run('page')).out).toStartWith('https://rowbot.example.com/sign-in?token=')
  })

  test('is for the one token, whoever makes it first', async () => {
    const { run } = aPlace()
    const links = await Promise.all(Array.from({ length: 4 }, () => run('page')))
    expect(new Set(links.map(({ out }) => out)).size).toBe(1)
  })

  test('is never printed of a token that was set', async () => {
    const token = 'set-by-somebody-and-secret'
    const { env, run, url } = aPlace({ ROWBOT_ADMIN_TOKEN: token })
    const page = await run('page')
    expect(page.out).toBe(`${url}/sign-in\n`)
    expect(page.err).toContain('ROWBOT_ADMIN_TOKEN')
    const server = rowbot(['serve'], env)
    await server.says('Running the tasks')
    const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    expect(await metrics.text()).toContain('nodejs_eventloop_lag_p99_seconds')
    server.process.kill('SIGTERM')
    const { out, err } = await server.ended
    expect(page.out + page.err + out + err).not.toContain(token)
  })

  test('a token file that is none of ours is told', async () => {
    const { folder, run } = aPlace()
    await Bun.write(join(folder, 'admin.token'), 'short')
    const { code, err } = await run('page')
    expect(err).toContain('admin.token is too short to be one of ours.\nDelete the file')
    expect(code).toBe(1)
  })
})

describe('serve', () => {
  test('fails with a sentence where the port is taken', async () => {
    const { port, run } = aPlace()
    const other = Bun.serve({ hostname: '127.0.0.1', port, fetch: () => new Response(null) })
    const { code, err } = await run('serve')
    await other.stop(true)
    expect(err).toContain(`Port ${port} of 127.0.0.1 is taken`)
    expect(err).toContain('Set ROWBOT_PORT to a free one')
    expect(err).not.toMatch(/^\s+at /m)
    expect(code).toBe(1)
  })

  test('serves the page at once, also where another process runs the tasks', async () => {
    const { bot, folder, submit, ended } = await aBot({ delayMs: 200 })
    bot.startRunner()
    const { env, ready } = aPlace({ ROWBOT_DATA_DIR: folder })
    const server = rowbot(['serve'], env)
    await server.says('Another Rowbot process runs the tasks')
    expect(await ready()).toMatchObject({ status: 200, told: { parts: { tasks: 'not run here' } } })
    await ended((await submit(1)).id)
    await bot.stopRunner(0)
    await server.says('Running the tasks')
    expect(await ready()).toMatchObject({ told: { parts: { tasks: 'run here' } } })
    server.process.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })

  test('told to stop, says so to who sends it requests, finishes what is in flight, and ends', async () => {
    const { folder, submit, find, sandbox } = await aBot({ delayMs: 2_000 })
    const { env, ready, url } = aPlace({ ROWBOT_DATA_DIR: folder })
    const server = rowbot(['serve'], env)
    await server.says('Running the tasks')
    expect(await ready()).toMatchObject({ status: 200, told: { ready: true } })
    const { id } = await submit(5, { concurrency: 1 })
    await until(
      () => sandbox.hits().length,
      (hits) => hits === 1,
    )
    server.process.kill('SIGTERM')
    await server.says('Stopping')
    expect(await ready()).toMatchObject({ status: 503, told: { parts: { process: 'draining' } } })
    const alive = await fetch(`${url}/healthz`)
    expect([alive.status, alive.headers.get('x-rowbot')]).toEqual([200, 'stopping'])
    expect((await server.ended).code).toBe(0)
    expect(await find(id)).toMatchObject({ status: 'pending', counts: { succeeded: 1, left: 4 } })
    expect(sandbox.hits()).toHaveLength(1)
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  test('hears Slack at /slack/events, and asks it to come again before the bot is there', async () => {
    const { bot, folder } = await aBot()
    const slack = await aSlack()
    bot.startRunner() // so that the chats are not there yet
    const { env, url } = aPlace({
      ROWBOT_DATA_DIR: folder,
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_SIGNING_SECRET: SECRET,
      SLACK_API_URL: slack.apiUrl,
    })
    const server = rowbot(['serve'], env)
    await server.says('Another Rowbot process')
    expect((await fetch(`${url}/slack/events`, { method: 'POST' })).status).toBe(503)
    await bot.stopRunner(0)
    await server.says(`Slack: waiting for events at ${url}/slack/events.`)
    expect((await fetch(`${url}/slack/events`, { method: 'POST' })).status).toBe(401)
    slack.http = { url: `${url}/slack/events`, secret: SECRET }
    const mei = new SlackPerson(slack, 'mei')
    const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
    await mei.click(await under(mei, dropped, '1 of 4'), 'Next')
    await under(mei, dropped, '2 of 4')
    server.process.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })
})

describe('demo with the page', () => {
  test('serves it while it runs and after, runs what is asked for there, and ends with Ctrl-C', async () => {
    const { env, url, run, ready, folder } = aPlace()
    const demo = rowbot(['demo', '--no-exit'], env)
    await demo.says('The page stays')
    const link = /The page: (\S+)/.exec(demo.errors())?.[1] ?? ''
    expect(link).toStartWith(`${url}/sign-in?token=`)
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303)
    expect((await ready()).status).toBe(200)
    // As the page would: the process of the demo runs it, in its own sandbox.
    const bot = await openBot(folder)
    const workflow = (await listWorkflows(bot.db)).find(({ name }) => name.startsWith('Product copywriter'))
    if (!workflow) throw new Error('no copywriter')
    const { id } = await bot.engine.submit(orderOf(workflow, 1))
    await until(
      () => findTask(bot.db, id),
      (task) => task?.status === 'completed',
    )
    demo.process.kill('SIGINT')
    const { code, out } = await demo.ended
    expect(out).toContain('5 done')
    expect(code).toBe(0)
    expect((await run('page')).out).toBe(`${link}\n`)
  })

  test('takes another port where its own is taken', async () => {
    const { env, port } = aPlace()
    const other = Bun.serve({ hostname: '127.0.0.1', port, fetch: () => new Response(null) })
    const demo = rowbot(['demo', '--no-exit'], env)
    await demo.says('The page stays')
    const link = /The page: (\S+)/.exec(demo.errors())?.[1] ?? ''
    expect(new URL(link).port).not.toBe(String(port))
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303)
    demo.process.kill('SIGINT')
    expect((await demo.ended).code).toBe(0)
    await other.stop(true)
  })

  test('Ctrl-C while it runs pauses and ends, as without', async () => {
    const { env } = aPlace()
    const demo = rowbot(['demo', '--no-exit'], env)
    await demo.says('0/5')
    demo.process.kill('SIGINT')
    expect((await demo.ended).code).toBe(130)
  })
})

test('doctor says where the page is, where its token comes from, and warns of what can be read on the way', async () => {
  const { run, url } = aPlace()
  const well = await run('doctor')
  expect(well.out).toContain(`✔ The page is served at ${url} (127.0.0.1, port `)
  expect(well.out).toContain('reachable from this machine alone')
  expect(well.out).toContain('✔ The admin token is made when the page is first served')
  expect(well.out).toContain('✔ ROWBOT_PUBLIC_URL is not set')
  await run('page')
  expect((await run('doctor')).out).toContain(`admin.token. ${CALL} page prints the link`)

  const open = await aPlace({ ROWBOT_HOST: '0.0.0.0', ROWBOT_ADMIN_TOKEN: 'a-token-that-was-set' }).run(
    'doctor',
  )
  expect(open.out).toContain('! The page is reachable from other machines')
  expect(open.out).toContain('✔ The admin token is the one in ROWBOT_ADMIN_TOKEN.')
  expect(open.out).not.toContain('a-token-that-was-set')
  const plain = await aPlace({ ROWBOT_PUBLIC_URL: 'http://rowbot.example.com' }).run('doctor')
  expect(plain.out).toContain('! ROWBOT_PUBLIC_URL is http://rowbot.example.com, without https')
})
