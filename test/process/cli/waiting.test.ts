import { expect, test } from 'bun:test'
import { aBot, until } from '../../support/bot.ts'
import { rowbot, CALL } from '../../support/command.ts'

test('rows that wait survive kill -9, are answered at the command line, and are called once', async () => {
  const { sandbox, folder, submit, find } = await aBot()
  const { id } = await submit(4, {}, (row) => (row === 5 ? 'plain' : '[sandbox: paused]'))
  const env = { ROWBOT_DATA_DIR: folder }
  const waits = () =>
    until(
      () => find(id),
      ({ waiting, counts }) => waiting === 3 && counts.succeeded === 1,
    )

  for (let kill = 0; kill < 2; kill++) {
    const runner = rowbot(['resume', id, '--json'], env)
    await until(
      () => find(id),
      ({ epoch }) => epoch > kill,
    )
    await waits()
    runner.process.kill('SIGKILL')
    await runner.process.exited
  }

  const runner = rowbot(['resume', id, '--out', `${folder}/out.xlsx`], env)
  const waiting = await rowbot(['waiting', id], env).ended
  expect(waiting.out).toContain('3 rows wait for an answer.')
  expect(waiting.out).toMatch(/Row 2 · Approval · .* left\n {2}The sandbox was told to wait for a person\./)
  expect(waiting.out).toContain(`Approve: ${CALL} answer ${id} 2 yes --set 'note=…' --all`)

  const wrong = await rowbot(['answer', id, '2', 'maybe'], env).ended
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('There are yes, no.')])
  const one = await rowbot(['answer', id, '3', 'Reject', '--set', 'note=too late'], env).ended
  expect([one.code, one.out]).toEqual([0, 'Row 3: Reject.\n'])
  const all = await rowbot(['answer', id, '2', 'yes', '--all'], env).ended
  expect([all.code, all.out]).toEqual([0, '2 rows: Approve.\n'])

  const { code, err } = await runner.ended
  expect(code).toBe(0)
  expect(err).toContain('rows wait for an answer; answer them on the page or with “rowbot answer”')
  expect(await find(id)).toMatchObject({ counts: { succeeded: 4, failed: 0 }, waiting: 0 })
  expect(sandbox.hits()).toHaveLength(4)
  expect(sandbox.answers().map(({ action, inputs }) => [action, inputs])).toEqual([
    ['no', { note: 'too late' }],
    ['yes', { note: '' }],
    ['yes', { note: '' }],
  ])
})
