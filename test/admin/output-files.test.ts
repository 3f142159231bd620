import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { z } from 'zod'
import type { SandboxApp } from '../../src/dify/sandbox/app.ts'
import { SAMPLE_APPS } from '../../src/dify/sandbox/apps/all.ts'
import { countOutputFiles } from '../../src/db/rows/output-files.ts'
import { orderOf, tempFolder, until, withWorkflow } from '../support/bot.ts'
import { FILE_APP_KEY, fileApp, labelsWithLinks } from '../support/file-apps.ts'
import { filesInZip } from '../support/files-in-zip.ts'
import { anAdmin, form } from './support/admin.ts'
import { pageOf, textOf } from './support/page-of.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const SVG = Buffer.from(
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
)
const HTML = Buffer.from('<!doctype html><script>alert(1)</script>')

const ROW = z.object({ files: z.array(z.record(z.string(), z.unknown())) })

/** A picture, and what only claims to be one. */
const manyFiles: SandboxApp['work'] = (_inputs, _query, _files, appFiles) => ({
  outputs: {
    chart: appFiles.make('chart.png', 'image/png', PNG),
    others: [
      appFiles.make('fake.png', 'image/png', SVG),
      appFiles.make('page.html', 'text/html', HTML),
      { ...appFiles.make('x.bin', 'image/png', PNG), filename: 'a"\r\nx-evil: 1;/..\\\u202egnp.exe' },
    ],
    said: 'hello',
  },
  text: '',
})

async function withFiles(work: SandboxApp['work'] = manyFiles) {
  const admin = await anAdmin({ apps: [...SAMPLE_APPS, fileApp(work)] })
  const { bot, sandbox } = admin
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: FILE_APP_KEY })
  const { id } = await bot.engine.submit(orderOf(workflow, 1))
  bot.startRunner()
  await admin.ended(id)
  const other = (await admin.submit(1)).id
  await admin.ended(other)
  const html = async (path: string) => (await admin.browse(path)).text()
  const rowJson = async (path: string) => ROW.parse(await (await admin.call(path)).json())
  return { ...admin, id, other, html, rowJson }
}

test('the row’s page names its files with their sizes and shows only real pictures; nothing is Dify’s raw JSON', async () => {
  const { id, html } = await withFiles()
  const row = await html(`/batch/${id}/rows/2`)
  expect(textOf(row)).toContain('002-1-chart.png')
  expect(textOf(row)).toContain(`${PNG.byteLength} B`)
  const pictures = pageOf(row).elements.flatMap(({ tag, attributes }) =>
    tag === 'img' ? [Object.fromEntries(attributes)['src']] : [],
  )
  // The third is a PNG whatever its name says.
  expect(pictures).toEqual([`/batch/${id}/rows/2/files/1`, `/batch/${id}/rows/2/files/4`])
  expect(row).not.toContain('__dify')

  const task = await html(`/batch/${id}`)
  expect(textOf(task)).toContain('002-1-chart.png')
  expect(textOf(task)).toContain('Files (ZIP)')
  expect(task).not.toContain('__dify')
})

test.each([
  [1, 'inline', 'image/png', '002-1-chart.png', PNG],
  [2, 'attachment', 'application/octet-stream', '002-2-fake.png', SVG],
  [3, 'attachment', 'application/octet-stream', '002-3-page.html', HTML],
])('file %p is sent %s as %s, and may run nothing', async (n, disposition, type, name, bytes) => {
  const { id, browse, call } = await withFiles()
  for (const as of ['admin', 'viewer'] as const)
    for (const answer of [
      await browse(`/batch/${id}/rows/2/files/${n}`, { as }),
      await call(`/api/batch/${id}/executions/2/files/${n}`, { as }),
    ]) {
      expect(answer.status).toBe(200)
      const header = (of: string) => answer.headers.get(of)
      expect(header('content-type')).toBe(type)
      expect(header('content-disposition')).toStartWith(`${disposition}; filename="${name}"`)
      expect(header('x-content-type-options')).toBe('nosniff')
      expect(header('content-security-policy')).toBe("default-src 'none'; sandbox")
      expect(header('cache-control')).toBe('no-store')
      expect(header('content-length')).toBe(String(bytes.byteLength))
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
    }
  expect((await browse(`/batch/${id}/rows/2/files/${n}`, { as: 'nobody' })).status).toBe(303)
})

test('a hostile name is one name in the header', async () => {
  const { id, browse } = await withFiles()
  const { headers } = await browse(`/batch/${id}/rows/2/files/4`)
  expect(headers.get('x-evil')).toBeNull()
  expect(headers.get('content-disposition')).toMatch(
    /^inline; filename="002-4-[\w .-]+"; filename\*=UTF-8''[\w%.-]+$/,
  )
})

test('a task has its own files and no others', async () => {
  const { id, other, browse, call, html } = await withFiles()
  for (const path of [
    `/batch/${other}/rows/2/files/1`,
    `/batch/${id}/rows/3/files/1`,
    `/batch/${id}/rows/2/files/5`,
    `/batch/${other}/files.zip`,
    '/batch/none/files.zip',
  ])
    expect([path, (await browse(path)).status]).toEqual([path, 404])
  expect((await call(`/api/batch/${other}/executions/2/files/1`)).status).toBe(404)
  expect((await call(`/api/batch/${other}/files.zip`)).status).toBe(404)
  expect(await html(`/batch/${other}`)).not.toContain('files.zip')
})

test('the ZIP has every file, on the page and in the API', async () => {
  const { id, browse, call } = await withFiles()
  for (const answer of [await browse(`/batch/${id}/files.zip`), await call(`/api/batch/${id}/files.zip`)]) {
    expect(answer.headers.get('content-type')).toBe('application/zip')
    expect(answer.headers.get('content-disposition')).toContain(
      'attachment; filename="products.results.files.zip"',
    )
    const path = join(tempFolder(), 'files.zip')
    await Bun.write(path, answer)
    const files = await filesInZip(path)
    expect(files.size).toBe(4)
    expect(files.get('002-1-chart.png')).toEqual(PNG)
  }
})

test('a row of the API has its files, each with an address that works', async () => {
  const { id, rowJson, call } = await withFiles()
  const url = `/api/batch/${id}/executions/2/files/1`
  const chart = {
    output: 'chart',
    name: 'chart.png',
    size: PNG.byteLength,
    mime_type: 'image/png',
    status: 'fetched',
    error: null,
    url,
  }
  const row = await rowJson(`/api/batch/${id}/executions/2`)
  expect(row.files).toHaveLength(4)
  expect(row.files[0]).toEqual(chart)
  expect(await (await call(`/api/batch/${id}/executions`)).json()).toMatchObject({
    items: [{ files: row.files }],
  })
  expect((await call(url)).status).toBe(200)
})

/** A row whose three files could not be fetched; now they could. */
async function withFailedFiles() {
  let areFresh = false
  const around = await withFiles(labelsWithLinks(() => areFresh))
  areFresh = true
  const { bot, id } = around
  const fetched = () =>
    until(
      () => countOutputFiles(bot.db, id),
      ({ waiting }) => waiting === 0,
    )
  return { ...around, fetched }
}

test.each([
  ['task', '', '/fetch'],
  ['row', '/rows/2', '/rows/2/fetch'],
])('the page of a %s says what could not be fetched, and a click fetches it again', async (_, page, act) => {
  const { id, html, browse, fetched, sandbox } = await withFailedFiles()
  const before = await html(`/batch/${id}${page}`)
  expect(textOf(before)).toContain(
    page === '' ? '3 files could not be fetched.' : 'Dify’s link to the file has ended',
  )
  const offer = pageOf(before).forms.find(({ action }) => action === `/batch/${id}${act}`)
  expect(offer?.buttons).toMatchObject([{ label: 'Fetch again' }])
  const runs = sandbox.hits().length

  const { status } = await browse(`/batch/${id}${act}`, form({ back: '' }))
  expect(status).toBe(303)
  expect(await fetched()).toMatchObject({ fetched: 3, failed: 0 })
  expect(sandbox.hits()).toHaveLength(runs)
})

test('who may only look is not offered to fetch again', async () => {
  const { id, browse } = await withFailedFiles()
  const page = await (await browse(`/batch/${id}`, { as: 'viewer' })).text()
  expect(textOf(page)).toContain('3 files could not be fetched.')
  expect(page).not.toContain(`/batch/${id}/fetch`)
})

test('a program fetches again, and is told if there is nothing to fetch', async () => {
  const { id, call, rowJson, fetched } = await withFailedFiles()
  const ask = (body: unknown) =>
    call(`/api/batch/${id}/fetch-files`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await ask({ rows: [3] })).status).toBe(409)
  const answer = await ask({ rows: [2] })
  expect([answer.status, await answer.json()]).toEqual([200, { files: 3 }])
  await fetched()
  const { files } = await rowJson(`/api/batch/${id}/executions/2`)
  expect(files.map((file) => file['status'])).toEqual(['fetched', 'fetched', 'fetched'])
  expect((await ask({})).status).toBe(409)
})
