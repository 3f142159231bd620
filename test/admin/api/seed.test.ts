import { expect, test } from 'bun:test'
import { z } from 'zod'
import { until } from '../../support/bot.ts'
import { aProgram, FAULTY, formOf, SAMPLE } from './support/program.ts'

const TASKS = z.looseObject({
  tasks: z.array(z.looseObject({ id: z.string(), status: z.string(), progress_percentage: z.number() })),
  page: z.number(),
  size: z.number(),
  total: z.number(),
  pages: z.number(),
})

/* The client of the first Rowbot: the calls of its page (templates/batch.html), in its order and with its field names. */
test('the client that was written for the API of the seed runs unchanged', async () => {
  const { call } = await aProgram()
  const fetched = (path: string, init?: RequestInit) => call(path, init)

  const data = z
    .object({ workflows: z.array(z.looseObject({ id: z.string(), name: z.string() })) })
    .parse(await (await fetched('/api/workflows/')).json())
  const [selectedWorkflow] = Array.isArray(data) ? data : data.workflows
  const workflowId = selectedWorkflow?.id ?? ''

  const template = await fetched(`/api/workflows/${workflowId}/template`)
  expect(template.ok).toBe(true)

  const formData = new FormData()
  formData.append('file', new File([new Uint8Array(SAMPLE)], 'test_batch_data.xlsx'))
  formData.append('workflow_id', workflowId)
  const uploadResponse = await fetched('/api/batch/upload', { method: 'POST', body: formData })
  const uploadData = z
    .looseObject({
      success: z.literal(true),
      file_id: z.string(),
      filename: z.literal('test_batch_data.xlsx'),
      validation: z.object({ valid: z.literal(true), errors: z.array(z.string()), warnings: z.unknown() }),
      data_info: z.object({
        rows: z.literal(5),
        columns: z.array(z.string()),
        validation_errors: z.array(z.string()).length(0),
      }),
    })
    .parse(await uploadResponse.json())
  expect(uploadResponse.ok).toBe(true)

  const executeFormData = new FormData()
  executeFormData.append('file_id', uploadData.file_id)
  executeFormData.append('workflow_id', workflowId)
  executeFormData.append('task_name', '批量执行任务')
  executeFormData.append('max_concurrency', '4')
  executeFormData.append('retry_count', '1')
  executeFormData.append('timeout_seconds', '120')
  const executeResponse = await fetched('/api/batch/execute', { method: 'POST', body: executeFormData })
  const executeData: unknown = await executeResponse.json()
  expect(executeResponse.ok).toBe(true)
  expect(executeData).toMatchObject({
    success: true,
    task_name: '批量执行任务',
    total_rows: 5,
    workflow_id: workflowId,
    workflow_name: selectedWorkflow?.name,
    max_concurrency: 4,
    retry_count: 1,
    timeout_seconds: 120,
    concurrency: 4,
    retries: 1,
  })
  const { batch_id, download_url } = z
    .looseObject({ batch_id: z.string(), download_url: z.string() })
    .parse(executeData)

  const status = await until(
    async () =>
      z
        .looseObject({ status: z.string() })
        .parse(await (await fetched(`/api/batch/${batch_id}/status`)).json()),
    (task) => task.status === 'completed',
  )
  expect(status).toMatchObject({
    id: batch_id,
    batch_id,
    name: '批量执行任务',
    total_items: 5,
    completed_items: 5,
    failed_items: 0,
    skipped_items: 0,
    progress_percentage: 100,
    success_rate: 100,
    error_message: null,
    completed_at: expect.any(String),
    duration_seconds: expect.any(Number),
  })

  const params = new URLSearchParams({ page: '1', size: '10' })
  params.append('status', 'completed')
  params.append('workflow_id', workflowId)
  const list = TASKS.parse(await (await fetched(`/api/batch/?${params.toString()}`)).json())
  expect(list).toMatchObject({ page: 1, size: 10, total: 1, pages: 1 })
  expect(list.tasks).toMatchObject([{ id: batch_id, status: 'completed', progress_percentage: 100 }])

  const download = await fetched(download_url)
  expect([download.ok, (await download.bytes()).byteLength > 1_000]).toEqual([true, true])
  const stopped = await fetched(`/api/batch/${batch_id}/stop`, { method: 'POST' })
  const { detail } = z.looseObject({ detail: z.string() }).parse(await stopped.json())
  expect([stopped.ok, detail.length > 10]).toEqual([false, true])
  const deleted = await fetched(`/api/batch/${batch_id}`, { method: 'DELETE' })
  expect([deleted.ok, await deleted.json()]).toMatchObject([true, { success: true, batch_id }])
})

test('it is told the faults of cells as its sentences', async () => {
  const { upload } = await aProgram({ runs: false })
  expect((await upload(FAULTY, 'products.csv')).json).toMatchObject({
    validation: { valid: true, errors: [expect.stringContaining('C3: “friendly”')] },
    data_info: { rows: 3, validation_errors: [expect.stringContaining('C3')] },
  })
})

test('a form without files takes numbers, switches and objects as text; a text stays one', async () => {
  const { call, uploaded } = await aProgram({ runs: false })
  const { upload_id } = await uploaded()
  const body = new URLSearchParams({
    upload_id,
    name: '7',
    concurrency: '2',
    each: 'true',
    mapping: '{"tone":null}',
  })
  const response = await call('/api/batch/execute', { method: 'POST', body })
  expect([response.status, await response.json()]).toMatchObject([201, { name: '7', concurrency: 2 }])
})

test('two names of one field at once, and a number that is none, are refused by name', async () => {
  const { execute, call, uploaded } = await aProgram({ runs: false })
  const { upload_id } = await uploaded()
  const both = await execute({ upload_id, file_id: upload_id })
  expect([both.status, both.text]).toEqual([
    422,
    expect.stringContaining('file_id: is another name of upload_id'),
  ])
  const body = new URLSearchParams({ file_id: upload_id, max_concurrency: 'many' })
  const many = await call('/api/batch/execute', { method: 'POST', body })
  expect([many.status, await many.text()]).toEqual([422, expect.stringContaining('concurrency: ')])
})

test('the same content that is uploaded anew, under the same key, is the same task', async () => {
  const { upload, uploaded, execute } = await aProgram({ runs: false })
  const first = await uploaded()
  const made = await execute({ upload_id: first.upload_id, retries: 1 }, 'products-q3')
  const second = await uploaded()
  expect(second.upload_id).not.toBe(first.upload_id)
  const again = await execute({ file_id: second.upload_id, retry_count: 1 }, 'products-q3')
  const { task_id } = z.looseObject({ task_id: z.string() }).parse(made.json)
  expect([made.status, again.status, again.json]).toMatchObject([201, 200, { task_id }])
  expect((await execute({ upload_id: first.upload_id, retries: 1 }, 'products-q3')).status).toBe(200)
  const other = z.looseObject({ upload_id: z.string() }).parse((await upload(FAULTY, 'products.csv')).json)
  expect((await execute({ upload_id: other.upload_id, retries: 1 }, 'products-q3')).json).toMatchObject({
    code: 'key_reused',
  })
})

test('the OpenAPI document describes the other names beside ours', async () => {
  const { ask } = await aProgram({ runs: false })
  const { text } = await ask('GET', '/docs/openapi.json')
  for (const [alias, name] of [
    ['file_id', 'upload_id'],
    ['task_name', 'name'],
    ['max_concurrency', 'concurrency'],
    ['retry_count', 'retries'],
    ['batch_id', 'task_id'],
    ['size', 'page_size'],
  ]) {
    expect(text).toContain(`the same as ${name}`)
    expect(text).toContain(`"${alias}"`)
  }
})

test('a form has its own file beside the fields', async () => {
  const { ask } = await aProgram({ runs: false })
  const { status, json } = await ask('POST', '/api/batch/upload', formOf(SAMPLE, 'a.xlsx', { tonee: 'x' }))
  expect([status, json]).toMatchObject([422, { message: expect.stringContaining('“tonee” is not known') }])
})
