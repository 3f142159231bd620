import { describe, expect, test } from 'bun:test'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { aProgram } from './support/program.ts'

describe('the list of tasks', () => {
  test('is paged, filtered and counted, with and without its last slash', async () => {
    const { ask, submit, bot } = await aProgram({ runs: false })
    const tasks = [
      await submit(1, { name: 'one' }),
      await submit(1, { name: 'two' }),
      await submit(1, { name: 'three' }),
    ]
    await bot.engine.pause(tasks[2]?.id ?? '', 'mei')
    const first = await ask('GET', '/api/batch?page_size=2')
    expect(first.json).toMatchObject({
      total: 3,
      page: 1,
      page_size: 2,
      counts: { pending: 2, paused: 1, running: 0, completed: 0 },
    })
    expect(await ask('GET', '/api/batch/?page_size=2&page=2')).toMatchObject({
      json: { items: [{}], total: 3 },
    })
    const some = await ask('GET', '/api/batch/?status=paused,failed&q=THREE')
    expect(some.json).toMatchObject({ items: [{ name: 'three', status: 'paused' }], total: 1 })
    expect(await ask('GET', '/api/batch/?workflow_id=none')).toMatchObject({ json: { items: [], total: 0 } })
  })

  test.each(['page=0', 'page=x', 'page_size=201', 'status=done', 'status=failed&status=nonsense'])(
    'is not given for %p',
    async (query) => {
      const { ask } = await aProgram({ runs: false })
      const { status, json } = await ask('GET', `/api/batch/?${query}`)
      const field = query.split('=')[0] ?? ''
      expect([status, json]).toMatchObject([
        422,
        { code: 'invalid', message: expect.stringContaining(field), hint: expect.any(String) },
      ])
    },
  )
})

describe('what is done to a task', () => {
  test('answers with the task afterwards, and is kept with who did it', async () => {
    const { ask, submit, bot } = await aProgram({ runs: false })
    const { id } = await submit(3)
    for (const [verb, state] of [
      ['pause', 'paused'],
      ['resume', 'pending'],
      ['stop', 'cancelled'],
    ] as const)
      expect(await ask('POST', `/api/batch/${id}/${verb}`)).toMatchObject({
        status: 200,
        json: { task_id: id, status: state },
      })
    expect(await ask('DELETE', `/api/batch/${id}`)).toMatchObject({ status: 200, json: { deleted: true } })
    expect((await ask('GET', `/api/batch/${id}/status`)).status).toBe(404)
    const { entries } = await listAudit(bot.db, { target: id })
    expect(entries.map(({ action, who, role, face }) => [action, who, role, face])).toEqual(
      ['delete', 'stop', 'resume', 'pause'].map((verb) => [`task.${verb}`, 'API', 'admin', 'api']),
    )
  })

  test('is refused with the state in the sentence where it does not allow it, and nothing is kept', async () => {
    const { ask, submit, bot } = await aProgram({ runs: false })
    const { id } = await submit(3)
    for (const [method, path] of [
      ['POST', '/resume'],
      ['DELETE', ''],
    ] as const) {
      const { status, json } = await ask(method, `/api/batch/${id}${path}`)
      expect([status, json]).toEqual([
        409,
        expect.objectContaining({ code: 'conflict', message: expect.stringMatching(/waiting|pending/) }),
      ])
    }
    expect((await ask('POST', `/api/batch/${id}/retry-failed`)).status).toBe(409)
    expect((await listAudit(bot.db, { who: 'API' })).entries).toEqual([])
  })

  test('retries all failed rows, some, those of one error, or one', async () => {
    const { ask, submit, ended } = await aProgram()
    const { id } = await submit(6, { retries: 0 }, (row) =>
      row < 5 ? '[sandbox: failed, times=1]' : row === 5 ? '[sandbox: 500, times=1]' : 'x',
    )
    const task = await ended(id)
    const { json } = await ask('GET', `/api/batch/${id}/errors`)
    const { items, failed } = json as {
      items: { error: string; count: number; rows: number[] }[]
      failed: number
    }
    expect(failed).toBe(task.counts.failed)
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(failed)
    await ask('POST', `/api/batch/${id}/pause`)
    const [first] = items
    if (!first) throw new Error('no row has failed')
    const one = await ask('POST', `/api/batch/${id}/executions/${first.rows[0]}/retry`)
    expect(one).toMatchObject({ status: 200, json: { rows: 1, task: { task_id: id } } })
    await ended(id)
    const both = await ask('POST', `/api/batch/${id}/retry-failed`, { rows: [2], error: 'x' })
    expect(both).toMatchObject({ status: 422, json: { code: 'invalid' } })
    const group = await ask('POST', `/api/batch/${id}/retry-failed`, { error: items.at(-1)?.error })
    expect(group.status).toBe(200)
    expect(await ask('POST', `/api/batch/${id}/retry-failed`, { rows: [7] })).toMatchObject({ status: 409 })
  })

  test('retries a failed row as it was seen, once', async () => {
    const { ask, submit, ended } = await aProgram()
    const { id } = await submit(2, { retries: 0 }, (row) => (row === 2 ? '[sandbox: failed]' : 'x'))
    await ended(id)
    const seen = async () => {
      const { json } = await ask('GET', `/api/batch/${id}/executions?status=failed`)
      return (json as { items: { version: string; attempts: number }[] }).items[0]
    }
    const { version = '' } = (await seen()) ?? {}
    const paths = [
      [`/api/batch/${id}/executions/2/retry`, { version }],
      [`/api/batch/${id}/retry-failed`, { rows: [2], version }],
    ] as const
    expect(await ask('POST', ...paths[0])).toMatchObject({ status: 200, json: { rows: 1 } })
    await ended(id)
    for (const [path, body] of paths)
      expect(await ask('POST', path, body)).toMatchObject({
        status: 409,
        json: { message: 'A row has changed since you looked.' },
      })
    expect(await seen()).toMatchObject({ attempts: 2 })
    expect(await ask('POST', `/api/batch/${id}/retry-failed`, { version })).toMatchObject({ status: 422 })
    expect(await ask('POST', `/api/batch/${id}/executions/2/retry`)).toMatchObject({ status: 200 })
  })
})

describe('rows', () => {
  test('are paged, filtered and searched; one comes with its attempts', async () => {
    const { ask, submit, ended } = await aProgram()
    const { id } = await submit(5, { retries: 1 }, (row) =>
      row === 3 ? '[sandbox: 502, times=1]' : `feature ${row}`,
    )
    await ended(id)
    const page = await ask('GET', `/api/batch/${id}/executions?page_size=2&page=2`)
    expect(page.json).toMatchObject({
      items: [{ row: 4 }, { row: 5 }],
      total: 5,
      counts: { succeeded: 5, failed: 0 },
    })
    expect(await ask('GET', `/api/batch/${id}/executions?status=failed`)).toMatchObject({
      json: { total: 0 },
    })
    expect(await ask('GET', `/api/batch/${id}/executions?q=kettle%205`)).toMatchObject({
      json: { items: [{ row: 5 }] },
    })
    expect((await ask('GET', `/api/batch/${id}/status`)).json).toMatchObject({
      prices: [{ currency: 'USD', price: expect.any(Number), amount: expect.any(String) }],
      unpriced_rows: 0,
      unknown_calls: 0,
    })
    const row = await ask('GET', `/api/batch/${id}/executions/3`)
    expect(row.json).toMatchObject({
      row: 3,
      status: 'succeeded',
      attempts: 2,
      inputs: { name: 'Kettle 3' },
      cells: ['Kettle 3', '[sandbox: 502, times=1]'],
    })
    // While Dify is asked what became of the first call, that may be said more than once.
    const { log } = row.json as { log: unknown[] } // an array, or the next line fails
    const [last, ...before] = log
    expect(last).toMatchObject({ row: 3, level: 'info', event: 'row.attempt' })
    expect(before.length).toBeGreaterThan(0)
    for (const entry of before) expect(entry).toMatchObject({ row: 3, level: 'warn' })
    expect((await ask('GET', `/api/batch/${id}/executions/99`)).status).toBe(404)
    expect((await ask('GET', `/api/batch/${id}/executions/x`)).status).toBe(422)
    const logs = await ask('GET', `/api/batch/${id}/logs?page_size=3`)
    expect(logs.json).toMatchObject({ items: [{ event: 'task.completed', row: null }, {}, {}], page_size: 3 })
  })
})
