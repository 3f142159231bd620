import { expect, test } from 'bun:test'
import { aFolder, besideSandbox, CALL } from '../../support/command.ts'

test('dify check says which calls it makes before it makes them, then what holds there, and runs nothing', async () => {
  const { run, sandbox } = besideSandbox({ delayMs: 0 })
  const { code, out } = await run('dify', 'check')
  const [head, ...lines] = out.trim().split('\n')
  expect(head).toBe(
    `${sandbox.url} is asked with the key of “Product copywriter”. Nothing is run and nothing is paid:`,
  )
  expect(lines[0]).toBe('  GET /info  its version, and what the app is')
  expect(lines.indexOf('')).toBe(6) // the calls, and then what they tell
  expect(lines[7]).toBe('✔ “Product copywriter” (workflow) answers, on Dify 1.16.1.')
  expect(out).toContain('✔ A run can be stopped.')
  expect(code).toBe(0)
  expect(sandbox.hits()).toEqual([])
})

test('dify check exits 1 where the server does not answer as it should', async () => {
  const { run, sandbox } = besideSandbox({ delayMs: 0 })
  await run('dify', 'check')
  sandbox.misbehave('502', { route: 'about', times: 100 })
  const { code, out } = await run('dify', 'check', '-w', 'product copywriter')
  expect(out).toContain('✖ The app cannot be asked: HTTP 502')
  expect(code).toBe(1)
})

test('dify check of nothing says how to add a workflow', async () => {
  const { code, err } = await aFolder().run('dify', 'check')
  expect(err).toContain(`${CALL} workflow add`)
  expect(code).toBe(1)
})
