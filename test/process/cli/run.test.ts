import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { aSandbox } from '../../support/bot.ts'
import { aFolder, besideSandbox, rowbot, SAMPLE, CALL } from '../../support/command.ts'

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
    expect(out).toContain(`Continue: ${CALL} resume`)
    const second = await run('demo')
    expect(second.err).toContain('Continuing task')
    expect(second.out).toContain('5 done')
    expect(second.code).toBe(0)
  })
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

  test('--sample tries rows that differ, says what they gave, and leaves the others to resume', async () => {
    const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
    const out = join(folder, 'out.xlsx')
    const tried = await run('run', SAMPLE, '--sample', '2', '--rows', '2-6', '--where', 'Name!=')
    expect(tried.out).toMatch(/row +output +s +tokens/)
    expect(tried.out).toMatch(/The other 3: about .*, going by these 2 rows\./)
    expect(tried.code).toBe(0)
    expect(sandbox.hits()).toHaveLength(2)
    const [, id = ''] = new RegExp(`${CALL} resume (\\w+)`).exec(tried.out) ?? []
    expect((await run('resume', id, '--out', out)).out).toContain('5 done')
    expect(sandbox.hits()).toHaveLength(5)
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
    const id = new RegExp(`${CALL} retry (\\w+)`).exec(out)?.[1] ?? ''

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
    [['status', 'zzzz'], 'There is no task zzzz.'],
    [['frobnicate'], 'unknown command'],
  ])('%p exits 1 with a sentence', async (args, sentence) => {
    const { code, out, err } = await besideSandbox().run(...args)
    expect(err).toContain(sentence)
    expect(err).not.toMatch(/^\s+at /m)
    expect(out).toBe('')
    expect(code).toBe(1)
  })

  test('a file that is no workbook exits 1 with a sentence', async () => {
    const { run, folder } = besideSandbox()
    const path = join(folder, 'notes.txt')
    await Bun.write(path, 'Dear all,\nsee you on Monday.\n')
    const { code, out, err } = await run('run', path)
    expect(err).toContain('No row of notes.txt can run:')
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
