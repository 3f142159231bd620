import { describe, expect, test } from 'bun:test'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listRunsOfRow } from '../../src/db/runs/run-facts.ts'
import { findTask, listTasks } from '../../src/db/tasks/tasks.ts'
import { orderOf } from '../support/bot.ts'
import { readSheet } from './support/sheet.ts'
import { anAdmin, form } from './support/admin.ts'
import { shownOf } from './support/shown.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

const FIVE = `Name,Key features\n${[1, 2, 3, 4, 5].map((n) => `Kettle ${n},boils\n`).join('')}`

/** A task of which rows 2, 4, 6, … fail. */
async function halfFailed(rows = 6) {
  const around = await anAdmin()
  around.bot.startRunner()
  const { id } = await around.submit(rows, { retries: 0 }, (row) =>
    row % 2 === 0 ? '[sandbox: failed]' : 'good',
  )
  await around.ended(id)
  return { ...around, id }
}

test('the headings sort: once, the other way round, and back to the sheet’s order, within what is filtered', async () => {
  const { browse, bot, id } = await halfFailed()
  for (const [row, seconds] of [
    [3, 2],
    [5, 9],
    [7, 4],
  ] as const)
    await bot.db.updateTable('task_executions').set({ seconds }).where('row_number', '=', row).execute()
  await bot.db
    .updateTable('task_executions')
    .set({ seconds: null })
    .where('row_number', 'in', [2, 4, 6])
    .execute()
  const headingOfSeconds = async (query: string) => {
    const page = await (await browse(`/batch/${id}${query}`)).text()
    const th = /<th class="number row-seconds".*?<\/th>/s.exec(page)?.[0] ?? ''
    return { href: /href="([^"]*)"/.exec(th)?.[1], sorted: /aria-sort="(\w+)"/.exec(th)?.[1] }
  }
  expect(await headingOfSeconds('')).toEqual({
    href: `/batch/${id}?sort=-seconds#rows`,
    sorted: undefined,
  })
  expect(await rowsOf(browse, `/batch/${id}?sort=-seconds`)).toEqual(['5', '7', '3', '2', '4', '6'])
  expect(await headingOfSeconds('?sort=-seconds')).toEqual({
    href: `/batch/${id}?sort=seconds#rows`,
    sorted: 'descending',
  })
  expect(await rowsOf(browse, `/batch/${id}?sort=seconds`)).toEqual(['3', '7', '5', '2', '4', '6'])
  expect(await headingOfSeconds('?sort=seconds')).toEqual({
    href: `/batch/${id}#rows`,
    sorted: 'ascending',
  })
  expect(await rowsOf(browse, `/batch/${id}?rows=succeeded&sort=-seconds`)).toEqual(['5', '7', '3'])
  expect(await rowsOf(browse, `/batch/${id}?sort=-row`)).toEqual(['7', '6', '5', '4', '3', '2'])
  expect(await rowsOf(browse, `/batch/${id}?sort=-inputs.name&find=good`)).toEqual(['7', '5', '3'])
  // What is no order is ignored.
  expect(await rowsOf(browse, `/batch/${id}?sort=cells`)).toEqual(['2', '3', '4', '5', '6', '7'])
})

test('the panel leads on among the rows of the sheet that it was opened from, in their order', async () => {
  const { browse, bot, id } = await halfFailed()
  const steps = async (row: number, query: string) => {
    const page = await (await browse(`/batch/${id}/rows/${row}${query}`)).text()
    const to = (rel: string) =>
      new RegExp(`href="([^"]*)"[^>]*rel="${rel}"`, 's').exec(page)?.[1]?.replaceAll('&amp;', '&')
    return [to('prev'), to('next')]
  }
  const at = (row: number, query: string) => `/batch/${id}/rows/${row}${query}`
  expect(await steps(4, '')).toEqual([at(3, ''), at(5, '')])
  expect(await steps(4, '?rows=failed')).toEqual([at(2, '?rows=failed'), at(6, '?rows=failed')])
  expect(await steps(4, '?rows=failed&sort=-row')).toEqual([
    at(6, '?rows=failed&sort=-row'),
    at(2, '?rows=failed&sort=-row'),
  ])
  expect(await steps(5, '?find=good&in=inputs.features')).toEqual([
    at(3, '?find=good&in=inputs.features'),
    at(7, '?find=good&in=inputs.features'),
  ])
  for (const [row, seconds] of [
    [5, 9],
    [3, 8],
    [7, 1],
  ] as const)
    await bot.db.updateTable('task_executions').set({ seconds }).where('row_number', '=', row).execute()
  expect(await steps(5, '?rows=succeeded&sort=-seconds')).toEqual([
    undefined,
    at(3, '?rows=succeeded&sort=-seconds'),
  ])
  // A row that the filter does not let through any more: as in the whole sheet.
  expect(await steps(3, '?rows=failed&find=Kettle')).toEqual([
    at(2, '?rows=failed&find=Kettle'),
    at(4, '?rows=failed&find=Kettle'),
  ])
  // And the sheet’s links say so.
  const sheet = await (await browse(`/batch/${id}?rows=failed&sort=-row`)).text()
  expect(sheet).toContain(`/batch/${id}/rows/4?rows=failed&amp;sort=-row`)
})

test('chosen rows run again, failed or not, once; others are refused with their numbers', async () => {
  const { browse, bot, id, ended, sandbox } = await halfFailed()
  await bot.stopRunner(0)
  const before = sandbox.hits().length
  const question = await shownOf(await browse(`/batch/${id}/rows/again?row=2&row=3`))
  expect(question.text).toContain('2 rows run again, and each run is paid for again.')
  const chosen = form({ row: '2,3' })
  expect((await browse(`/batch/${id}/rows/again`, chosen)).status).toBe(303)
  const again = await browse(`/batch/${id}/rows/again`, chosen)
  expect(await again.text()).toContain('Rows 2, 3 are still to run by themselves. Nothing was changed.')
  expect(await (await browse(`/batch/${id}/rows/again`, form({ row: '99' }))).text()).toContain('row 99')
  bot.startRunner()
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 3, failed: 3 } })
  expect(sandbox.hits()).toHaveLength(before + 2)
})

test('a row’s panel leads to the rows beside it, and shows values as what they are', async () => {
  const { browse, bot, id } = await halfFailed()
  const outputs = {
    text: '**bold** <script>',
    list: ['a', { b: '<i>' }],
    link: 'https://example.com/x',
    none: '',
  }
  await bot.db
    .updateTable('task_executions')
    .set({ outputs: JSON.stringify(outputs) })
    .where('row_number', '=', 3)
    .execute()
  const shown = await (await browse(`/batch/${id}/rows/3`)).text()
  expect(shown).toContain(`/batch/${id}/rows/2`)
  expect(shown).toContain(`/batch/${id}/rows/4`)
  expect(shown).toMatch(/<b>(<bdi>)?bold/)
  expect(shown).toContain('&lt;script&gt;')
  expect(shown).not.toContain('<script>')
  expect(shown).not.toContain('<i>')
  expect(shown).toContain('class="tree"')
  expect(shown).toContain('<a href="https://example.com/x" rel="noreferrer nofollow" target="_blank">')
  expect(shown).toContain('(empty)')
  const first = await (await browse(`/batch/${id}/rows/2`)).text()
  expect(first).not.toContain('rel="prev"')
})

describe('a task', () => {
  test('shows its errors once each, its rows with input and output side by side, and its log', async () => {
    const { browse, id } = await halfFailed()
    const { text } = await shownOf(await browse(`/batch/${id}`))
    const line = text
    expect(line).toContain('3 × The workflow failed')
    expect(line).toContain('rows 2, 4, 6')
    expect(line).toContain('Retry these 3')
    expect(line).toContain('Row State Input name Input features Output title Output description')
    expect(line).toContain('✔ Done Kettle 3 good Kettle 3 – Good')
    expect(line).toContain('Row 2 · attempt 1 · Failed')
  })

  test('shows the rows of one state, of one error, or with a word in them', async () => {
    const { browse, id } = await halfFailed()
    const failed = await rowsOf(browse, `/batch/${id}?rows=failed`)
    expect(failed).toEqual(['2', '4', '6'])
    expect(await rowsOf(browse, `/batch/${id}?rows=succeeded`)).toEqual(['3', '5', '7'])
    expect(await rowsOf(browse, `/batch/${id}?find=Kettle%205`)).toEqual(['5'])
    // In one column: “good” is in the features, and in what the workflow makes of them.
    expect(await rowsOf(browse, `/batch/${id}?find=GOOD&in=inputs.features`)).toEqual(['3', '5', '7'])
    expect(await rowsOf(browse, `/batch/${id}?find=good&in=inputs.name`)).toEqual([])
    expect(await rowsOf(browse, `/batch/${id}?find=Kettle%205&in=outputs.title`)).toEqual(['5'])
    expect(await rowsOf(browse, `/batch/${id}?find=Kettle&in=outputs.nothing`)).toEqual([])
    const page = await (await browse(`/batch/${id}`)).text()
    const group = /href="(\/batch\/\w+\?rows=failed&amp;error=[\w-]+)#rows"/
      .exec(page)?.[1]
      ?.replaceAll('&amp;', '&')
    expect(await rowsOf(browse, group ?? '')).toEqual(['2', '4', '6'])
  })

  test('has a page for each row, with every attempt', async () => {
    const { browse, id } = await halfFailed()
    const { text } = await shownOf(await browse(`/batch/${id}/rows/2`))
    expect(text).toContain('Row 2')
    expect(text).toContain('Kettle 2')
    expect(text).toContain('Retry this row')
    expect((await browse(`/batch/${id}/rows/99`)).status).toBe(404)
    expect((await browse(`/batch/${id}/rows/x`)).status).toBe(422)
  })

  test('lists every call for a row, with what became of it and how that was learnt', async () => {
    const { browse, id, bot } = await halfFailed()
    const [run] = await listRunsOfRow(bot.db, id, 3)
    const { text } = await shownOf(await browse(`/batch/${id}/rows/3`))
    expect(text).toContain('Calls to Dify')
    expect(text).toMatch(/call 1: succeeded, from its stream · .*21 tokens/)
    expect(text).toContain(run?.workflowRunId ?? 'no id')
    expect(text).not.toContain('More than one call')
    expect(text).toMatch(/\d steps?.*Writer llm · /s)
  })

  test('warns of two calls that succeeded, but not where somebody let the row run again', async () => {
    const { browse, bot, id, ended } = await halfFailed()
    const warned = async () =>
      (await shownOf(await browse(`/batch/${id}/rows/3`))).text.includes(
        'More than one call of this row succeeded',
      )
    await browse(`/batch/${id}/rows/3/again`, form({}))
    await ended(id)
    expect((await listRunsOfRow(bot.db, id, 3)).map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
    ])
    expect(await warned()).toBe(false)
    const [run] = await bot.db.selectFrom('runs').selectAll().where('row_number', '=', 3).execute()
    if (!run) throw new Error('no run')
    await bot.db
      .insertInto('runs')
      .values({ ...run, attempt: 9 })
      .execute()
    expect(await warned()).toBe(true)
  })

  test('says which calls nobody can tell of, in the total and before it is resumed', async () => {
    const { browse, bot, workflow, ended } = await anAdmin()
    bot.startRunner()
    const { id } = await bot.engine.submit({ ...orderOf(workflow, 4), tryFirst: 1 })
    await ended(id)
    await bot.db.updateTable('runs').set({ status: 'unknown', learnt: 'never' }).execute()
    const { text } = await shownOf(await browse(`/batch/${id}`))
    expect(text).toContain('plus up to 1 call not known')
    expect(text).toContain('1 call may have been paid already: Dify cannot say what became of it.')
    expect((await shownOf(await browse(`/batch/${id}/rows/2`))).text).toContain(
      'never known, may have been paid',
    )
  })

  test('that has tried some rows shows what they gave, and opens its choices again', async () => {
    const { browse, bot, ended } = await anAdmin()
    bot.startRunner()
    const visit = await new TaskVisit(browse).send(csvFile(FIVE))
    for (const label of ['Next', 'Next', 'Next']) await visit.press(label)
    await visit.press('Try them', { rows: '9' })
    expect(visit.text).toContain('A whole number from 1 to 4, please.')
    await visit.press('Try them', { rows: '2' })
    const [{ id } = { id: '' }] = await listTasks(bot.db)
    await ended(id)
    await visit.open(`/batch/${id}`)
    expect(visit.text).toContain('2 rows were tried')
    expect(visit.text).toMatch(/The other 3: about .*, going by these 2 rows\./)
    await visit.press('Other settings…')
    expect(visit.title).toContain('3 of 4')
  })

  test('that is not there says so', async () => {
    const { browse } = await anAdmin()
    for (const path of ['', '/live', '/rows', '/log', '/stop', '/rows/2', '/download']) {
      const answer = await browse(`/batch/nope${path}`)
      expect(answer.status).toBe(404)
      expect(await answer.text()).toContain('There is no task nope')
    }
  })
})

describe('what is done to it', () => {
  test('is asked first where it cannot simply be undone, and says to how many rows', async () => {
    const { browse, bot, submit, id } = await halfFailed()
    const waiting = await submit(4, { name: 'waits' })
    await bot.engine.pause(waiting.id, 'Mei')
    const stop = await shownOf(await browse(`/batch/${waiting.id}/stop`))
    expect(stop.text).toContain('4 rows will not be started.')
    const retry = await shownOf(await browse(`/batch/${id}/retry`))
    expect(retry.text).toContain('3 rows run again, and each run is paid for again.')
    const remove = await shownOf(await browse(`/batch/${id}/delete`))
    expect(remove.text).toContain('This deletes 6 rows, 3 results among them')
  })

  test('leads back to the page, and is kept with who did it', async () => {
    const { browse, bot, submit } = await anAdmin()
    const { id } = await submit(4, { name: 'kettles' })
    const done = async (act: string, body: Record<string, string> = {}) =>
      browse(`/batch/${id}/${act}`, form(body))
    const paused = await done('pause', { back: '/batch?state=running' })
    expect([paused.status, paused.headers.get('location')]).toEqual([303, '/batch?state=running'])
    expect((await findTask(bot.db, id))?.status).toBe('paused')
    await done('resume')
    expect((await findTask(bot.db, id))?.status).toBe('pending')
    await done('stop')
    expect((await findTask(bot.db, id))?.status).toBe('cancelled')
    expect((await done('delete')).headers.get('location')).toBe('/batch')
    expect(await findTask(bot.db, id)).toBeUndefined()

    const { entries } = await listAudit(bot.db)
    const tasks = entries.filter(({ action }) => action.startsWith('task.'))
    expect(tasks.map(({ who, role, face, action, target }) => [who, role, face, action, target])).toEqual(
      ['delete', 'stop', 'resume', 'pause'].map((act) => ['Mei', 'admin', 'page', `task.${act}`, id]),
    )
  })

  test('retries the rows of one error, or one row, and no other', async () => {
    const { browse, bot, id, ended } = await halfFailed()
    await browse(`/batch/${id}/rows/4/retry`, form({}))
    await ended(id)
    expect(await attemptsOf(bot, id)).toEqual({ 2: 1, 3: 1, 4: 2, 5: 1, 6: 1, 7: 1 })
    const page = await (await browse(`/batch/${id}`)).text()
    const key = /retry\?error=([\w-]+)/.exec(page)?.[1] ?? ''
    await browse(`/batch/${id}/retry`, form({ error: key }))
    await ended(id)
    expect(await attemptsOf(bot, id)).toEqual({ 2: 2, 3: 1, 4: 3, 5: 1, 6: 2, 7: 1 })
    const stale = await browse(`/batch/${id}/retry`, form({ error: 'AAAAAAAAAAAAAAAA' }))
    expect(stale.status).toBe(409)
  })

  test('retries what was seen on the page, once: a second click after it has failed again pays nothing', async () => {
    const { browse, bot, submit, ended } = await anAdmin()
    bot.startRunner()
    const { id } = await submit(3, { retries: 0 }, (row) => (row === 3 ? '[sandbox: failed]' : 'x'))
    await ended(id)
    const hidden = (html: string, name: string) =>
      new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? ''
    const row = await (await browse(`/batch/${id}/rows/3`)).text()
    const version = hidden(/action="[^"]*\/rows\/3\/retry"[^]*?<\/form>/.exec(row)?.[0] ?? '', 'version')
    const endedAt = hidden(await (await browse(`/batch/${id}/retry`)).text(), 'ended')
    expect([version, endedAt]).not.toContain('')
    expect((await browse(`/batch/${id}/rows/3/retry`, form({ version }))).status).toBe(303)
    await ended(id)
    for (const [path, seen] of [
      ['rows/3/retry', { version }],
      ['retry', { ended: endedAt }],
    ] as const) {
      const late = await browse(`/batch/${id}/${path}`, form(seen))
      expect([late.status, await late.text()]).toEqual([
        409,
        expect.stringContaining('A row has changed since you looked.'),
      ])
    }
    expect(await attemptsOf(bot, id)).toEqual({ 2: 1, 3: 2, 4: 1 })
  })

  test('that its state forbids is said in a sentence', async () => {
    const { browse, id } = await halfFailed()
    const page = await browse(`/batch/${id}/pause`, form({}))
    expect(page.status).toBe(409)
    expect(await page.text()).toContain(`Task ${id} cannot be paused: it is completed.`)
    const piece = await browse(`/batch/${id}/pause`, { ...form({}), headers: { 'hx-request': 'true' } })
    expect(piece.headers.get('hx-retarget')).toBe('#notice')
    expect(await piece.text()).not.toContain('<html')
  })
})

describe('its result', () => {
  test.each(['xlsx', 'csv'] as const)(
    'comes as %s, an attachment with every row on its own line',
    async (format) => {
      const { browse, id } = await halfFailed()
      const answer = await browse(`/batch/${id}/download?format=${format}`)
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="products.results.${format}"; filename*=UTF-8''products.results.${format}`,
      )
      const bytes = await answer.bytes()
      expect(bytes.byteLength).toBe(Number(answer.headers.get('content-length')))
      const rows = await readSheet(bytes, `x.${format}`)
      expect(rows.length).toBe(6)
      for (const [i, row] of rows.entries()) {
        if (i % 2 === 0) expect(row['title']).toBeNull()
        else expect(row['title']).toStartWith(`Kettle ${i + 2} –`)
      }
    },
  )

  test.each([
    ['products.xlsx', 1, 'Your workbook with the outputs in columns added to it'],
    ['macros.XLSM', 1, 'Your workbook with the outputs in columns added to it'],
    ['products.csv', 1, 'A new workbook: columns can only be added to .xlsx and .xlsm files'],
    ['old.xlsx', undefined, 'A new workbook: the task was started by an earlier version of Rowbot'],
  ])('of %s with headings in row %p says beforehand what it will be', async (fileName, headingRow, title) => {
    const { browse, bot, workflow, ended } = await anAdmin()
    bot.startRunner()
    const upload = { fileName, bytes: new Uint8Array([1]) }
    const order = { ...orderOf(workflow, 1), upload, ...(headingRow !== undefined && { headingRow }) }
    const { id } = await bot.engine.submit(order)
    await ended(id)
    expect(await (await browse(`/batch/${id}`)).text()).toContain(`title="${title}"`)
  })

  test.each([
    ['../../etc/passwd.xlsx', 'passwd.results.xlsx'],
    ['a"; filename=evil.exe\r\nx: y.xlsx', 'a ; filename=evil.exe x y.results.xlsx'],
    ['结果 表.xlsx', '结果 表.results.xlsx'],
    ['\u202Egnp.exe.xlsx', 'gnp.exe.results.xlsx'],
    ['.xlsx', 'xlsx.results.xlsx'],
  ])('of a file called %p is called %p', async (fileName, expected) => {
    const { browse, bot, workflow } = await anAdmin()
    const order = orderOf(workflow, 1)
    const { id } = await bot.engine.submit({ ...order, upload: { fileName, bytes: new Uint8Array([1]) } })
    const disposition = (await browse(`/batch/${id}/download`)).headers.get('content-disposition') ?? ''
    expect(disposition).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w.%~!-]+$/)
    expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? '')).toBe(expected)
  })
})

test('hostile text is inert on every page', async () => {
  const { browse, bot, workflow, ended } = await anAdmin()
  bot.startRunner()
  const evil = `"><script>alert(1)</script><img src=x onerror="alert(1)">'\`{{=1+1}}\u202Egnp`
  const order = orderOf(workflow, 3, { name: evil.slice(0, 80), retries: 0 }, () => evil)
  const { id } = await bot.engine.submit({
    ...order,
    owner: evil,
    sheet: evil,
    headings: [evil, 'b'],
    upload: { fileName: `${evil}.xlsx`, bytes: new Uint8Array([1]) },
    leftOut: [{ row: 9, cells: [evil, evil], fault: evil }],
  })
  await ended(id)
  const paths = [
    '/batch',
    `/batch?q=${encodeURIComponent(evil)}`,
    `/batch/${id}`,
    `/batch/${id}?rows=left-out`,
    `/batch/${id}?find=${encodeURIComponent(evil)}`,
    `/batch/${id}/rows/2`,
    `/batch/${id}/stop`,
    `/batch/${id}/delete`,
    `/sign-in?next=${encodeURIComponent(evil)}`,
  ]
  for (const path of paths) {
    const raw = await (await browse(path)).text()
    expect(raw).not.toContain('<img')
    expect(raw).not.toContain('<script>')
    expect(raw).not.toContain(evil)
    const { elements } = await shownOf(new Response(raw))
    expect(elements.filter(({ name }) => name === 'img')).toEqual([])
    const attributes = elements.flatMap((element) => Object.keys(element.attributes))
    expect(attributes.filter((name) => name.startsWith('on') || name === 'style')).toEqual([])
  }
})

async function rowsOf(
  browse: Awaited<ReturnType<typeof anAdmin>>['browse'],
  path: string,
): Promise<string[]> {
  const html = await (await browse(path)).text()
  return [...html.matchAll(/<tr id="row-(\d+)"/g)].map(([, row]) => row ?? '')
}

async function attemptsOf(bot: Awaited<ReturnType<typeof anAdmin>>['bot'], id: string) {
  const rows = await bot.db
    .selectFrom('task_executions')
    .select(['row_number', 'attempt'])
    .where('task_id', '=', id)
    .execute()
  return Object.fromEntries(rows.map(({ row_number, attempt }) => [row_number, attempt]))
}
