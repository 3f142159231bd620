import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../support/bot.ts'
import { besideSandbox, rowbot, CALL } from '../../support/command.ts'

const ONE_BAD = 'Name,Key features\nKettle,hot\n,cold\n'

test('the input is never written over, under whatever name', async () => {
  const { run, folder, sandbox } = besideSandbox()
  const csv = join(folder, 'in.csv')
  await Bun.write(csv, ONE_BAD)
  const link = join(folder, 'link.csv')
  symlinkSync(csv, link)
  for (const args of [
    ['run', csv, '--out', link],
    ['check', csv, '-w', 'product', '--marked', csv],
  ]) {
    const { code, err } = await run(...args)
    expect(err).toContain('is the input file: it would be overwritten.')
    expect(code).toBe(1)
  }
  for (const time of ['written', 'replaced']) {
    expect((await run('check', csv, '-w', 'product', '--marked')).err, time).toContain('in.marked.xlsx')
  }
  expect(await Bun.file(csv).text()).toBe(ONE_BAD)
  expect(sandbox.hits()).toHaveLength(0)
})

test('where the result cannot go is told before anything is paid for', async () => {
  const { run, folder, sandbox } = besideSandbox()
  const csv = join(folder, 'in.csv')
  await Bun.write(csv, ONE_BAD)
  const nowhere = await run('run', csv, '--out', join(folder, 'missing', 'out.xlsx'))
  expect(nowhere.err).toContain('there is no folder')
  expect(nowhere.err).toContain('Make it, or name another.')
  expect(nowhere.code).toBe(1)
  const tooLong = join(folder, `${'x'.repeat(250)}.csv`) // the folder is fine, the name is not
  expect((await run('run', csv, '--out', tooLong)).err).toContain('ENAMETOOLONG')
  expect((await run('run', csv, '--out', folder)).err).toContain('is a folder.')
  expect((await run('template', '-w', 'product', '--out', join(folder, 'no', 't.xlsx'))).err).toContain(
    'there is no folder',
  )
  expect(sandbox.hits()).toHaveLength(0)
})

test('a result that could not be written is written elsewhere', async () => {
  const { run, env, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const csv = join(folder, 'in.csv')
  await Bun.write(csv, ONE_BAD)
  const away = join(folder, 'away')
  mkdirSync(away)
  sandbox.misbehave({ delayMs: 600 })
  const command = rowbot(['run', csv, '--out', join(away, 'o.csv')], env)
  await until(
    () => sandbox.hits().length,
    (hits) => hits > 0,
  )
  rmSync(away, { recursive: true })
  const { code, err } = await command.ended
  expect(err).toContain('there is no folder')
  const id =
    new RegExp(`Its rows are kept\\. Write it elsewhere: ${CALL} result (\\w+) --out FILE`).exec(err)?.[1] ??
    ''
  expect(code).toBe(1)
  expect((await run('result', id, '--out', join(folder, 'o.csv'))).code).toBe(0)
  expect(existsSync(join(folder, 'o.csv'))).toBe(true)
})
