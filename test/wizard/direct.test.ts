import { expect, test } from 'bun:test'
import { listTasks } from '../../src/db/tasks/tasks.ts'
import { tableOfFiles } from '../../src/files/table-of-files.ts'
import { failureOf } from '../workbook/support/inspect.ts'
import { variable } from '../workbook/support/variables.ts'
import { rowsXml, xlsx } from '../workbook/support/xlsx.ts'
import { aWizard, asker, COPYWRITER, csv, SAMPLE, TRANSLATOR, Visit } from './support/cast.ts'

const PROGRAM = asker('API', {
  person: { platform: 'web', team: '', id: 'API', name: 'API', roles: [] },
  place: { platform: 'web', team: '', channel: '' },
})
const PLAIN = { parameters: {}, skipFaulty: true, tryFirst: 0 }

test('two processes that run one upload at the same moment make one task, and both give it', async () => {
  const { wizard, restarted, db } = await aWizard([COPYWRITER])
  const { id } = await wizard.direct.upload(PROGRAM, SAMPLE, {})
  const made = await Promise.all(
    [wizard, restarted(), restarted()].map((one) => one.direct.execute(PROGRAM, id, PLAIN)),
  )
  const [task] = await listTasks(db)
  expect(await listTasks(db)).toHaveLength(1)
  expect(made.map(({ taskId }) => taskId)).toEqual([1, 2, 3].map(() => task?.id ?? null))
  expect(made.filter(({ isNew }) => isNew)).toHaveLength(1)
})

test('what a person has chosen for such a file means nothing to a program', async () => {
  const { wizard, workflows, db } = await aWizard([TRANSLATOR])
  const file = csv('Question,Other\na,b\n')
  const visit = await new Visit(wizard).send(file)
  for (const label of ['Next', 'Columns…']) await visit.press(label)
  await visit.choose('Input', 'Question')
  await visit.choose('Column', 'Other')
  for (const label of ['Done', 'Next', 'Next', 'Start']) await visit.press(label)
  expect(await listTasks(db)).toHaveLength(1)

  const { state } = await wizard.direct.upload(PROGRAM, file, { workflowId: workflows[0]?.id })
  expect(state.inspection.mapping).toEqual({ question: 0 })
})

test('the page shows a program’s files as rows, which are not read in another way', async () => {
  const reader = { ...TRANSLATOR, variables: [variable('file', { required: true })] }
  const { wizard, workflows } = await aWizard([reader])
  const files = [{ name: 'a.pdf', sha256: 'a'.repeat(64), size: 9, content: 'pdf' }]
  const upload = tableOfFiles('a.pdf', files, { file: 'File', type: 'Type', size: 'Size' })
  const { id } = await wizard.direct.upload(PROGRAM, upload, { workflowId: workflows[0]?.id })
  const labels = (await wizard.promptOf(id))?.buttons.map(({ label }) => label)
  expect(labels).toContain('Next')
  expect(labels).not.toContain('Reading…')
})

test('an upload of a chat is no program’s to run', async () => {
  const { wizard } = await aWizard([COPYWRITER])
  const visit = await new Visit(wizard).send()
  const run = wizard.direct.execute(PROGRAM, visit.draftId, PLAIN)
  expect(run).rejects.toThrow(`There is no upload ${visit.draftId}.`)
})

test.each([{}, { sheet: 'products' }, { headingRow: 2 }, { sheet: 'products', headingRow: 2 }])(
  'what was said of an upload holds when some of it is said again: %p',
  async (again) => {
    const { wizard, db } = await aWizard([COPYWRITER])
    const file = csv('Name,Key features,Other\nName,Key features,Other\nKettle,hot,steams\n', 'products.csv')
    const request = { reading: { sheet: 'products', headingRow: 2 }, mapping: { features: 'Other' } }
    const { id } = await wizard.direct.upload(PROGRAM, file, request)
    await wizard.direct.execute(PROGRAM, id, { ...PLAIN, reading: again })
    const rows = await db.selectFrom('task_executions').select(['row_number', 'inputs']).execute()
    expect(rows.map(({ row_number, inputs }) => [row_number, JSON.parse(inputs)])).toEqual([
      [3, { name: 'Kettle', features: 'steams' }],
    ])
  },
)

test.each([{ lastRow: 2 }, { values: 'raw' as const }, { rows: 'visible' as const }])(
  'columns given with an upload are still those when other rows or values of it are taken: %p',
  async (reading) => {
    const { wizard, db } = await aWizard([COPYWRITER])
    const file = csv('Name,Key features,Other\nKettle,hot,steams\n')
    const { id } = await wizard.direct.upload(PROGRAM, file, { mapping: { features: 'Other' } })
    await wizard.direct.execute(PROGRAM, id, { ...PLAIN, reading })
    const [row] = await db.selectFrom('task_executions').select('inputs').execute()
    expect(JSON.parse(row?.inputs ?? '')).toEqual({ name: 'Kettle', features: 'steams' })
  },
)

test('a heading row is one of the sheet that was shown, though another may fit there', async () => {
  const { wizard, db } = await aWizard([COPYWRITER])
  const codes = rowsXml([
    ['a', 'b'],
    ['Name', 'Key features'],
    ['Lamp', 'old'],
  ])
  const products = rowsXml([
    ['Name', 'Key features'],
    ['Kettle', 'hot'],
    ['Fan', 'cool'],
  ])
  const sheets = [
    { name: 'Codes', data: codes },
    { name: 'Products', data: products },
  ]
  const { id, state } = await wizard.direct.upload(PROGRAM, { name: 'p.xlsx', bytes: xlsx({ sheets }) }, {})
  expect(state.inspection.sheet).toBe('Products')
  const reading = { headingRow: 2 }
  const mapping = { name: 'A', features: 'B' }
  await wizard.direct.execute(PROGRAM, id, { ...PLAIN, reading, mapping })
  const [row] = await db.selectFrom('task_executions').select('inputs').execute()
  expect(JSON.parse(row?.inputs ?? '')).toEqual({ name: 'Fan', features: 'cool' })
})

test('of two workflows neither of which fits, one must be named', async () => {
  const { wizard, workflows } = await aWizard()
  const draft = await wizard.direct.upload(PROGRAM, csv('A,B\n1,2\n'), {})
  expect(draft.state.workflowId).toBeUndefined()
  expect(wizard.direct.execute(PROGRAM, draft.id, PLAIN)).rejects.toThrow('More than one workflow')
  const translator = workflows.find(({ name }) => name === TRANSLATOR.name)
  const wanted = { ...PLAIN, workflowId: translator?.id, mapping: { question: 'B' } }
  expect(await wizard.direct.execute(PROGRAM, draft.id, wanted)).toMatchObject({ isNew: true })
})

test('a program that gives a name learns the ids of those that are called so', async () => {
  const twins = [TRANSLATOR, { ...TRANSLATOR, mode: 'advanced-chat' as const }]
  const { wizard, workflows } = await aWizard(twins)
  const [first, second] = workflows.map(({ id }) => id)
  const upload = csv('Question\nWhere?\n')
  const refusal = (thrown: { message: string; hint?: string }) => thrown.hint
  expect(await wizard.direct.upload(PROGRAM, upload, { workflowId: 'translate' }).catch(refusal)).toBe(
    `Give the id. ${ids()}.`,
  )
  const draft = await wizard.direct.upload(PROGRAM, upload, {})
  expect(await wizard.direct.execute(PROGRAM, draft.id, PLAIN).catch(refusal)).toBe(
    `Name the one to run. ${ids()}.`,
  )

  function ids() {
    const both = [`“Translate · workflow” is ${first}`, `“Translate · chatflow” is ${second}`]
    return (String(first) < String(second) ? both : both.toReversed()).join(', ')
  }
})

test.each([undefined, { features: 'Key features' }])(
  'a program must name the sheet where two fit equally, mapping or not: %p',
  async (mapping) => {
    const { wizard } = await aWizard([COPYWRITER])
    const rows = [
      ['Name', 'Key features'],
      ['Kettle', 'hot'],
    ]
    const sheets = ['Orders', 'Archive'].map((name) => ({ name, data: rowsXml(rows) }))
    const file = { name: 'orders.xlsx', bytes: xlsx({ sheets }) }
    const { id, state } = await wizard.direct.upload(PROGRAM, file, { mapping })
    expect(state.inspection).toMatchObject({ good: 0, faults: [{ code: 'two-sheets' }] })
    const refusal = await failureOf(wizard.direct.execute(PROGRAM, id, { ...PLAIN, mapping }))
    expect(refusal).toMatchObject({ message: 'No row of the sheet “Orders” can run.' })
    expect(
      await wizard.direct.execute(PROGRAM, id, { ...PLAIN, reading: { sheet: 'Archive' } }),
    ).toMatchObject({
      isNew: true,
    })
  },
)
