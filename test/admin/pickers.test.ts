import { expect, test } from 'bun:test'
import { addCopies, OTHER_INPUTS } from '../support/many-workflows.ts'
import { anAdmin } from './support/admin.ts'
import { textOf } from './support/page-of.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

const GOOD = 'Name,Key features,Tone\nKettle,hot,formal\n'

async function withMany() {
  const around = await anAdmin()
  await addCopies(around.bot.db, 230, (i) => ({
    variables: OTHER_INPUTS,
    ...(i === 17 && { name: '产品翻译', description: 'Translates products' }),
    ...(i > 220 && { name: 'Translate' }),
    ...(i === 229 && { name: 'Translate', mode: 'advanced-chat' as const }),
  }))
  return { ...around, visit: new TaskVisit(around.browse) }
}

const offered = (visit: TaskVisit) =>
  visit.page.forms.flatMap(({ buttons }) =>
    buttons.filter(({ name }) => name === 'value').map(({ label }) => label),
  )

test('of 231 workflows, the one that fits is at the top, and a search finds any other', async () => {
  const { visit } = await withMany()
  await visit.send(csvFile(GOOD))
  expect(offered(visit)).toHaveLength(12)
  expect(offered(visit)[0]).toStartWith('Product copywriter')
  expect(visit.text).toContain('Fits your columns')
  expect(visit.text).toContain('… and 219 more. Type to find them.')
  const { path } = visit
  await visit.open(`${path}&q=${encodeURIComponent('ＰＲＯＤＵＣＴＳ translate')}`)
  expect(offered(visit)).toEqual(['产品翻译 Translates products'])
  await visit.pick('产品翻译')
  expect(visit.path).toContain('&q=')
  expect(visit.text).toContain('Needs URL')
  await visit.press('Next')
  expect(visit.title).toBe('2 of 4 · Check the upload')
})

test('a search that finds nothing says so, whatever was typed', async () => {
  const { visit } = await withMany()
  await visit.send(csvFile(GOOD))
  await visit.open(`${visit.path}&q=${encodeURIComponent('<b>"nothing"')}`)
  expect(visit.text).toContain('No workflow matches “<b>"nothing"”.')
  expect(visit.page.html).not.toContain('<b>"nothing"')
})

test('the list of workflows is searched, and those of one name are told apart', async () => {
  const { browse } = await withMany()
  const text = textOf(await (await browse('/workflows?q=translate+chatflow')).text())
  expect(text).toContain('1 workflow matches “translate chatflow”.')
  expect(text).toContain('Translate · chatflow')
  expect(textOf(await (await browse('/workflows')).text())).toContain('Flow 100')
})

test('a filter and a door name workflows of one name apart, too', async () => {
  const { browse, visit } = await withMany()
  await visit.open('/batch/new')
  const options = visit.page.forms.flatMap(({ selects }) => selects.flatMap((select) => select.options))
  expect(options.map(({ label }) => label)).toContain('Translate · chatflow')
  expect(new Set(options.map(({ label }) => label)).size).toBe(options.length)
  expect(await (await browse('/batch?state=running')).text()).toContain('Translate · chatflow')
})
