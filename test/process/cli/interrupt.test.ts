import { expect, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { aBot, tempFolder, until } from '../../support/bot.ts'
import { besideSandbox, rowbot, SAMPLE, CALL } from '../../support/command.ts'

test('one Ctrl-C that arrives twice still pauses, and rows in flight finish', async () => {
  const { env, sandbox, folder } = besideSandbox({ delayMs: 2_000 })
  const out = join(folder, 'out.xlsx')
  const command = rowbot(['run', SAMPLE, '--json', '--out', out], env)
  await told(sandbox, 3)
  command.process.kill('SIGINT')
  await Bun.sleep(50)
  command.process.kill('SIGINT')
  const { code, out: json } = await command.ended
  expect(JSON.parse(json)).toMatchObject({ status: 'paused', succeeded: 3, result: out })
  expect(code).toBe(130)
})

test('a second Ctrl-C later leaves what is in flight, and the next runner says that it asks after it', async () => {
  const { env, sandbox } = besideSandbox({ delayMs: 0 })
  sandbox.misbehaveBy(() => ({ delayMs: 600_000 }))
  const command = rowbot(['run', SAMPLE, '--json'], { ...env })
  await told(sandbox, 3)
  command.process.kill('SIGINT')
  await Bun.sleep(600)
  command.process.kill('SIGINT')
  const { out } = await command.ended
  const { id, succeeded } = JSON.parse(out)
  expect(succeeded).toBe(0)
  sandbox.behave()
  const resume = rowbot(['resume', id, '--out', join(env.ROWBOT_DATA_DIR, 'out.csv')], env)
  await resume.says('Asking Dify what became of 3 rows.')
  sandbox.hurry()
  const next = await resume.ended
  expect(next.err.split('Asking Dify')).toHaveLength(2)
  expect(sandbox.hits()).toHaveLength(5)
})

test('a paused run leaves no half result behind unless it is asked for one, and says how to get it', async () => {
  const { env, sandbox, folder } = besideSandbox({ delayMs: 500 })
  const csv = join(folder, 'kettles.csv')
  await Bun.write(
    csv,
    `Name,Key features\n${Array.from({ length: 8 }, (_, i) => `Kettle ${i},hot\n`).join('')}`,
  )
  const plain = rowbot(['run', csv], env)
  await told(sandbox, 3)
  plain.process.kill('SIGINT')
  const { out } = await plain.ended
  const id = new RegExp(`${CALL} resume (\\w+)$`, 'm').exec(out)?.[1] ?? ''
  expect(out).toContain(`Its results: ${CALL} result ${id} --out FILE`)
  expect(existsSync(join(folder, 'kettles.results.xlsx'))).toBe(false)
})

test('a task that goes on from another folder writes its result where it was started', async () => {
  const { env, sandbox, folder } = besideSandbox({ delayMs: 200 })
  const csv = join(folder, 'kettles.csv')
  await Bun.write(csv, `Name,Key features\n${'Kettle,hot\n'.repeat(2)}Mug,red\n`)
  const command = rowbot(['run', csv, '--concurrency', '1'], env)
  await told(sandbox, 1)
  command.process.kill('SIGINT')
  const id = /resume (\w+)$/m.exec((await command.ended).out)?.[1] ?? ''
  const elsewhere = tempFolder()
  expect((await rowbot(['resume', id], env, elsewhere).ended).code).toBe(0)
  expect(existsSync(join(folder, 'kettles.results.xlsx'))).toBe(true)
  expect(readdirSync(elsewhere)).toEqual([])
})

test('where a half result was asked for, going on names the same file', async () => {
  const { env, sandbox, folder } = besideSandbox({ delayMs: 500 })
  const asked = join(folder, 'so far.csv')
  const command = rowbot(['run', SAMPLE, '--concurrency', '1', '--out', asked], env)
  await told(sandbox, 1)
  command.process.kill('SIGINT')
  const { out } = await command.ended
  expect(out).toMatch(new RegExp(`${CALL} resume \\w+ --out '.*so far\\.csv'`))
  expect(existsSync(asked)).toBe(true)
})

test('a finished run says so before it waits for the rows of another task', async () => {
  const { folder, sandbox, submit, find } = await aBot({ delayMs: 600_000 })
  sandbox.misbehaveBy(({ inputs }) =>
    String(inputs['name']).startsWith('Kettle 1.7') ? { delayMs: 1_500 } : undefined,
  )
  const csv = join(folder, 'one.csv')
  await Bun.write(csv, 'Name,Key features\nKettle 1.7 l,hot\n')
  const other = await submit(2, { concurrency: 2 })
  const command = rowbot(['run', csv, '--out', join(folder, 'one.results.csv')], { ROWBOT_DATA_DIR: folder })
  await command.says('Finishing 2 rows of another task.')
  expect(existsSync(join(folder, 'one.results.csv'))).toBe(true)
  sandbox.hurry()
  const { code, out } = await command.ended
  expect(out).toContain('1 done')
  expect(code).toBe(0)
  expect((await find(other.id)).counts.succeeded).toBe(2)
})

async function told(sandbox: ReturnType<typeof besideSandbox>['sandbox'], rows: number): Promise<void> {
  await until(
    () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length,
    (count) => count >= rows,
  )
}
