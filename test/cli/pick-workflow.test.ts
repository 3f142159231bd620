import { expect, test } from 'bun:test'
import { findByName } from '../../src/app/find-workflow.ts'
import { resolveWorkflow, type Fitting } from '../../src/cli/pick-workflow.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { listWorkflows } from '../../src/cli/workflows.ts'
import { aBot } from '../support/bot.ts'
import { addCopies, OTHER_INPUTS } from '../support/many-workflows.ts'

const UPLOAD: Fitting = {
  upload: async () => ({ name: 'a.csv', bytes: new TextEncoder().encode('URL\nhttps://example.com\n') }),
  how: {},
  set: undefined,
}

async function withMany() {
  const { bot } = await aBot()
  await addCopies(bot.db, 30, (i) => ({
    variables: OTHER_INPUTS,
    ...(i > 26 && { name: 'Translate', description: 'Into another language' }),
    ...(i === 29 && { name: 'Translate', mode: 'advanced-chat' as const }),
  }))
  const written = { out: '', err: '' }
  const screen = createScreen(
    { write: (text) => (written.out += text) },
    { write: (text) => (written.err += text) },
  )
  /** A person at the terminal, who types these. */
  const typing = (...answers: string[]) => ({ screen, ask: async () => answers.shift() })
  return { bot, screen, written, typing }
}

test('a name that several have lists what to type instead, and each of these is enough', async () => {
  const { bot, screen } = await withMany()
  const asked = resolveWorkflow(bot, 'translate', UPLOAD, { screen, ask: undefined })
  const fault = await asked.catch((thrown: Error & { hint?: string }) => thrown)
  expect(fault).toMatchObject({ message: '“translate” matches more than one workflow.' })
  const hint = ('hint' in fault && fault.hint) || ''
  expect(hint).toBe(
    'Type one of these instead: “Translate · w27”, “Translate · w28”, “Translate · chatflow” (w29).',
  )
  for (const [, label = ''] of hint.matchAll(/“([^”]+)”/g))
    expect(label).toEndWith((await findByName(bot, label)).id.replace('w29', 'chatflow'))
  await expect(findByName(bot, 'another language')).rejects.toThrow(
    'There is no workflow “another language”.',
  )
})

test('at a terminal, one is picked by its number or by words', async () => {
  const { bot, written, typing } = await withMany()
  expect((await resolveWorkflow(bot, 'Translate', UPLOAD, typing('2'))).id).toBe('w27')
  expect(written.err).toContain(
    '“Translate” matches more than one workflow.\n   1  Translate · chatflow  – Into another',
  )
  expect((await resolveWorkflow(bot, 'Translate', UPLOAD, typing('chatflow'))).id).toBe('w29')
  expect((await resolveWorkflow(bot, undefined, UPLOAD, typing('nothing', 'flow 2', '３'))).id).toBe('w22')
  expect(written.err).toContain('No workflow matches “nothing”.')
  expect(written.err).toContain('and 11 more')
})

test('where nobody picks, nothing is run', async () => {
  const { bot, typing } = await withMany()
  await expect(resolveWorkflow(bot, undefined, UPLOAD, typing())).rejects.toThrow('No workflow was chosen')
})

test('the list is searched', async () => {
  const { bot, screen, written } = await withMany()
  await listWorkflows(bot, { json: false, search: 'language chatflow' }, screen)
  expect(written.out).toBe('w29  Translate · chatflow (advanced-chat)\n          inputs: url* (text-input)\n')
  written.out = ''
  await listWorkflows(bot, { json: false, search: 'nothing' }, screen)
  expect(written.out).toBe('No workflow matches “nothing”.\n')
})
