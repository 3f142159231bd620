import { expect, test } from 'bun:test'
import { findWorkflow, updateWorkflow } from '../../src/db/workflows/workflows.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import { EXIT } from '../../src/cli/end-code.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { checkWorkflow, listWorkflows, syncWorkflow } from '../../src/cli/workflows.ts'
import { requireOutputs, showConsole } from '../../src/cli/workflow-settings.ts'
import { aBot } from '../support/bot.ts'

test('which outputs must be there is said, set, and taken back', async () => {
  const { bot, workflow, submit, ended } = await aBot()
  const written = { out: '', err: '' }
  const screen = createScreen(
    { write: (text) => (written.out += text) },
    { write: (text) => (written.err += text) },
  )
  const asked = async (flags: Partial<Parameters<typeof requireOutputs>[2]>) => {
    written.out = written.err = ''
    await requireOutputs(bot, workflow.name, { none: false, ...flags }, screen)
    return written.out
  }
  expect(await asked({})).toBe(`“${workflow.name}”: whatever it gives will do.\n`)
  bot.startRunner()
  await ended((await submit(1)).id)
  expect(await asked({ required: ['title', 'score'] })).toContain('a row without title, score has failed')
  expect(written.out).toMatch(/It has given .*title/)
  expect(written.err).toContain('It has not given score so far.')
  expect((await findWorkflow(bot.db, workflow.id))?.requiredOutputs).toEqual(['title', 'score'])
  written.out = ''
  await listWorkflows(bot, { json: false, search: '' }, screen)
  expect(written.out).toContain('must give: title, score')
  await expect(asked({ none: true, required: ['title'] })).rejects.toThrow('Either none')
  expect(await asked({ none: true })).toContain('whatever it gives will do.')
  expect((await findWorkflow(bot.db, workflow.id))?.requiredOutputs).toBeUndefined()
})

test('where it is in Dify is said, set, and taken back', async () => {
  const { bot, workflow } = await aBot()
  let out = ''
  const screen = createScreen({ write: (text) => (out += text) }, { write: () => true })
  const app = 'https://dify.example.com/app/5a9d0b0c-1111-4000-8000-00005a9db0c5'
  for (const address of [undefined, `${app}/workflow`, undefined, 'none'])
    await showConsole(bot, workflow.name, address, screen)
  const unknown = `Where “${workflow.name}” is in Dify is not known.`
  expect(out.trim().split('\n')).toEqual([unknown, app, app, unknown])
})

test('what has changed in Dify is said by check, and by sync once more; the exit code says whether sheets may not fit', async () => {
  const { bot, workflow } = await aBot()
  let out = ''
  const screen = createScreen({ write: (text) => (out += text) }, { write: () => true })
  const does = async (act: typeof checkWorkflow, stored?: Partial<Workflow>) => {
    if (stored) await updateWorkflow(bot.db, workflow.id, { ...workflow, ...stored }, Date.now())
    out = ''
    return [await act(bot, workflow.id, screen), out] as const
  }
  const works = '“Product copywriter” answers, and its key works.'
  expect(await does(checkWorkflow)).toEqual([0, `${works}\n`])
  const [code, said] = await does(checkWorkflow, { variables: workflow.variables.slice(1) })
  expect(code).toBe(EXIT.someFailed)
  expect(said).toStartWith(works)
  expect(said).toContain('  · New input “Name” (short text, required).')
  expect(await does(checkWorkflow, { description: '' })).toEqual([
    0,
    `${works} It has changed; to take that over: bun rowbot workflow sync\n  · Its description is another one.\n`,
  ])
  const [done, synced] = await does(syncWorkflow)
  expect(done).toBe(0)
  expect(synced).toContain('Its description is another one.')
  expect(await does(checkWorkflow)).toEqual([0, `${works}\n`])
})
