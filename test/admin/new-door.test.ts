import { describe, expect, test } from 'bun:test'
import { countDrafts } from './support/drafts.ts'
import { anAdmin } from './support/admin.ts'
import { withWorkflow } from '../support/bot.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'
import { textOf } from './support/page-of.ts'
import { readBack } from './support/read-back.ts'

const GOOD = 'Name,Key features\nKettle,hot\n'

describe('the door', () => {
  test('says what may be sent, and has a template for each workflow', async () => {
    const { browse, workflow } = await anAdmin()
    const visit = await new TaskVisit(browse).open()
    expect(visit.text).toContain('.ods or .csv, up to 50 MB, 100,000 rows and 100 columns')
    expect(visit.page.html).toContain(`href="/batch/template/${workflow.id}"`)
  })

  test('has nothing to send for who may only look, and says why', async () => {
    const { browse } = await anAdmin()
    const visit = await new TaskVisit(browse, {}, 'viewer').open()
    expect(visit.response.status).toBe(403)
    expect(visit.text).toContain('You may look at tasks, but not start one.')
    expect(visit.page.forms.some(({ isMultipart }) => isMultipart)).toBe(false)
  })

  test('leads to the workflows where there is none yet', async () => {
    const { browse, bot } = await anAdmin()
    await bot.db.updateTable('workflows').set({ enabled: 0 }).execute()
    const visit = await new TaskVisit(browse).open()
    expect(visit.text).toContain('Rowbot needs a workflow first')
    expect(visit.page.html).toContain('href="/workflows" role="button"')
    expect(visit.page.forms.some(({ isMultipart }) => isMultipart)).toBe(false)
  })

  test.each([
    ['broken.xlsx', 'PK\u0003\u0004broken'],
    ['empty.csv', ''],
    ['page.xlsx', '<!doctype html><html><body>sign in</body></html>'],
  ])('stands there again with a sentence for a file that cannot be read: %s', async (name, content) => {
    const { browse } = await anAdmin()
    const visit = await new TaskVisit(browse).send(new File([content], name))
    expect(visit.response.status).toBe(422)
    expect(visit.page.html).toContain('class="fault" role="alert"')
    expect(visit.page.forms.some(({ isMultipart }) => isMultipart)).toBe(true)
    expect((await visit.drop(csvFile(GOOD))).title).toBe('1 of 4 · Which workflow?')
  })

  test('asks for a file where none was chosen', async () => {
    const { browse } = await anAdmin()
    const visit = await new TaskVisit(browse).send(new File([], ''))
    expect(visit.response.status).toBe(422)
    expect(visit.text).toContain('Choose a file.')
  })

  test('makes one draft of two clicks on “send”, and two of two files', async () => {
    const { browse, bot } = await anAdmin()
    const { page } = await new TaskVisit(browse).open()
    const [first, second] = await Promise.all(
      [new TaskVisit(browse), new TaskVisit(browse)].map((visit) =>
        Object.assign(visit, { page }).drop(csvFile(GOOD)),
      ),
    )
    expect(first?.path).toMatch(/^\/batch\/new\/./)
    expect(second?.path).toBe(first?.path ?? '')
    expect(await countDrafts(bot.db)).toBe(1)

    // Back at the door as the browser has kept it, with another file.
    const source = crypto.randomUUID()
    await new TaskVisit(browse).send(csvFile(GOOD), { source })
    const again = await new TaskVisit(browse).send(csvFile(`${GOOD}Lamp,bright\n`), { source })
    expect(again.text).toContain('2 rows')
    expect(await countDrafts(bot.db)).toBe(3)
  })

  test('keeps of a path only the name of the file', async () => {
    const { browse } = await anAdmin()
    const visit = await new TaskVisit(browse).send(csvFile(GOOD, '..\\..\\etc/passwd.csv'))
    expect(visit.text).toContain('passwd.csv')
    expect(visit.text).not.toContain('etc')
  })

  test('takes the workflow that was chosen with the file, though another one fits', async () => {
    const { browse, bot, sandbox } = await anAdmin()
    const other = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: 'app-sandbox-ticket-classifier' })
    const door = await new TaskVisit(browse).open(`/batch/new?workflow=${other.id}`)
    const form = door.page.forms.find(({ isMultipart }) => isMultipart)
    expect(form?.fields['workflow']).toBe(other.id)
    await door.drop(csvFile(GOOD))
    expect(door.text).toContain('Needs Ticket text')
    await door.send(csvFile(GOOD), { workflow: '' })
    expect(door.text).toContain('Product copywriter · Writes')
  })
})

describe('a template', () => {
  test('is an attachment that our reader opens, for who may only look too', async () => {
    const { browse, workflow } = await anAdmin()
    const answer = await browse(`/batch/template/${workflow.id}`, { as: 'viewer' })
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Product copywriter.template.xlsx"; filename*=UTF-8''Product%20copywriter.template.xlsx`,
    )
    const read = await readBack(answer)
    expect(read.headings.map((heading) => heading.replace(/ \*$/, ''))).toEqual([
      'Name',
      'Key features',
      'Tone',
      'Max words',
    ])
  })

  test('of a workflow that is not there is a page that says so', async () => {
    const { browse } = await anAdmin()
    const answer = await browse('/batch/template/..%2f..%2fetc')
    expect(answer.status).toBe(404)
    expect(textOf(await answer.text())).toContain('That workflow no longer exists.')
  })
})
