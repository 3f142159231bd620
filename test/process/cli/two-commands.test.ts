import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { aBot, later, until } from '../../support/bot.ts'
import { aFolder, besideSandbox, rowbot, SAMPLE } from '../../support/command.ts'

describe('two commands on one data folder', () => {
  test('may both be the first', async () => {
    const { run } = aFolder()
    const ended = await Promise.all(Array.from({ length: 4 }, () => run('tasks')))
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 0, err: '' })),
    )
  })

  test('one runs both tasks, the other says so and follows', async () => {
    const { env, sandbox, folder } = besideSandbox({ delayMs: 600_000 })
    const first = rowbot(['run', SAMPLE, '--concurrency', '1', '--out', join(folder, 'a.xlsx')], env)
    await until(
      () => sandbox.hits().length,
      (hits) => hits > 0,
    )
    const second = rowbot(['run', SAMPLE, '--concurrency', '1', '--out', join(folder, 'b.xlsx')], env)
    // However long the second one takes to start, the first one still runs.
    await second.says('Another Rowbot process runs the tasks')
    const hurrying = setInterval(() => sandbox.hurry(), 20)
    later(() => clearInterval(hurrying))
    expect((await first.ended).code).toBe(0)
    expect((await second.ended).code).toBe(0)
    expect(sandbox.hits()).toHaveLength(10)
  })

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
  })

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
  })

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
    expect((await run('status', id)).out).toContain('It is not running now.')
    await run('stop', id)
    expect(sandbox.stops().length).toBeGreaterThanOrEqual(2)
  })

  test('serve runs what waits and ends with SIGTERM', async () => {
    const { bot, folder, submit, ended, sandbox } = await aBot()
    const server = rowbot(['serve'], { ROWBOT_DATA_DIR: folder })
    const { id } = await submit(3)
    expect(await ended(id)).toMatchObject({ status: 'completed' })
    expect(sandbox.hits()).toHaveLength(3)
    expect(bot.startRunner()).toBe(false)
    server.process.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })
})
