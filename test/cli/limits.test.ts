import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { showLimit } from '../../src/cli/limit.ts'
import { checkFile } from '../../src/cli/check.ts'
import { run } from '../../src/cli/run.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { limitWorkflow } from '../../src/cli/workflow-settings.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { findWorkflow } from '../../src/db/workflows/workflows.ts'
import { parseLimit, parseLimitOrNone } from '../../src/engine/limits.ts'
import { aBot, tempFolder } from '../support/bot.ts'

async function aTerminal() {
  const around = await aBot()
  let out = ''
  let notes = ''
  const screen = createScreen({ write: (text) => (out += text) }, { write: (text) => (notes += text) })
  const said = async (command: Promise<unknown>) => {
    out = ''
    await command
    return out
  }
  const noted = async (command: Promise<unknown>) => {
    notes = ''
    await command
    return notes
  }
  return { ...around, screen, said, noted }
}

test('what a task of a workflow may cost is said, set, and taken back', async () => {
  const { bot, workflow, screen, said, submit, find } = await aTerminal()
  const limit = (perTask?: string) =>
    said(
      limitWorkflow(
        bot,
        workflow.name,
        { rates: true, ...(perTask !== undefined && { perTask: parseLimitOrNone(perTask) }) },
        screen,
      ),
    )
  expect(await limit()).toContain('A task of it has no limit of its own.')
  expect(await limit('5 usd')).toContain('A task of it pauses at 5 USD.')
  const stored = await findWorkflow(bot.db, workflow.id)
  expect(stored?.perTask).toEqual(parseLimit('5 USD'))
  expect(await limit('None')).toContain('A task of it has no limit of its own.')
  expect((await find((await submit(1)).id)).limit).toBeUndefined()
})

test('the limit of a task is shown and set', async () => {
  const { bot, screen, said, submit } = await aTerminal()
  const { id } = await submit(3)
  const limit = (written?: string, json = false) =>
    said(showLimit(bot, { id, limit: written }, { json }, screen))
  expect(await limit()).toBe(`Task ${id} has no limit.\n`)
  expect(await limit('5 USD')).toBe('0.00 of 5.00 USD spent; 3 rows left.\n')
  expect(JSON.parse(await limit(undefined, true))).toEqual({
    id,
    limit: '5 USD',
    spent: '0 USD',
    atLimit: false,
  })
  await expect(limit('five')).rejects.toThrow('“five” is no limit.')
  expect((await findTask(bot.db, id))?.limit).toEqual(parseLimit('5 USD'))
  expect(await limit('none')).toBe(`Task ${id} has no limit.\n`)
})

test('a run says at what it pauses, what it will cost, and whether that is more', async () => {
  const { bot, workflow, screen, noted, said } = await aTerminal()
  const file = join(tempFolder(), 'products.csv')
  await Bun.write(
    file,
    `Name,Key features\n${Array.from({ length: 6 }, (_, i) => `Kettle ${i},fast`).join('\n')}`,
  )
  const go = (atMost?: string) =>
    noted(
      run(
        bot,
        { file },
        {
          workflow,
          json: false,
          folder: tempFolder(),
          ...(atMost !== undefined && { atMost: parseLimit(atMost) }),
        },
        screen,
      ),
    )
  const first = await go()
  expect(first).not.toMatch(/Pauses|About/)
  const enough = await go('5 USD')
  expect(enough).toContain('Pauses at $5.00.')
  expect(enough).toMatch(/About .* going by the last run of this workflow\./)
  expect(enough).not.toContain('more than its limit')
  expect(await go('60 tokens')).toContain('That is more than its limit: it will pause after about ')
  const flags = { workflow: workflow.id, rows: false, json: false }
  expect(await said(checkFile(bot, { file }, flags, screen))).toMatch(/6 of 6 rows can run\.\nAbout /)
  const created = await listAudit(bot.db, { action: 'task.create' })
  expect(created.entries.map(({ details }) => details?.['atMost'])).toEqual(['60 tokens', '5 USD', undefined])
})
