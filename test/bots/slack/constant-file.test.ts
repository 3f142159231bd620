import { expect, test } from 'bun:test'
import { listAt, textAt, valueAt } from '../../../src/bots/json-path.ts'
import { updateWorkflow } from '../../../src/db/workflows/workflows.ts'
import type { Variable } from '../../../src/engine/workflow.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf, saysOf } from '../../support/slack/message.ts'
import { whatWasTold } from '../../support/slack/notices.ts'
import { aRowbotInSlack, under } from '../../support/slack/whole.ts'
import { aPdf } from '../../support/takes-files.ts'

const VARIABLES: Variable[] = [
  { name: 'name', label: 'Name', type: 'text-input', required: true },
  { name: 'terms', label: 'Terms', type: 'file', required: true, fileTypes: ['document'] },
]
const SHEET = new TextEncoder().encode('Name\nKettle\nLamp\n')

test('a file for all rows is uploaded in the form, and sent with every row', async () => {
  const { mei, bot, workflow, slack } = await aRowbotInSlack()
  await updateWorkflow(bot.db, workflow.id, { ...workflow, variables: VARIABLES }, Date.now())
  const dropped = await mei.drop(SHEET, 'products.csv')
  await mei.click(await under(mei, dropped, '1 of 4'), 'Next')
  await mei.click(await under(mei, dropped, 'no column for “Terms”'), 'Columns…')
  await mei.choose(await under(mei, dropped, 'Which column feeds what?'), 'Input', 'Terms')
  const columns = await slack.until(
    () => under(mei, dropped, 'Which column feeds what?'),
    (shown) => buttonsOf(shown).includes('One value for all rows…'),
  )
  await mei.click(columns, 'One value for all rows…')
  const form = await mei.form()
  const [text, file] = listAt(form.view, 'blocks')
  expect([text, file].map((block) => valueAt(block, 'optional'))).toEqual([true, true])
  expect(valueAt(file, 'element')).toEqual({ type: 'file_input', action_id: 'value', max_files: 1 })
  expect(textAt(file, 'hint', 'text')).toContain('document')
  expect(textAt(file, 'hint', 'text')).toContain('10 MB')

  // Slack’s own file server refuses the first time: nothing changes, and its person is told.
  slack.faults.plan('download', { kind: 'breaks' }, 2)
  await mei.submit(form, {}, aPdf(1))
  expect(await whatWasTold(slack, mei.id)).toContain('“invoice-1.pdf”')
  await mei.submit(form, {}, aPdf(1))
  await mei.click(await under(mei, dropped, 'Terms ← invoice-1.pdf (all rows)'), 'Done')
  await mei.click(await under(mei, dropped, 'All 2 rows can run.'), 'Next')
  await mei.click(await under(mei, dropped, '3 of 4'), 'Next')
  const confirm = await under(mei, dropped, '4 of 4')
  expect(saysOf(confirm)).toContain('Terms ← invoice-1.pdf (all rows)')
  await mei.click(confirm, 'Start')
  const rows = await until(
    () => bot.db.selectFrom('task_executions').select('inputs').execute(),
    ({ length }) => length === 2,
  )
  const terms = { type: 'document', transfer_method: 'local_file', name: 'invoice-1.pdf', size: 17 }
  expect(rows.map(({ inputs }): unknown => JSON.parse(inputs))).toMatchObject([{ terms }, { terms }])
})
