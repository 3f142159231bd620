import { expect, test } from 'bun:test'
import { anAdmin, form } from './support/admin.ts'

/** The page of a process that is about to be stopped. */
async function aPageToStop() {
  let isStopping = false
  const admin = await anAdmin({ isStopping: () => isStopping })
  const { id } = await admin.submit(2)
  return { ...admin, id, stop: () => (isStopping = true) }
}

test('while Rowbot shuts down, pages are shown, each answer says so, and what would change something is refused in words', async () => {
  const { browse, call, stop, find, id } = await aPageToStop()
  await browse(`/batch/${id}/pause`, form({}))
  stop()
  for (const path of ['/alive', '/batch', `/batch/${id}`, `/batch/${id}/live`]) {
    const answer = await browse(path)
    expect([path, answer.status, answer.headers.get('x-rowbot')]).toEqual([path, 200, 'stopping'])
  }
  const resume = (headers: Record<string, string>) => browse(`/batch/${id}/resume`, { ...form({}), headers })
  const clicked = await resume({ 'hx-request': 'true' })
  expect(clicked.headers.get('hx-retarget')).toBe('#notice')
  expect(await clicked.text()).toContain(
    'Rowbot is shutting down: nothing was done. Try again once it is back.',
  )
  const inChinese = await resume({ 'hx-request': 'true', 'accept-language': 'zh-CN' })
  expect(await inChinese.text()).toContain('Rowbot 正在关闭，没有执行任何操作。')
  expect((await resume({})).status).toBe(503)
  const asked = await call(`/api/batch/${id}/resume`, { method: 'POST' })
  expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, '60'])
  expect(await asked.json()).toMatchObject({ code: 'unavailable' })
  expect(await find(id)).toMatchObject({ status: 'paused' })
})

test('Pause, Stop and signing out are taken to the end', async () => {
  const { browse, call, stop, submit, find, id } = await aPageToStop()
  const other = await submit(1)
  stop()
  expect((await browse(`/batch/${id}/pause`, form({}))).status).toBe(303)
  expect(await find(id)).toMatchObject({ status: 'paused' })
  expect((await call(`/api/batch/${other.id}/stop`, { method: 'POST' })).status).toBe(200)
  expect(await find(other.id)).toMatchObject({ status: 'cancelled' })
  expect((await browse('/sign-out', form({}))).headers.get('location')).toBe('/sign-in')
})
