import { describe, expect, test } from 'bun:test'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { listTrialRows } from '../../src/db/rows/result-rows.ts'
import { parseLimit } from '../../src/engine/limits.ts'
import { setPerTask } from '../../src/db/workflows/workflows.ts'
import { nano } from '../support/nano.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { rowsXml, xlsx } from '../workbook/support/xlsx.ts'
import type { App } from '../../src/engine/workflow.ts'
import { aWizard, asker, COPYWRITER, csv, PLACE, SAMPLE, TRANSLATOR, Visit } from './support/cast.ts'

describe('the four steps', () => {
  test('lead from a file to a task with every row', async () => {
    const { wizard, db } = await aWizard()
    const visit = await new Visit(wizard).send()
    expect(visit.text).toBe(
      [
        '1 of 4 · Which workflow?',
        'test_batch_data.xlsx · sheet Products · 5 rows',
        'Product copywriter · Writes a product description from name, features and tone.',
        'Needs Name, Key features; can use Tone, Max words.',
        'It is the one whose inputs match these columns.',
      ].join('\n'),
    )
    expect(visit.labels).toEqual(['Next', 'Template', 'Compare with…', 'Send another file', 'Cancel'])

    await visit.press('Next')
    expect(visit.text).toBe(
      [
        '2 of 4 · Check the upload',
        'test_batch_data.xlsx · sheet Products · 5 rows',
        '4 columns feed 4 inputs · SKU is kept in the result, not sent',
        'Name ← Name · Key features ← Key features · Tone ← Tone · Max words ← Max words',
        'All 5 rows can run.',
      ].join('\n'),
    )
    expect(visit.prompt.table?.headings).toEqual(['row', 'Name', 'Key features', 'Tone', 'Max words', 'SKU'])
    expect(visit.prompt.table?.rows[3]).toEqual([
      '5',
      '折叠自行车',
      '三秒折叠，车重 9.8 公斤，可带上…',
      'casual',
      '80',
      '00731',
    ])

    await visit.press('Next')
    expect(visit.prompt.selects.map(({ label }) => label)).toEqual([
      'Rows at once',
      'Retries',
      'Time limit of a row',
    ])
    await visit.choose('Rows at once', '5 at once')
    await visit.press('Next')
    expect(visit.text).toContain('Product copywriter on 5 rows of Products')
    expect(visit.text).toContain('5 at once · 2 retries · 5 min a row')
    expect(visit.text).toContain('No estimate yet: try a row first.')

    await visit.press('Start')
    const task = await findTask(db, visit.taskId)
    expect(task).toMatchObject({
      name: 'test_batch_data · Product copywriter',
      concurrency: 5,
      owner: 'Mei',
      ownerKey: 'slack:T1:U-Mei',
      sheet: 'Products',
      counts: { total: 5, left: 5 },
      pauseAfter: null,
      stoppedEpoch: null,
    })
  })

  test('with rows that cannot run, the good ones run and the others are kept for the result', async () => {
    const { wizard, db } = await aWizard()
    const visit = await new Visit(wizard).send(
      csv('Name,Key features,Tone\nKettle,hot,formal\nLamp,bright,friendly\n,none,casual\nFan,cool,casual\n'),
    )
    await visit.press('Next')
    expect(visit.text).toContain('2 rows cannot run as they are')
    expect(visit.text).toContain('C3: “friendly” is not one of formal, casual, playful.')
    expect(visit.text).toContain('A4: Name is empty, and it is required.')
    expect(visit.labels).toEqual([
      'Run the other 2',
      'Send a corrected file',
      'Marked copy',
      'Columns…',
      'Reading…',
      'Back',
      'Cancel',
    ])
    await visit.press('Marked copy')
    if (visit.answer.kind !== 'file') throw new Error(visit.answer.kind)
    expect(visit.answer.file.name).toBe('products.marked.xlsx')
    const marked = new Uint8Array(await visit.answer.file.content.arrayBuffer())
    const back = await new Visit(wizard).send({ name: 'products.marked.xlsx', bytes: marked })
    expect(back.text).toContain('4 rows')

    await visit.press('Run the other 2')
    await visit.press('Next')
    expect(visit.text).toContain('2 rows are left out; the result says why.')
    await visit.press('Start')
    const rows = []
    for await (const chunk of resultRows(db, visit.taskId)) rows.push(...chunk)
    expect(rows.map(({ row, status }) => [row, status])).toEqual([
      [2, 'pending'],
      [3, 'left out'],
      [4, 'left out'],
      [5, 'pending'],
    ])
  })

  test('a file of which nothing can run offers no way on but mending it', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard).send(csv('Name,Tone\nKettle,formal\n'))
    await visit.choose('Workflow', 'Product copywriter')
    await visit.press('Next')
    expect(visit.text).toContain('No row of this sheet can run as it is')
    expect(visit.text).toContain('There is no column for “Key features”')
    expect(visit.labels).toEqual(['Send a corrected file', 'Columns…', 'Reading…', 'Back', 'Cancel'])
  })

  test('a text generator is said to be paid twice after a break, and a workflow is recommended', async () => {
    const { wizard } = await aWizard([{ ...COPYWRITER, mode: 'completion' }])
    const visit = await new Visit(wizard).toConfirm()
    expect(visit.text).toContain('calls in flight are made, and paid, again. A workflow app avoids that.')
    const other = await new Visit((await aWizard()).wizard).toConfirm()
    expect(other.text).not.toContain('text generator')
  })

  test('of a server that may lose the answers of persons, the check says so once the workflow has waited for some', async () => {
    const { wizard, db } = await aWizard([{ ...COPYWRITER, serverVersion: '1.16.1' }])
    const before = await new Visit(wizard).toConfirm()
    await before.press('Back')
    await before.press('Back')
    expect(before.text).not.toContain('lose answers')
    await db.updateTable('workflows').set({ pauses_since: 1 }).execute()
    await before.press('Next')
    await before.press('Back')
    expect(before.prompt.title).toContain('2 of 4')
    expect(before.text).toContain('Dify 1.16.1 may lose answers')
  })

  test('“Try 1 row first” makes the task with a pause behind its first row', async () => {
    const { wizard, db } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    await visit.press('Try 1 row first')
    expect(await findTask(db, visit.taskId)).toMatchObject({ pauseAfter: 2, counts: { total: 5 } })
  })

  test('any number of rows may be tried, but not all: then nothing would be left to wait', async () => {
    const { wizard, db } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    await visit.press('Try…')
    expect(await visit.answerForm({ rows: '5' })).toEqual({ rows: 'A whole number from 1 to 4, please.' })
    await visit.answerForm({ rows: '3' })
    expect(await listTrialRows(db, visit.taskId, 9)).toHaveLength(3)
    expect(await findTask(db, visit.taskId)).toMatchObject({ counts: { total: 5 } })
  })

  test('five rows that differ are one click where there are more', async () => {
    const { wizard, db } = await aWizard()
    const few = await new Visit(wizard).toConfirm()
    expect(few.labels).not.toContain('Try 5 that differ')
    const rows = Array.from({ length: 20 }, (_, i) => `Kettle ${i},boils,${i % 2 ? 'formal' : 'casual'}`)
    const visit = await new Visit(wizard).toConfirm(
      csv(['Name,Key features,Tone', ...rows].join('\n'), 'kettles.csv'),
    )
    await visit.press('Try 5 that differ')
    expect(await listTrialRows(db, visit.taskId, 9)).toHaveLength(5)
  })

  test('back leads to every step before, with what was chosen', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    await visit.press('Back')
    await visit.choose('Retries', 'No retries')
    await visit.press('Back')
    expect(visit.prompt.title).toContain('2 of 4')
    await visit.press('Back')
    expect(visit.prompt.title).toContain('1 of 4')
    await visit.press('Next')
    await visit.press('Next')
    await visit.press('Next')
    expect(visit.text).toContain('3 at once · No retries · 5 min a row')
  })

  test('cancel is there in every step, ends the draft and frees the file', async () => {
    for (const presses of [[], ['Next'], ['Next', 'Columns…'], ['Next', 'Next'], ['Next', 'Next', 'Next']]) {
      const { wizard, db } = await aWizard()
      const visit = await new Visit(wizard).send()
      for (const label of presses) await visit.press(label)
      await visit.press('Cancel')
      expect(visit.text).toBe('test_batch_data.xlsx\nCancelled. Nothing was run.')
      expect(visit.prompt.buttons).toEqual([])
      expect(await db.selectFrom('uploads').select('id').execute()).toEqual([])
    }
  })
})

describe('the workflow', () => {
  test('is not guessed where several fit or none does', async () => {
    const { wizard } = await aWizard([COPYWRITER, { ...COPYWRITER, name: 'Slogans' }])
    const visit = await new Visit(wizard).send()
    expect(visit.text).toContain('Choose the workflow that each row goes through.')
    expect(visit.labels).not.toContain('Next')
    await visit.choose('Workflow', 'Slogans')
    expect(visit.labels).toContain('Next')
  })

  test('is chosen already where there is one', async () => {
    const { wizard } = await aWizard([TRANSLATOR])
    const visit = await new Visit(wizard).send()
    expect(visit.text).toContain('Translate')
    expect(visit.text).not.toContain('match these columns')
    expect(visit.labels).toContain('Next')
  })

  test('none at all is said in words', async () => {
    const { wizard } = await aWizard([])
    expect((await new Visit(wizard).send()).text).toContain('No workflow is set up yet.')
  })

  test('its template comes as a workbook', async () => {
    const { wizard } = await aWizard()
    const visit = await (await new Visit(wizard).send()).press('Template')
    if (visit.answer.kind !== 'file') throw new Error(visit.answer.kind)
    expect(visit.answer.file.name).toBe('Product copywriter.template.xlsx')
    const template = new Uint8Array(await visit.answer.file.content.arrayBuffer())
    expect(new TextDecoder().decode(template.slice(0, 2))).toBe('PK')
  })

  test('the one that was run last comes first, for its person and in its channel, after those that fit', async () => {
    const { wizard } = await aWizard([COPYWRITER, ...numbered(5, TRANSLATOR)])
    const visit = await new Visit(wizard).send(csv('Question\nWhere?\n'))
    expect(groupsOf(visit)).toEqual({ 'Fits your columns': 5, All: 1 })
    await visit.choose('Workflow', 'Flow 003')
    for (const button of ['Next', 'Next', 'Next', 'Start']) await visit.press(button)
    const again = await new Visit(wizard).send(csv('Question\nWhere?\n'))
    expect(again.prompt.selects[0]?.options[0]?.label).toBe('Flow 003')
    const here = await new Visit(wizard, asker('Jo')).send(csv('Name,Key features\na,b\n'))
    expect(groupsOf(here)).toEqual({ 'Fits your columns': 1, Recent: 1, All: 4 })
    const there = asker('Jo', { place: { ...PLACE, channel: 'C2' } })
    const elsewhere = await new Visit(wizard, there).send(csv('Name,Key features\na,b\n'))
    expect(groupsOf(elsewhere)).toEqual({ 'Fits your columns': 1, All: 5 })
  })

  test('words typed into the form of Search… leave those that match; none brings all back', async () => {
    const { wizard } = await aWizard([COPYWRITER, ...numbered(40, TRANSLATOR)])
    const visit = await new Visit(wizard).send()
    expect(await search('ＦＬＯＷ 03')).toContain('11 workflows match “ＦＬＯＷ 03”.')
    expect(visit.prompt.selects[0]?.options[0]?.label).toBe('Flow 030')
    expect(await search('nothing of the kind')).toContain('No workflow matches “nothing of the kind”.')
    expect(visit.prompt.selects[0]?.options.length).toBe(24)
    expect(await search('')).not.toContain('“')

    async function search(words: string) {
      await visit.press('Search…')
      await visit.answerForm({ search: words })
      return visit.text
    }
  })

  test('two of one name are told apart in the select, in the text and at the end', async () => {
    const { wizard } = await aWizard([
      COPYWRITER,
      { ...TRANSLATOR, name: COPYWRITER.name, mode: 'advanced-chat' },
    ])
    const visit = await new Visit(wizard).send()
    expect(visit.prompt.selects[0]?.options.map(({ label }) => label)).toEqual([
      'Product copywriter · workflow',
      'Product copywriter · chatflow',
    ])
    expect(visit.text).toContain('Product copywriter · workflow')
    const end = await new Visit(wizard).toConfirm()
    expect(end.text).toContain('Product copywriter · workflow on')
  })

  test('of a hundred, one is found by going through the pages', async () => {
    const apps = Array.from({ length: 100 }, (_, i) => ({
      ...TRANSLATOR,
      name: `Flow ${String(i).padStart(3, '0')}`,
    }))
    const { wizard } = await aWizard(apps)
    const visit = await new Visit(wizard).send()
    for (let page = 0; page < 3; page++) await visit.choose('Workflow', 'More…')
    await visit.choose('Workflow', 'Flow 091')
    expect(visit.text).toContain('Flow 091')
    expect(visit.prompt.selects[0]?.selected).toBeDefined()
    await visit.choose('Workflow', 'Earlier…')
    expect(visit.prompt.selects[0]?.options[1]?.label).toBe('Flow 046')
  })
})

function numbered(count: number, app: App): App[] {
  return Array.from({ length: count }, (_, i) => ({ ...app, name: `Flow ${String(i).padStart(3, '0')}` }))
}

function groupsOf({ prompt }: Visit): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { group = '' } of prompt.selects[0]?.options ?? []) counts[group] = (counts[group] ?? 0) + 1
  return counts
}

describe('the columns', () => {
  const FOREIGN = csv('产品,卖点,备注\n水壶,三分钟烧开,x\n台灯,很亮,y\n')

  test('are mapped by hand, and the same is proposed the next time, in any order of columns', async () => {
    const { wizard } = await aWizard([COPYWRITER])
    const visit = await new Visit(wizard).send(FOREIGN)
    await visit.press('Next')
    await visit.press('Columns…')
    await visit.choose('Input', 'Name')
    await visit.choose('Column', '产品')
    await visit.choose('Input', 'Key features')
    await visit.choose('Column', '卖点')
    await visit.press('Done')
    expect(visit.text).toContain('Name ← 产品 · Key features ← 卖点 · Tone ← – (optional)')
    expect(visit.text).toContain('All 2 rows can run.')
    await visit.press('Next')
    await visit.press('Next')
    await visit.press('Start')

    const next = await new Visit(wizard, asker('Jo')).send(csv('备注,卖点,产品\nx,很凉,风扇\n'))
    await next.press('Next')
    expect(next.text).toContain('Name ← 产品 · Key features ← 卖点')
    expect(next.text).toContain('The columns are mapped as you chose last time.')
    await next.press('Columns…')
    await next.press('By the headings')
    expect(next.text).toContain('Name ← – (required)')
  })

  const NEAR = csv('Name,Key features,tones\nKettle,hot,casual\n')

  test('that nearly name an input are filled in, and one click accepts them', async () => {
    const { wizard } = await aWizard([COPYWRITER])
    const visit = await new Visit(wizard).send(NEAR)
    await visit.press('Next')
    expect(visit.text).toContain('No column is headed “Tone”. Is it “tones”?')
    expect(visit.text).toContain('Tone ← – (optional)')
    expect(visit.labels).not.toContain('Next')
    await visit.press('Columns…')
    expect(visit.text).toContain('Tone ← tones (suggested)')
    await visit.press('Back')
    expect(visit.labels).not.toContain('Next')
    await visit.press('Columns…')
    await visit.press('Done')
    expect(visit.text).toContain('Tone ← tones')
    expect(visit.text).not.toContain('(suggested)')
    expect(visit.text).toContain('The row can run.')
  })

  test('that nearly name an input may be left out, which is remembered', async () => {
    const { wizard } = await aWizard([COPYWRITER])
    const visit = await new Visit(wizard).send(NEAR)
    for (const label of ['Next', 'Columns…']) await visit.press(label)
    await visit.choose('Input', 'Tone')
    await visit.choose('Column', 'Leave it empty')
    expect(visit.text).not.toContain('(suggested)')
    await visit.press('Done')
    expect(visit.text).toContain('Tone ← – (optional)')
    for (const label of ['Next', 'Next', 'Start']) await visit.press(label)
    const next = await new Visit(wizard).send(NEAR)
    await next.press('Next')
    expect(next.labels).toContain('Next')
  })

  test('chosen once are known by their heading in other files', async () => {
    const { wizard } = await aWizard([COPYWRITER])
    const visit = await new Visit(wizard).send(csv('Name,Key features,Mood\nKettle,hot,casual\n'))
    for (const label of ['Next', 'Columns…']) await visit.press(label)
    await visit.choose('Input', 'Tone')
    await visit.choose('Column', 'Mood')
    for (const label of ['Done', 'Next', 'Next', 'Start']) await visit.press(label)

    const next = await new Visit(wizard).send(csv('SKU,mood ,Name,Key features\n1,formal,Lamp,bright\n'))
    await next.press('Next')
    expect(next.text).toContain('Tone ← mood')
    expect(next.text).toContain('The columns are mapped as you chose last time.')
    const named = await new Visit(wizard).send(csv('Mood,Tone,Name,Key features\nx,formal,Lamp,bright\n'))
    await named.press('Next')
    expect(named.text).toContain('Tone ← Tone')
    expect(named.text).not.toContain('last time')
  })

  test('chosen and not confirmed are forgotten', async () => {
    const { wizard } = await aWizard([COPYWRITER])
    const visit = await new Visit(wizard).send(SAMPLE)
    await visit.press('Next')
    await visit.press('Columns…')
    await visit.choose('Input', 'Tone')
    await visit.choose('Column', 'Leave it empty')
    expect(visit.text).toContain('Tone ← – (optional)')
    await visit.press('Back')
    expect(visit.text).toContain('Tone ← Tone')
  })
})

test('of two sheets that fit equally none is run until one is chosen, be it the one shown', async () => {
  const { wizard } = await aWizard([COPYWRITER])
  const rows = [
    ['Name', 'Key features'],
    ['Kettle', 'hot'],
  ]
  const sheets = ['Orders', 'Archive'].map((name) => ({ name, data: rowsXml(rows) }))
  const visit = await new Visit(wizard).send({ name: 'orders.xlsx', bytes: xlsx({ sheets }) })
  await visit.press('Next')
  expect(visit.text).toContain('“Orders” and “Archive” both fit the workflow; “Orders” is shown.')
  expect(visit.labels).not.toContain('Next')
  expect(visit.prompt.selects[0]?.selected).toBeUndefined()
  await visit.choose('Sheet', 'Orders')
  expect(visit.text).toContain('The row can run.')
  expect(visit.prompt.selects[0]?.selected).toBe('0')
})

describe('another file', () => {
  test('takes the place of the first at any step, which is freed; what was chosen stays', async () => {
    const { wizard, db } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    await visit.press('Back')
    await visit.choose('Rows at once', '7 at once')
    await visit.press('Back')
    await visit.press('Send another file')
    const [field] = visit.form.fields
    expect(field).toMatchObject({ type: 'file', id: 'file' })
    expect(await visit.answerForm({}, undefined)).toEqual({ file: 'Choose a file.' })
    expect(await visit.answerForm({}, csv('Name,Key features\nKettle,hot\n', 'better.csv'))).toBeUndefined()
    expect(visit.text).toContain('better.csv')
    expect(visit.prompt.title).toContain('2 of 4')
    await visit.press('Next')
    await visit.press('Next')
    expect(visit.text).toContain('7 at once')
    expect(await db.selectFrom('uploads').select('file_name').execute()).toEqual([
      { file_name: 'better.csv' },
    ])
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({ fileName: 'better.csv', counts: { total: 1 } })
  })

  test('that cannot be read is told privately, and the draft stays as it was', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard).send()
    await visit.press('Next')
    const before = visit.prompt
    await visit.press('Send another file')
    await visit.answerForm(
      {},
      { name: 'page.xlsx', bytes: new TextEncoder().encode('<html><body>no</body></html>') },
    )
    expect(visit.told).toContain('“page.xlsx” is a web page, not a workbook')
    await visit.wizard.click(visit.who, before.buttons[0]?.id ?? '', []).then((answer) => visit.take(answer))
    expect(visit.prompt.title).toContain('3 of 4')
  })
})

describe('a file that cannot be read', () => {
  test('ends the draft with what it is and what to do', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard).send({
      name: 'old.xls',
      bytes: new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    })
    expect(visit.text).toContain('old.xls')
    expect(visit.prompt.buttons).toEqual([])
  })
})

describe('exact values', () => {
  test('are taken, and bad ones come back by field', async () => {
    const { wizard, db } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    await visit.press('Back')
    await visit.press('Exact values…')
    expect(visit.form.fields.map((field) => (field.type === 'text' ? field.value : ''))).toEqual([
      'test_batch_data · Product copywriter',
      '3',
      '2',
      '300',
      '',
    ])
    expect(
      await visit.answerForm({
        name: ' ',
        concurrency: '11',
        retries: '-1',
        timeoutSeconds: '1.5',
        limit: 'five',
      }),
    ).toEqual({
      name: 'A task needs a name.',
      concurrency: 'A whole number from 1 to 10, please.',
      retries: 'A whole number from 0 to 5, please.',
      timeoutSeconds: 'A whole number from 60 to 1,200, please.',
      limit: expect.stringContaining('such as 5 USD'),
    })
    await visit.answerForm({
      name: 'Autumn',
      concurrency: '4',
      retries: '0',
      timeoutSeconds: '77',
      limit: '５ usd',
    })
    expect(visit.text).toContain('Pauses at $5.00')
    expect(visit.prompt.selects[2]?.options.find(({ value }) => value === '77')?.label).toBe(
      '1 min 17 s a row',
    )
    await visit.press('Next')
    expect(visit.text).toContain('Pauses at $5.00')
    await visit.press('Start')
    expect(await findTask(db, visit.taskId)).toMatchObject({
      name: 'Autumn',
      concurrency: 4,
      retries: 0,
      timeoutSeconds: 77,
      limit: parseLimit('5 USD'),
    })
  })
})

describe('an estimate', () => {
  test('comes from earlier runs of the workflow', async () => {
    const { wizard, db, workflows } = await aWizard()
    const first = await (await new Visit(wizard).toConfirm()).press('Start')
    await db
      .updateTable('task_executions')
      .set({ status: 'succeeded', seconds: 36, tokens: 799, outputs: '{}' })
      .where('task_id', '=', first.taskId)
      .execute()
    await db
      .updateTable('batch_tasks')
      .set({ succeeded: 5 })
      .where('workflow_id', '=', workflows[0]?.id ?? '')
      .execute()
    const visit = await new Visit(wizard).toConfirm()
    expect(visit.text).toContain('About 1 min and 4,000 tokens, going by the last run of this workflow.')
    const price = { price_nano: nano(0.02), currency: 'USD' }
    await db.updateTable('task_executions').set(price).where('task_id', '=', first.taskId).execute()
    const priced = await new Visit(wizard).toConfirm()
    expect(priced.text).toContain(
      'About 1 min, 4,000 tokens and $0.10, going by the last run of this workflow.',
    )
    expect(priced.text).not.toContain('limit')
    await setPerTask(db, workflows[0]?.id ?? '', parseLimit('0.05 USD'))
    expect((await new Visit(wizard).toConfirm()).text).toContain(
      'That is more than its limit: it will pause after about 2 rows.',
    )
  })
})

describe('the limit of a workflow’s tasks', () => {
  async function aLimited() {
    const cast = await aWizard()
    await setPerTask(cast.db, cast.workflows[0]?.id ?? '', parseLimit('5 USD'))
    const limitOf = async (visit: Visit) => (await findTask(cast.db, visit.taskId))?.limit
    return { ...cast, limitOf }
  }

  test('holds for a new task, and is said to be the workflow’s', async () => {
    const { wizard, limitOf } = await aLimited()
    const visit = await new Visit(wizard).toConfirm()
    expect(visit.text).toContain('Pauses at $5.00 (the workflow’s own limit)')
    await visit.press('Start')
    expect(await limitOf(visit)).toEqual(parseLimit('5 USD'))
  })

  test.each([
    ['8 USD', 'Pauses at $8.00\n', parseLimit('8 USD')],
    ['', undefined, undefined],
  ])('can be changed by whoever starts one: %p', async (typed, said, limit) => {
    const { wizard, limitOf } = await aLimited()
    const visit = await new Visit(wizard).toConfirm()
    await visit.press('Back')
    await visit.press('Exact values…')
    const shown = visit.form.fields.map((field) => [field.id, 'value' in field ? (field.value ?? '') : ''])
    expect(Object.fromEntries(shown)).toMatchObject({ limit: '5 USD' })
    expect(await visit.answerForm({ ...Object.fromEntries(shown), limit: typed })).toBeUndefined()
    if (said === undefined) expect(visit.text).not.toContain('Pauses at')
    else expect(`${visit.text}\n`).toContain(said)
    await visit.press('Next')
    await visit.press('Start')
    expect(await limitOf(visit)).toEqual(limit)
  })
})
