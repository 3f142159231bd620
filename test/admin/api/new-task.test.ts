import { describe, expect, test } from 'bun:test'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { readValues } from '../../../src/workbook/workbook.ts'
import { ADMIN_TOKEN } from '../support/admin.ts'
import { aProgram, FAULTY, formOf, SAMPLE } from './support/program.ts'

test('a program sends a file, runs it, waits for it and has the results', async () => {
  const { ask, upload, execute, finished } = await aProgram()
  const sent = await upload()
  expect(sent.status).toBe(201)
  expect(sent.json).toMatchObject({
    file_name: 'test_batch_data.xlsx',
    rows: 5,
    good: 5,
    bad: 0,
    mapping: { name: 'Name', features: 'Key features' },
    faults: [],
  })
  const { task_id } = await finished()
  const got = await ask('GET', `/api/batch/${task_id}/download?format=csv`)
  expect(got.headers.get('content-disposition')).toBe(
    `attachment; filename="test_batch_data.results.csv"; filename*=UTF-8''test_batch_data.results.csv`,
  )
  expect(got.headers.get('content-type')).toStartWith('text/csv')
  expect(got.text.trim().split('\n').length).toBeGreaterThanOrEqual(6)
  expect((await execute({ upload_id: 'nothing' })).status).toBe(404)
})

test('the workbook that comes back is read by our own reader, row for row', async () => {
  const { call, finished } = await aProgram()
  const { task_id } = await finished()
  const response = await call(`/api/batch/${task_id}/download`)
  const bytes = await response.bytes()
  expect(Number(response.headers.get('content-length'))).toBe(bytes.byteLength)
  const { headings, rows } = await readValues({ name: 'result.xlsx', bytes }, {}, DEFAULT_LIMITS)
  const all = (await Array.fromAsync(rows)).flat()
  expect(all).toHaveLength(5)
  const at = headings.findIndex((heading) => /status/i.test(heading))
  expect(all.map(({ cells }) => cells[at])).toEqual(Array(5).fill('succeeded'))
})

test.each([
  ['', ['Products', 'Rowbot']],
  ['?format=own', ['Products', 'Rowbot']],
  ['?format=xlsx', ['Products', 'Rowbot']],
  ['?format=plain', ['Results', 'Summary']],
])('a download with “%s” has the sheets %p', async (query, sheets) => {
  const { call, finished } = await aProgram()
  const { task_id } = await finished()
  const bytes = await (await call(`/api/batch/${task_id}/download${query}`)).bytes()
  const found = await readValues({ name: 'result.xlsx', bytes }, { sheet: sheets[0] ?? '' }, DEFAULT_LIMITS)
  await found.rows.return(undefined)
  expect(found.sheets.map(({ name }) => name)).toEqual(sheets)
})

describe('an upload', () => {
  test('tells every fault by its cell, with what to do', async () => {
    const { upload } = await aProgram({ runs: false })
    const { json } = await upload(FAULTY, 'products.csv')
    expect(json).toMatchObject({
      rows: 3,
      good: 2,
      bad: 1,
      faults: [
        {
          code: 'not-an-option',
          message: expect.stringContaining('“friendly” is not one of'),
          cells: ['C3'],
          count: 1,
          stops: 'row',
        },
      ],
    })
  })

  test('is mapped by headings or letters, and what is answered can be sent again', async () => {
    const { upload, workflow } = await aProgram({ runs: false })
    const odd = 'Title,What it does,Title\nKettle,boils,x\n'
    const mapping = { name: 'C', features: ' what IT does ', tone: null }
    const fields = { workflow_id: workflow.id, mapping: JSON.stringify(mapping) }
    const first = await upload(odd, 'odd.csv', fields)
    expect(first.json).toMatchObject({
      good: 1,
      mapping: { name: 'C', features: 'What it does', tone: null },
    })
    for (const [named, word] of [
      [{ nonsense: 'A' }, 'no input “nonsense”'],
      [{ name: 'Title' }, 'More than one column'],
      [{ name: 'Z' }, 'There is no column “Z”'],
    ] as const) {
      const refused = await upload(odd, 'odd.csv', { ...fields, mapping: JSON.stringify(named) })
      expect([refused.status, refused.json]).toEqual([
        422,
        expect.objectContaining({ code: 'invalid', message: expect.stringContaining(word) }),
      ])
    }
  })

  test.each([
    ['a picture', 'sheet.xlsx', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])],
    ['a page', 'sheet.xlsx', '<!doctype html><html><body>sign in</body></html>'],
    ['nothing', 'sheet.csv', ''],
  ])('that is %s is refused with a sentence, and nothing is kept', async (_, name, bytes) => {
    const { upload, bot } = await aProgram({ runs: false })
    const { status, json } = await upload(bytes, name)
    expect(status).toBe(422)
    expect(json).toMatchObject({ code: 'unreadable_file', message: expect.any(String) })
    expect(await bot.db.selectFrom('uploads').select('id').execute()).toEqual([])
  })

  test('that is too large is refused before it is read', async () => {
    const { ask, bot } = await aProgram({ runs: false })
    const { status, json } = await ask('POST', '/api/batch/upload', formOf(SAMPLE, 'a.xlsx'), {
      headers: { 'content-length': String(bot.config.limits.maxFilesBytes * 2) },
    })
    expect([status, json]).toEqual([413, expect.objectContaining({ code: 'too_large' })])
  })

  test.each([
    [{ file: 'no file' }, 'file'],
    [{ heading_row: '0' }, 'heading_row'],
    [{ mapping: '{' }, 'mapping'],
    [{ colour: 'red' }, 'colour'],
  ])('with %p is refused by the field’s name', async (fields, named) => {
    const { ask } = await aProgram({ runs: false })
    const form = 'file' in fields ? new FormData() : formOf(SAMPLE, 'a.xlsx')
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    const { status, json } = await ask('POST', '/api/batch/upload', form)
    expect(status).toBe(422)
    expect(json).toMatchObject({ code: 'invalid', message: expect.stringContaining(named) })
  })

  test('is freed after a day, and what it was is told', async () => {
    const { uploaded, execute, bot } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    await bot.db.updateTable('drafts').set({ expires_at: 1 }).execute()
    const { status, json } = await execute({ upload_id })
    expect([status, json]).toEqual([404, expect.objectContaining({ hint: expect.stringContaining('a day') })])
    expect(await bot.db.selectFrom('uploads').select('id').execute()).toEqual([])
  })
})

describe('a task', () => {
  test('of an upload with faulty rows runs the others, or is refused with the faults', async () => {
    const { uploaded, execute, bot } = await aProgram({ runs: false })
    const { upload_id } = await uploaded(FAULTY, 'products.csv')
    const refused = await execute({ upload_id, skip_faulty: false })
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({
      code: 'faulty_rows',
      message: '1 of 3 rows of the sheet “products” cannot run.',
      faults: [{ cells: ['C3'], stops: 'row' }],
    })
    expect(await listTasks(bot.db)).toEqual([])
    const made = await execute({ upload_id })
    expect([made.status, made.json]).toEqual([201, expect.objectContaining({ total: 2, left_out: 1 })])
  })

  test('of one with no good row is refused', async () => {
    const { uploaded, execute } = await aProgram({ runs: false })
    const { upload_id } = await uploaded('Name,Key features\nKettle,\n', 'products.csv')
    expect(await execute({ upload_id })).toMatchObject({ status: 409, json: { code: 'faulty_rows' } })
  })

  test('has the parameters that were asked for, and is kept in the audit without a key', async () => {
    const { uploaded, execute, workflow, bot } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    const wanted = { name: 'mine', concurrency: 7, retries: 0, timeout_seconds: 61 }
    const { json } = await execute({ upload_id, workflow_id: workflow.id, ...wanted, try_first: true })
    expect(json).toMatchObject({
      ...wanted,
      status: 'pending',
      owner: 'API',
      platform: 'web',
      pause_after_row: 2,
    })
    const { entries } = await listAudit(bot.db, { who: 'API' })
    expect(entries.map(({ action, face, who }) => [action, face, who])).toEqual([
      ['task.create', 'api', 'API'],
      ['upload.add', 'api', 'API'],
    ])
    expect(JSON.stringify(entries)).not.toContain(ADMIN_TOKEN)
  })

  test('takes only the rows that show what was asked for, said with the upload or when it is run', async () => {
    const { upload, uploaded, execute, bot } = await aProgram({ runs: false })
    const sheet = 'Name,Key features,Status\nA,1,\nB,2,done\nC,3,\nD,4,new\n'
    const sent = await upload(sheet, 'products.csv', { where: 'Status=' })
    expect(sent.json).toMatchObject({
      rows: 2,
      faults: [{ code: 'rows-left-out', cells: ['3', '5'], stops: 'nothing' }],
    })
    const { upload_id } = await uploaded(sheet, 'products.csv')
    await execute({ upload_id, where: ['Status!=', 'Name=d'] })
    expect(await listTasks(bot.db)).toMatchObject([{ counts: { total: 1 } }])
    expect(await upload(sheet, 'products.csv', { where: 'State=' })).toMatchObject({ status: 422 })
  })

  test('has its rows named by the columns that were asked for, said with the upload or when it is run', async () => {
    const { upload, uploaded, execute, bot } = await aProgram({ runs: false })
    const sheet = 'Name,Key features,SKU,Country\nA,1,K1,DE\nB,2,K1,FR\n'
    expect(await upload(sheet, 'products.csv', { key: 'Contry' })).toMatchObject({
      status: 422,
      json: { message: 'There is no column “Contry”.' },
    })
    const { upload_id } = await uploaded(sheet, 'products.csv')
    await execute({ upload_id, key: ['Country', 'C'] })
    const task = await bot.db.selectFrom('batch_tasks').selectAll().executeTakeFirstOrThrow()
    expect(task).toMatchObject({ key_columns: '[2,3]', key_chosen: 1 })
  })

  test('tries a sample first, says what that gave, and runs the others when it is resumed', async () => {
    const { uploaded, execute, ask, ended, sandbox, bot } = await aProgram()
    const { upload_id } = await uploaded()
    await execute({ upload_id, sample: 2 })
    const [{ id } = { id: '' }] = await listTasks(bot.db)
    await ended(id)
    expect((await ask('GET', `/api/batch/${id}/status`)).json).toMatchObject({
      status: 'paused',
      succeeded: 2,
      left: 3,
      trial: { tried: 2, rows: [{ status: 'succeeded' }, { status: 'succeeded' }], estimate: { rows: 3 } },
    })
    await ask('POST', `/api/batch/${id}/resume`)
    await ended(id)
    expect((await ask('GET', `/api/batch/${id}/status`)).json).toMatchObject({
      status: 'completed',
      trial: null,
    })
    expect(sandbox.hits()).toHaveLength(5)
  })

  test.each([
    [{ concurrency: 11 }, 'concurrency'],
    [{ sample: 1_001 }, 'sample'],
    [{ retries: -1 }, 'retries'],
    [{ timeout_seconds: 59 }, 'timeout_seconds'],
    [{ name: ' ' }, 'name'],
    [{ concurency: 3 }, 'concurency'],
    [{ upload_id: undefined }, 'upload_id'],
    [{ workflow_id: 'none' }, 'workflow_id'],
    [{ mapping: { name: 3 } }, 'mapping.name'],
  ])('with %p is refused by the field’s name', async (wrong, named) => {
    const { uploaded, execute, bot } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    const { status, json } = await execute({ upload_id, ...wrong })
    expect(status).toBe(422)
    expect(json).toMatchObject({ code: 'invalid', message: expect.stringContaining(named) })
    expect(await listTasks(bot.db)).toEqual([])
  })

  test('is made from another sheet row and mapping than was uploaded with', async () => {
    const { uploaded, execute, ask } = await aProgram({ runs: false })
    const { upload_id } = await uploaded('Name,Key features,Other\nKettle,boils,steams\n', 'products.csv')
    const { json } = await execute({ upload_id, mapping: { features: 'Other' } })
    const { task_id } = json as { task_id: string } // it was made: the next line reads of it
    const row = await ask('GET', `/api/batch/${task_id}/executions/2`)
    expect(row.json).toMatchObject({ inputs: { name: 'Kettle', features: 'steams' } })
  })
})

describe('the same request again', () => {
  test('gives the same task, with 200, also when the first answer was lost', async () => {
    const { uploaded, execute, bot } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    const first = await execute({ upload_id, retries: 1 }, 'key 1')
    const again = await execute({ retries: 1, upload_id }, 'key 1')
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.json).toEqual(first.json)
    expect(await listTasks(bot.db)).toHaveLength(1)
  })

  test('ten at once make one task', async () => {
    const { uploaded, execute, bot } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    const all = await Promise.all(Array.from({ length: 10 }, () => execute({ upload_id }, 'key 1')))
    expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([...Array(9).fill(200), 201])
    expect(new Set(all.map(({ text }) => text)).size).toBe(1)
    expect(await listTasks(bot.db)).toHaveLength(1)
  })

  test('ten at once without a key make one task, and nine are told of it', async () => {
    const { uploaded, execute, bot } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    const all = await Promise.all(Array.from({ length: 10 }, () => execute({ upload_id })))
    expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array(9).fill(409)])
    const [task] = await listTasks(bot.db)
    expect(all.find(({ status }) => status === 409)?.json).toMatchObject({
      message: `This upload has already become task ${task?.id}.`,
    })
    expect(await listTasks(bot.db)).toHaveLength(1)
  })

  test('with another body is refused, and so is another key for the same upload', async () => {
    const { uploaded, execute } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    await execute({ upload_id, retries: 1 }, 'key 1')
    expect(await execute({ upload_id, retries: 2 }, 'key 1')).toMatchObject({
      status: 422,
      json: { code: 'key_reused' },
    })
    expect((await execute({ upload_id, retries: 1 }, 'key 2')).status).toBe(409)
  })

  test('may be fixed when nothing came of it', async () => {
    const { uploaded, execute } = await aProgram({ runs: false })
    const { upload_id } = await uploaded(FAULTY, 'products.csv')
    expect((await execute({ upload_id, skip_faulty: false }, 'key 1')).status).toBe(409)
    expect((await execute({ upload_id }, 'key 1')).status).toBe(201)
  })

  test('says so when its task was deleted', async () => {
    const { uploaded, execute, ask } = await aProgram({ runs: false })
    const { upload_id } = await uploaded()
    const { json } = await execute({ upload_id }, 'key 1')
    const { task_id } = json as { task_id: string } // it was made: deleting it below answers 200
    await ask('POST', `/api/batch/${task_id}/stop`)
    expect((await ask('DELETE', `/api/batch/${task_id}`)).status).toBe(200)
    expect(await execute({ upload_id }, 'key 1')).toMatchObject({ status: 404, json: { code: 'not_found' } })
  })
})
