import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { anAdmin } from './support/admin.ts'
import { pageOf, textOf } from './support/page-of.ts'
import { TaskVisit } from './support/task-visit.ts'

/** What other people's files and workflows may say: markup, ends of attributes, formulas, marks that turn text around. */
const TRAPS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)' x='",
  '`onfocus=alert(1) autofocus',
  '</title></textarea></select></option><svg onload=alert(1)>',
  '=cmd|calc!A1',
  '\u202Egnp.exe\u202C',
  '{{7*7}} ${7*7} <%= 7 %>',
  'javascript:alert(1)',
]
const trap = (i: number) => TRAPS[i % TRAPS.length] ?? ''

test('is text, and nothing else, on every page of a new task', async () => {
  const { browse, bot, workflow } = await anAdmin()
  const label = (i: number) => `${trap(i)} input ${i}`
  const variables = Array.from({ length: TRAPS.length }, (_, i) => ({
    name: i === 0 ? '"><img onerror=x>' : `v${i}`,
    label: label(i),
    type: i % 2 ? 'select' : 'text-input',
    required: i < 5 && i % 2 === 0,
    options: TRAPS,
    maxLength: 100,
  }))
  await bot.db
    .updateTable('workflows')
    .set({
      name: TRAPS.join(' '),
      description: TRAPS.toReversed().join(' '),
      variables: JSON.stringify(variables),
    })
    .where('id', '=', workflow.id)
    .execute()

  const book = new ExcelJS.Workbook()
  for (const [sheet, name] of ['<b>1<script>', '"><img onerror=1>', '\u202Ex'].entries())
    book
      .addWorksheet(name)
      .addRows([
        variables.map((_, i) => (i < 5 && sheet === 0 ? label(i) : `${trap(i)} kept ${i}`)),
        ...TRAPS.map((_, row) => variables.map((__, i) => (i % 2 && row % 2 ? trap(0) : trap(row + i)))),
      ])
  const file = new File([new Uint8Array(await book.xlsx.writeBuffer())], `${trap(1)}${trap(6)}<script>.xlsx`)

  const visit = new TaskVisit(browse)
  const seen: string[] = []
  const look = () => {
    seen.push(visit.title)
    expect(faultsOf(visit.page.html)).toEqual([])
  }
  await visit.open()
  look()
  await visit.send(file)
  look()
  expect(visit.page.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  await visit.press('Next')
  look()
  expect(visit.text).toContain('"><img onerror=1>')
  await visit.press('Columns…')
  look()
  await visit.press('Done', { 'column:"><img onerror=x>': '"><img onerror=y>', 'column:v1': '99' })
  expect(visit.response.status).toBe(422)
  look()
  await visit.press('Done', { 'column:"><img onerror=x>': '0', 'column:v1': '1' })
  look()
  await visit.press(visit.labels.find((one) => /^(Next|Run the other)/.test(one)) ?? '')
  look()
  await visit.press('Next', {
    name: `${trap(1)} `.repeat(20),
    concurrency: trap(1),
    retries: '1',
    timeoutSeconds: '60',
  })
  look()
  await visit.press('Next', { name: trap(1), concurrency: '1', retries: '1', timeoutSeconds: '60' })
  look()
  expect(visit.text).toContain('"><img src=x onerror=alert(1)>')
  await visit.press('Cancel')
  look()
  expect(seen).toEqual([
    'New task',
    '1 of 4 · Which workflow?',
    '2 of 4 · Check the upload',
    '2 of 4 · Which column feeds what?',
    '2 of 4 · Which column feeds what?',
    '2 of 4 · Check the upload',
    '3 of 4 · Parameters',
    '3 of 4 · Parameters',
    '4 of 4 · Start?',
    '',
  ])

  const { headers } = await browse(`/batch/template/${workflow.id}`)
  const disposition = headers.get('content-disposition') ?? ''
  expect(disposition).toMatch(
    /^attachment; filename="[^"\\%]*\.template\.xlsx"; filename\*=UTF-8''[\w.%~!-]+$/,
  )
  expect(disposition).not.toContain('%E2%80%AE')
})

test('a sentence of a fault that quotes a cell is not turned around by it', async () => {
  const { browse } = await anAdmin()
  const text = 'Name,Key features,Tone\nKettle,hot,\u202Elamrof\n'
  const visit = await new TaskVisit(browse).send(new File([text], 'a.csv'))
  await visit.press('Next')
  expect(visit.text).toContain('“lamrof” is not one of')
  // The cell itself is shown as it is, in an element of its own.
  expect(visit.page.html).toContain('<bdi>\u202Elamrof</bdi>')
})

test('the look at a page finds what has come of a trap', () => {
  for (const trap of [
    '<script>x</script>',
    '<img src=x>',
    '<p onclick="x">',
    '<a href="javascript:x">',
    '<svg></svg>',
  ])
    expect(faultsOf(trap)).toHaveLength(1)
  expect(textOf('<main>&lt;b&gt;</main>')).toBe('<b>')
})

const OURS = new Set(
  `html head meta title link script body header nav a ul ol li div form input button details summary p main h1 h2
  section span strong small b bdi label select option noscript table thead tbody tr th td dialog article dl dt dd kbd progress`.split(
    /\s+/,
  ),
)

/** Elements that our views never make, handlers, and addresses that run something. */
function faultsOf(html: string): string[] {
  return pageOf(html).elements.flatMap(({ tag, attributes }) => {
    const given = Object.fromEntries(attributes)
    const isOurScript = tag === 'script' && (given['src'] ?? '').startsWith('/assets/')
    if (!OURS.has(tag) || (tag === 'script' && !isOurScript)) return [tag]
    return attributes.flatMap(([name, value]) => {
      const runs = ['href', 'src', 'action', 'formaction'].includes(name) && !/^(\/|#|https?:)/.test(value)
      return name.startsWith('on') || name === 'style' || name === 'srcdoc' || runs ? [`${tag} ${name}`] : []
    })
  })
}
