import { expect, test } from 'bun:test'
import pino from 'pino'
import { findAppCheck } from '../../src/db/workflows/app-checks.ts'
import { setWorkflowEnabled } from '../../src/db/workflows/workflows.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { productCopywriter } from '../../src/dify/sandbox/apps/product-copywriter.ts'
import { inEnglish } from '../../src/engine/sentence.ts'
import { addSandboxWorkflows, changesSeen } from '../../src/app/workflows.ts'
import { watchApps } from '../../src/serve/app-watch.ts'
import { aBot, aSandbox, SETUP, until, withWorkflow } from '../support/bot.ts'
import { FakeClock } from '../support/fake-clock.ts'

const MINUTE_MS = 60_000

async function cast() {
  const { bot } = await aBot()
  await bot.db.deleteFrom('workflows').execute()
  const app = { ...productCopywriter, form: [...productCopywriter.form] }
  const sandbox = aSandbox({ apps: [app] })
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: app.key })
  const clock = new FakeClock(Date.now())
  const draining = new AbortController()
  const { db, box, runtimes } = bot
  const log = pino({ level: 'silent' })
  watchApps({ db, box, runtimes, clock, log }, draining.signal)
  const check = () => findAppCheck(db, workflow.id)
  /** Five minutes pass, and what they bring is over. */
  const look = async () => {
    await clock.pass(5 * MINUTE_MS)
    await until(
      () => clock.alarms,
      (alarms) => alarms === 1,
    )
  }
  /** @returns what Dify said when it was next asked, an hour after it was asked before */
  const asked = async () => {
    const before = (await check())?.checkedAt ?? 0
    for (let looks = 1; ; looks++) {
      await look()
      const now = await check()
      if ((now?.checkedAt ?? 0) === before) continue
      expect(looks).toBeWithin(12, 14)
      return now
    }
  }
  return { bot, app, sandbox, workflow, clock, draining, check, look, asked }
}

test('a change in Dify is noticed within the hour, and is in the audit once', async () => {
  const { bot, app, workflow, asked } = await cast()
  expect(changesSeen(workflow, await asked()).changes).toEqual([])
  app.form.pop()
  const said = ['The input “Max words” is gone.']
  expect(changesSeen(workflow, await asked()).changes.map(inEnglish)).toEqual(said)
  expect(changesSeen(workflow, await asked()).changes.map(inEnglish)).toEqual(said)
  const { entries } = await listAudit(bot.db, {})
  expect(entries.map(({ action, who, face }) => [action, who, face])).toEqual([
    ['workflow.check', 'Rowbot', 'config'],
  ])
})

test('that Dify does not answer is noted, and it is asked again', async () => {
  const { sandbox, asked } = await cast()
  await sandbox.stop()
  expect(inEnglish((await asked())?.error ?? '')).toContain('cannot be reached')
  expect((await asked())?.error).toBeDefined()
})

test('nobody is asked about a workflow that is switched off, of the sandbox, or just looked at, nor at the end', async () => {
  const { bot, clock, workflow, draining, check, look, sandbox } = await cast()
  await sandbox.stop()
  await addSandboxWorkflows(bot, SETUP)
  for (let i = 0; i < 6; i++) await look()
  await setWorkflowEnabled(bot.db, workflow.id, false)
  for (let i = 0; i < 20; i++) await look()
  draining.abort()
  expect(clock.alarms).toBe(0)
  expect((await check())?.error).toBeUndefined()
  const checks = await bot.db.selectFrom('workflows').select('check_error').execute()
  expect(checks.filter((one) => one.check_error !== null)).toEqual([])
})
