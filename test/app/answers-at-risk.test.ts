import { expect, test } from 'bun:test'
import { answersAtRisk } from '../../src/app/answers-at-risk.ts'
import { findWorkflow } from '../../src/db/workflows/workflows.ts'
import { describeApp } from '../../src/dify/apps/describe-app.ts'
import { serve } from '../dify/support/serve.ts'
import { aBot, later } from '../support/bot.ts'

test.each([
  [{ pauses: true, serverVersion: '1.16.1' }, '1.16.1'],
  [{ pauses: true, serverVersion: '1.17.0' }, undefined],
  [{ pauses: true }, undefined],
  [{ serverVersion: '1.16.1' }, undefined],
] as const)('a workflow that is %j: %p', (workflow, version) => {
  expect(answersAtRisk(workflow)).toBe(version)
})

test('a workflow is known to pause once a run of it has', async () => {
  const { bot, workflow, submit, until } = await aBot()
  expect((await findWorkflow(bot.db, workflow.id))?.pauses).toBeUndefined()
  const { id } = await submit(1, {}, () => '[sandbox: paused]')
  bot.startRunner()
  await until(id, ({ waiting }) => waiting === 1)
  expect((await findWorkflow(bot.db, workflow.id))?.pauses).toBeTrue()
})

test('the version is what the server says of itself; the sandbox is no Dify', async () => {
  const server = serve(({ url }) =>
    Response.json(
      url.endsWith('/info')
        ? { name: 'Asks', description: '', mode: 'workflow' }
        : { user_input_form: [], system_parameters: {} },
      { headers: { 'x-version': '1.16.1' } },
    ),
  )
  later(() => server[Symbol.asyncDispose]())
  expect(await describeApp({ baseUrl: `${server.url}/v1`, apiKey: 'app-x' })).toMatchObject({
    serverVersion: '1.16.1',
  })
  const { workflow } = await aBot()
  expect(workflow.serverVersion).toBeUndefined()
})
