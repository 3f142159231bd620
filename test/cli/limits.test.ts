import { expect, test } from 'bun:test'
import { showLimit } from '../../src/cli/limit.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { limitWorkflow } from '../../src/cli/workflows.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { findWorkflow } from '../../src/db/workflows/workflows.ts'
import { parseLimit, parseLimitOrNone } from '../../src/engine/limits.ts'
import { aBot } from '../support/bot.ts'

async function aTerminal() {
  const around = await aBot()
  let out = ''
  const screen = createScreen({ write: (text) => (out += text) }, { write: () => true })
  const said = async (command: Promise<unknown>) => {
    out = ''
    await command
    return out
  }
  return { ...around, screen, said }
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
