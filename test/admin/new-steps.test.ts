import { describe, expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { countLeftOut } from './support/drafts.ts'
import { SAMPLE } from '../wizard/support/cast.ts'
import { anAdmin } from './support/admin.ts'
import { addCopies } from '../support/many-workflows.ts'
import { readBack } from './support/read-back.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

const GOOD = 'Name,Key features,Tone\nKettle,hot,formal\nLamp,bright,casual\n'
const FAULTY =
  'SKU,Name,Key features,Tone\n1,Kettle,hot,formal\n2,Lamp,bright,friendly\n3,,none,casual\n4,Fan,cool,casual\n'

const sample = () => new File([new Uint8Array(SAMPLE.bytes)], SAMPLE.name)

async function aVisit() {
  const around = await anAdmin()
  return { ...around, visit: new TaskVisit(around.browse) }
}

async function workbook(sheets: Record<string, string[][]>): Promise<File> {
  const book = new ExcelJS.Workbook()
  for (const [name, rows] of Object.entries(sheets)) book.addWorksheet(name).addRows(rows)
  return new File([new Uint8Array(await book.xlsx.writeBuffer())], 'book.xlsx')
}

const toParameters = async (visit: TaskVisit, file = csvFile(GOOD)) => {
  await visit.send(file)
  await visit.press('Next')
  return visit.press('Next')
}
const taskOf = ({ response }: TaskVisit) => response.headers.get('location')?.replace('/batch/', '') ?? ''

describe('the four steps on the page', () => {
  test('lead from a workbook to a task whose rows run', async () => {
    const { visit, bot, ended, workflow } = await aVisit()
    await visit.send(sample())
    expect(visit.title).toBe('1 of 4 · Which workflow?')
    expect(visit.page.html).toMatch(/aria-current="step"\s*>\s*<span class="sign" aria-hidden="true">1</)
    expect(visit.labels).toEqual(expect.arrayContaining(['Next', 'Template', 'Cancel']))
    await visit.press('Next')
    expect(visit.text).toContain('All 5 rows can run.')
    expect(visit.text).toContain('A SKU kept, not sent')
    await visit.press('Next')
    await visit.press('Next', { name: 'Autumn', concurrency: '7', retries: '0', timeoutSeconds: '90' })
    expect(visit.title).toBe('4 of 4 · Start?')
    expect(visit.text).toContain('7 at once · No retries · 1 min 30 s a row')
    expect(visit.text).toContain('No estimate yet')
    await visit.press('Start')
    expect(visit.response.status).toBe(303)
    bot.startRunner()
    const task = await ended(taskOf(visit))
    expect(task).toMatchObject({ name: 'Autumn', owner: 'Mei', ownerKey: 'web::Mei', status: 'completed' })
    expect(task).toMatchObject({ concurrency: 7, retries: 0, timeoutSeconds: 90, workflowId: workflow.id })
    expect(task.counts.succeeded).toBe(5)
    expect((await resultRows(bot.db, task.id).next()).done).toBe(false)
  })

  test('leave out rows with faults, and try one row first', async () => {
    const { visit, bot, until } = await aVisit()
    await visit.send(csvFile(FAULTY))
    await visit.press('Next')
    expect(visit.text).toContain('2 rows cannot run as they are')
    expect(visit.text).toContain('D3 “friendly” is not one of formal, casual, playful.')
    expect(visit.text).toContain('B4 Name is empty, and it is required.')
    // In the table, too: the cell says so in words.
    expect(visit.text).toContain('fault: friendly')
    await visit.press('Run the other 2')
    await visit.press('Next')
    expect(visit.text).toContain('2 rows are left out; the result says why.')
    await visit.press('Try 1 row first')
    bot.startRunner()
    const tried = await until(taskOf(visit), ({ status }) => status === 'paused')
    expect(tried.counts).toMatchObject({ succeeded: 1, left: 1 })
    expect(await countLeftOut(bot.db)).toBe(2)
  })

  test('speak Chinese to who reads Chinese, also what was begun in English', async () => {
    const { browse } = await anAdmin()
    const english = await new TaskVisit(browse).send(csvFile(FAULTY))
    const chinese = new TaskVisit(browse, { 'accept-language': 'zh-CN' })
    await chinese.open(english.path)
    expect(chinese.title).toBe('第 1 步（共 4 步）· 选择工作流')
    await chinese.press('下一步')
    expect(chinese.text).toContain('“friendly”不是可选值')
    await chinese.press('只运行其余 2 行')
    await chinese.press('下一步', { concurrency: '99' })
    expect(chinese.text).toContain('请输入 1 到 10 之间的整数。')
  })
})

describe('the first step', () => {
  test('takes another workflow, another file, and gives a template', async () => {
    const { visit, bot } = await aVisit()
    await addCopies(bot.db, 2)
    await visit.send(csvFile(GOOD))
    await visit.pick('Flow 01')
    await visit.pick('Product copywriter')
    expect(visit.told).toBe('')
    await visit.drop(csvFile(`${GOOD}Fan,cool,formal\n`, 'other.csv'))
    expect(visit.text).toContain('other.csv · 3 rows')
    await visit.press('Template')
    expect((await readBack(visit.response)).headings[0]).toStartWith('Name')
  })

  test('says so where the workflow was taken away meanwhile', async () => {
    const { visit, bot } = await aVisit()
    await visit.send(csvFile(GOOD))
    await visit.press('Next')
    await bot.db.updateTable('workflows').set({ enabled: 0 }).execute()
    await visit.open()
    expect(visit.title).toBe('1 of 4 · Which workflow?')
    expect(visit.page.html).toContain('href="/workflows"')
  })
})

describe('the check', () => {
  test('offers every one of 60 sheets, and looks at the one that is chosen', async () => {
    const { visit } = await aVisit()
    const sheets = Array.from({ length: 60 }, (_, i) => [
      `Sheet ${i}`,
      [['Name', 'Key features'], ...Array.from({ length: i + 1 }, () => ['Kettle', 'hot'])],
    ])
    await visit.send(await workbook(Object.fromEntries(sheets)))
    await visit.press('Next')
    await visit.choose('Sheet 59 · 60 rows')
    expect(visit.text).toContain('All 60 rows can run.')
    await visit.choose('Sheet 7 · 8 rows')
    expect(visit.text).toContain('All 8 rows can run.')
  })

  test('shows every one of 100 columns', async () => {
    const { visit } = await aVisit()
    const headings = ['Name', 'Key features', ...Array.from({ length: 98 }, (_, i) => `Extra ${i}`)]
    await visit.send(csvFile(`${headings.join(',')}\n${headings.map((_, i) => `v${i}`).join(',')}\n`))
    await visit.press('Next')
    expect(visit.text).toContain('CV Extra 97 kept, not sent')
    expect(visit.page.elements.filter(({ tag }) => tag === 'td')).toHaveLength(100)
    await visit.press('Columns…')
    const [select] = visit.page.forms.flatMap(({ selects }) => selects)
    expect(select?.options).toHaveLength(101)
  })

  test('gives a copy with the faults marked, that our reader opens', async () => {
    const { visit } = await aVisit()
    await visit.send(csvFile(FAULTY))
    await visit.press('Next')
    await visit.press('Marked copy')
    expect(visit.response.headers.get('content-disposition')).toStartWith(
      'attachment; filename="products.marked.xlsx"',
    )
    const copy = await readBack(visit.response, 'products')
    expect(copy.preview.map(({ cells }) => cells[1])).toEqual(['Kettle', 'Lamp', null, 'Fan'])
  })

  test('takes a corrected file, and stays as it is for one that cannot be read', async () => {
    const { visit } = await aVisit()
    await visit.send(csvFile(FAULTY))
    await visit.press('Next')
    await visit.drop(new File(['PK\u0003\u0004broken'], 'broken.xlsx'))
    expect(visit.told).not.toBe('')
    expect(visit.text).toContain('2 rows cannot run')
    await visit.drop(new File([], ''))
    expect(visit.told).toBe('Choose a file.')
    await visit.drop(csvFile(FAULTY.replace('friendly', 'formal').replace('3,,', '3,Mug,')))
    expect(visit.text).toContain('All 4 rows can run.')
    await visit.press('Back')
    expect(visit.title).toBe('1 of 4 · Which workflow?')
  })
})

const ODD = 'Title,What it does,Tone\nKettle,boils,formal\nLamp,shines,casual\n'

describe('the columns', () => {
  async function atTheColumns(text = ODD) {
    const { visit } = await aVisit()
    await visit.send(csvFile(text))
    await visit.press('Next')
    return visit.press('Columns…')
  }

  test('are chosen for all inputs at once', async () => {
    const visit = await atTheColumns()
    await visit.press('Done', { 'column:name': '0', 'column:features': '1', 'column:tone': 'none' })
    expect(visit.text).toContain('All 2 rows can run.')
    expect(visit.text).toContain('A Title → feeds Name')
    expect(visit.text).toContain('Tone ← formal (the workflow’s own default) Left empty: Max words')
    await visit.press('Columns…')
    await visit.press('By the headings')
    expect(visit.text).toContain('No row of this sheet can run')
  })

  test('that nearly name an input are filled in, and may be left empty', async () => {
    const near = 'Name,Key features,tones\nKettle,boils,formal\n'
    const visit = await atTheColumns(near)
    expect(visit.text).toContain('Tone optional (suggested)')
    const tone = visit.page.forms.flatMap(({ selects }) => selects).find(({ name }) => name === 'column:tone')
    expect(tone?.options.find(({ isSelected }) => isSelected)?.label).toBe('tones – formal')
    await visit.press('Done', { 'column:tone': 'none' })
    expect(visit.text).toContain('The row can run.')
    expect(visit.text).toContain('Tone ← formal (the workflow’s own default)')
    const other = await atTheColumns(near)
    await other.press('Done')
    expect(other.text).toContain('C tones → feeds Tone')
    expect(other.text).toContain('The row can run.')
  })

  test('say at the field what cannot be, and keep what was chosen', async () => {
    const visit = await atTheColumns()
    await visit.press('Done', { 'column:name': '77', 'column:features': '1' })
    expect(visit.response.status).toBe(422)
    expect(visit.page.html).toMatch(/aria-invalid="true"\s+aria-describedby="column:name-fault"/)
    const features = visit.page.forms
      .flatMap(({ selects }) => selects)
      .find(({ name }) => name === 'column:features')
    expect(features?.options.find(({ isSelected }) => isSelected)?.label).toBe('What it does – boils')
  })

  test('are left as they were on the way back', async () => {
    const visit = await atTheColumns()
    await visit.press('Back', { 'column:name': '0' })
    expect(visit.text).toContain('No row of this sheet can run')
  })
})

describe('how the file is read', () => {
  test('is changed in a panel of the check, which then stands open', async () => {
    const { visit } = await aVisit()
    await visit.send(csvFile(`Autumn,,\n${ODD}`))
    await visit.press('Next')
    await visit.press('Save', { row: '0' })
    expect(visit.text).toContain('A whole number from 1 to 1,048,576, please.')
    expect(visit.page.html).toMatch(/<details class="card how-read" id="reading" open>/)
    await visit.press('Save', { row: '3' })
    expect(visit.text).toContain('How the file was read headings in row 3')
    await visit.press('As Rowbot found it')
    expect(visit.text).toContain('How the file was read headings in row 2')
    expect(visit.page.html).not.toMatch(/id="reading" open/)
  })
})

describe('the parameters', () => {
  test('are said at the field where they are not right, and stand there as they were typed', async () => {
    const { visit } = await aVisit()
    await toParameters(visit)
    await visit.press('Next', { name: ' ', concurrency: '11', retries: 'x', timeoutSeconds: '300' })
    expect(visit.response.status).toBe(422)
    expect(visit.text).toContain('A task needs a name.')
    expect(visit.text).toContain('A whole number from 0 to 5, please.')
    const fields = visit.page.elements
      .filter(({ tag }) => tag === 'input')
      .map(({ attributes }) => Object.fromEntries(attributes))
    expect(fields.find(({ name }) => name === 'concurrency')).toMatchObject({
      value: '11',
      'aria-invalid': 'true',
      'aria-describedby': 'concurrency-hint concurrency-fault',
    })
    expect(fields.find(({ name }) => name === 'timeoutSeconds')).not.toHaveProperty('aria-invalid')
  })

  test('are kept on the way back where they are right, and hold nobody up where they are not', async () => {
    const { visit } = await aVisit()
    await toParameters(visit)
    await visit.press('Back', { concurrency: '5' })
    expect(visit.title).toBe('2 of 4 · Check the upload')
    await visit.press('Next')
    expect(visit.page.html).toMatch(/name="concurrency"\s+value="5"/)
    await visit.press('Back', { concurrency: '99' })
    expect(visit.title).toBe('2 of 4 · Check the upload')
    await visit.press('Next')
    expect(visit.page.html).toMatch(/name="concurrency"\s+value="5"/)
  })

  test('are not kept by Cancel', async () => {
    const { visit } = await aVisit()
    await toParameters(visit)
    await visit.press('Cancel', { concurrency: '99' })
    expect(visit.text).toContain('Cancelled. Nothing was run.')
  })
})
