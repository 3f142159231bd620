import { expect, test } from 'bun:test'
import { listAt, textAt, valueAt } from '../../../src/bots/json-path.ts'
import { updateWorkflow } from '../../../src/db/workflows/workflows.ts'
import type { Variable } from '../../../src/engine/workflow.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { aRowbotInDiscord, inChannel, plain, toldIn } from '../../support/discord/whole.ts'
import { aPdf } from '../../support/takes-files.ts'

const VARIABLES: Variable[] = [
  { name: 'name', label: 'Name', type: 'text-input', required: true },
  { name: 'terms', label: 'Terms', type: 'file', required: true, fileTypes: ['document'] },
]
const SHEET = new TextEncoder().encode('Name\nKettle\nLamp\n')

test('a file for all rows is uploaded in the form, and sent with every row', async () => {
  const { mei, bot, workflow, discord } = await aRowbotInDiscord()
  await updateWorkflow(bot.db, workflow.id, { ...workflow, variables: VARIABLES }, Date.now())
  mei.drop(SHEET, 'products.csv')
  const says = (words: string) => inChannel(discord, mei.direct, words)
  mei.click(await says('1 of 4'), 'Next')
  mei.click(await says('no column for “Terms”'), 'Columns…')
  const columns = await says('Which column feeds what?')
  mei.choose(columns, 'Input', 'Terms')
  await discord.until(
    () => buttonsOf(columns),
    (labels) => labels.includes('One value for all rows…'),
  )
  const form = await mei.form(mei.click(columns, 'One value for all rows…'))
  const [, label] = listAt(form, 'components')
  expect(textAt(label, 'description')).toContain('document')
  expect(valueAt(label, 'component')).toEqual({
    type: 19,
    custom_id: 'file',
    required: false,
    min_values: 0,
    max_values: 1,
  })
  const sent = ({ name, bytes }: { name: string; bytes: Uint8Array }) =>
    discord.keep(name, bytes, { isEphemeral: true })
  mei.submit(columns, form, {}, sent({ ...aPdf(1), name: 'invoice-1.exe' }))
  await toldIn(mei, mei.direct, '“invoice-1.exe” is not a file that Terms takes: document.')
  expect(plain(columns)).not.toContain('invoice-1')
  mei.submit(columns, form, {}, sent(aPdf(1)))
  mei.click(await says('Terms ← `invoice-1.pdf` (all rows)'), 'Done')
  mei.click(await says('All 2 rows can run.'), 'Next')
  mei.click(await says('3 of 4'), 'Next')
  const confirm = await says('4 of 4')
  expect(plain(confirm)).toContain('Terms ← `invoice-1.pdf` (all rows)')
  mei.click(confirm, 'Start')
  const rows = await until(
    () => bot.db.selectFrom('task_executions').select('inputs').execute(),
    ({ length }) => length === 2,
  )
  const terms = { type: 'document', transfer_method: 'local_file', name: 'invoice-1.pdf', size: 17 }
  expect(rows.map(({ inputs }): unknown => JSON.parse(inputs))).toMatchObject([{ terms }, { terms }])
})
