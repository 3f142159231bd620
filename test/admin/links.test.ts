import { describe, expect, test } from 'bun:test'
import pino from 'pino'
import { personActor } from '../../src/app/actor.ts'
import { endLink, openLink, ResultLinks } from '../../src/app/result-links.ts'
import { deleteTask } from '../../src/app/tasks.ts'
import { links } from '../../src/cli/links.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { deleteEndedLinks } from '../../src/db/tasks/result-links.ts'
import { logRequest } from '../../src/serve/page-server.ts'
import { SETUP } from '../support/bot.ts'
import { anAdmin, form } from './support/admin.ts'
import { textOf } from './support/page-of.ts'

const URL_OF_PAGE = 'https://rowbot.example'
const HOUR_MS = 3_600_000
const MEI = { key: 'slack:T1:U-Mei', name: 'Mei', face: 'slack' } as const
const JO = { key: 'slack:T1:U-Jo', name: 'Jo', face: 'slack' } as const
const ENDED = 'This link has ended. Ask for Results again in the thread.'

/** A task that has ended, and Mei’s link to its result. */
async function aLink(more: { madeAgoMs?: number } = {}) {
  const admin = await anAdmin()
  const { bot, submit, ended } = admin
  const { id } = await submit(2)
  bot.startRunner()
  const task = await ended(id)
  const now = () => bot.clock.now() - (more.madeAgoMs ?? 0)
  const app = { db: bot.db, log: bot.log, box: bot.box, clock: { ...bot.clock, now } }
  const links = new ResultLinks(app, URL_OF_PAGE)
  const url = await links.make(task, MEI, { again: false })
  const pathOf = (of: string) => new URL(of).pathname
  return {
    ...admin,
    app,
    task,
    links,
    url,
    path: pathOf(url),
    pathOf,
    open: (path: string, init: Parameters<typeof admin.browse>[1] = {}) =>
      admin.browse(path, { as: 'nobody', ...init }),
    acts: async () =>
      (
        await bot.db.selectFrom('audit_log').select(['who', 'face', 'action', 'target', 'details']).execute()
      ).filter(({ action }) => action.startsWith('link.')),
  }
}

describe('a link', () => {
  test('shows a page with a button that brings the result, without a sign-in', async () => {
    const { open, path, task } = await aLink()
    const shown = await open(path)
    const html = await shown.text()
    expect(shown.status).toBe(200)
    expect(textOf(html)).toContain('From products.xlsx')
    expect(textOf(html)).toContain('For Mei, until ')
    expect(html).toContain(`href="${path}/result"`)
    expect(html).not.toContain('files.zip')
    expect(html).not.toContain(`/batch/${task.id}`)
    const result = await open(`${path}/result`)
    expect(result.status).toBe(200)
    expect(result.headers.get('content-disposition')).toContain(
      'attachment; filename="products.results.xlsx"',
    )
    expect(
      Buffer.from(await result.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK')
    expect(await (await open(`${path}/result?format=csv`)).text()).toContain('Kettle 2')
  })

  test('is stored by nobody, listed by nobody and given to no other site', async () => {
    const { open, path } = await aLink()
    for (const at of [path, `${path}/result`, `${path}x`]) {
      const { headers } = await open(at)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-robots-tag')).toContain('noindex')
    }
  })

  test('is not used up or counted as used by what only looks at it', async () => {
    const { open, path, acts } = await aLink()
    for (const agent of ['Slackbot-LinkExpanding 1.0', 'Mozilla/5.0 (compatible; Discordbot/2.0)'])
      expect((await open(path, { headers: { 'user-agent': agent } })).status).toBe(200)
    for (const at of [path, `${path}/result`]) {
      const head = await open(at, { method: 'HEAD' })
      expect(head.status).toBe(200)
      expect(await head.text()).toBe('')
    }
    expect((await acts()).map(({ action }) => action)).toEqual(['link.make'])
    await (await open(`${path}/result`)).arrayBuffer()
    await (await open(`${path}/result`)).arrayBuffer()
    expect((await acts()).map(({ action }) => action)).toEqual(['link.make', 'link.use', 'link.use'])
  })

  test('gives nothing but this task’s result', async () => {
    const { open, path, submit } = await aLink()
    const other = await submit(1)
    for (const at of ['files.zip', `../batch/${other.id}/download`, 'rows', 'log'])
      expect((await open(`${path}/${at}`)).status).not.toBe(200)
    expect((await open(`/batch/${other.id}/download`)).status).toBe(303)
  })

  test('works for a day', async () => {
    const { app, url, open, path } = await aLink()
    const token = url.split('/').at(-1) ?? ''
    const at = (now: number) => openLink({ ...app, clock: { ...app.clock, now: () => now } }, token)
    const made = (await app.db.selectFrom('result_links').select('made_at').executeTakeFirstOrThrow()).made_at
    expect(await at(made + 24 * HOUR_MS - 1)).toBeDefined()
    expect(await at(made + 24 * HOUR_MS)).toBeUndefined()
    expect((await open(path)).status).toBe(200)
    await deleteEndedLinks(app.db, made + 24 * HOUR_MS)
    expect((await open(path)).status).toBe(404)
  })

  test('that is over looks like one that there never was', async () => {
    const { open, path } = await aLink({ madeAgoMs: 25 * HOUR_MS })
    const [over, never] = [await open(path), await open(`/r/${'a'.repeat(43)}`)]
    expect([over.status, never.status]).toEqual([404, 404])
    const said = await over.text()
    expect(textOf(said)).toContain(ENDED)
    expect(await never.text()).toBe(said)
    expect((await open(`${path}/result`)).status).toBe(404)
  })

  test('ends when a new one is made for the same person and task, and only then', async () => {
    const { open, path, pathOf, links, task } = await aLink()
    const jos = pathOf(await links.make(task, JO, { again: false }))
    expect((await open(path)).status).toBe(200)
    const second = pathOf(await links.make(task, MEI, { again: false }))
    expect(second).not.toBe(path)
    expect(await Promise.all([path, second, jos].map(async (at) => (await open(at)).status))).toEqual([
      404, 200, 200,
    ])
  })

  test('is made once for one end of a task, however often its message is tried', async () => {
    const { links, task, url, acts } = await aLink()
    expect(await links.make(task, MEI, { again: true })).toBe(url)
    expect(await acts()).toHaveLength(1)
    const later = { ...task, finishedAt: Date.now() + HOUR_MS }
    expect(await links.make(later, MEI, { again: true })).not.toBe(url)
  })

  test('ends with its task', async () => {
    const { open, path, bot, task } = await aLink()
    await deleteTask(bot, SETUP, task.id)
    expect((await open(path)).status).toBe(404)
  })

  test('is ended by whoever has it', async () => {
    const { open, path, acts } = await aLink()
    const said = await open(`${path}/end`, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })
    expect(textOf(await said.text())).toContain(ENDED)
    expect((await open(path)).status).toBe(404)
    expect((await acts()).at(-1)).toMatchObject({ who: 'Mei', action: 'link.end' })
  })

  test('is listed on the task’s page and revoked there by an admin; a viewer only sees it', async () => {
    const { open, path, browse, task, acts } = await aLink()
    const [seen] = [await (await browse(`/batch/${task.id}`, { as: 'viewer' })).text()]
    expect(textOf(seen)).toContain('For Mei, until ')
    expect(seen).not.toContain('/links/')
    const html = await (await browse(`/batch/${task.id}`)).text()
    const action = /action="(\/batch\/\w+\/links\/[\w-]+\/end)"/.exec(html)?.[1] ?? ''
    expect(html).not.toContain(path)
    expect((await browse(action, { as: 'viewer', ...form({}) })).status).toBe(403)
    expect((await open(path)).status).toBe(200)
    expect((await browse(action, form({}))).status).toBe(303)
    expect((await open(path)).status).toBe(404)
    expect((await acts()).at(-1)).toMatchObject({
      who: 'Mei',
      face: 'page',
      action: 'link.end',
      target: task.id,
    })
    expect((await browse(action, form({}))).status).toBe(409)
  })

  test('is listed and ended through the API', async () => {
    const { open, path, call, task } = await aLink()
    const at = `/api/batch/${task.id}/links`
    const listed = await (await call(at, { as: 'viewer' })).text()
    expect(listed).not.toContain(path.slice(3))
    const [link] = JSON.parse(listed)
    expect(link).toMatchObject({ for: 'Mei' })
    expect(Date.parse(link.ends_at) - Date.parse(link.made_at)).toBe(24 * HOUR_MS)
    expect((await call(`${at}/${link.link_id}`, { method: 'DELETE', as: 'viewer' })).status).toBe(403)
    expect((await call(`${at}/${link.link_id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await open(path)).status).toBe(404)
    expect((await call(`${at}/${link.link_id}`, { method: 'DELETE' })).status).toBe(409)
    expect((await call('/api/batch/nope/links')).status).toBe(404)
  })

  test('is listed and ended from the command line', async () => {
    const { open, path, bot, task } = await aLink()
    const lines: string[] = []
    const stream = { write: (text: string) => lines.push(text) }
    const screen = createScreen(stream, stream)
    await links(bot, task.id, { end: false }, screen)
    expect((await open(path)).status).toBe(200)
    await links(bot, task.id, { end: true }, screen)
    expect((await open(path)).status).toBe(404)
    expect(lines.join('')).toMatch(/for Mei, until .*Ended: for Mei/s)
  })

  test('is revoked by the task’s owner and by whom it is for, and by nobody else', async () => {
    const { bot, app, task, path, open } = await aLink()
    const { id } = await bot.db.selectFrom('result_links').select('id').executeTakeFirstOrThrow()
    const person = (key: string, name: string) =>
      personActor({ platform: 'slack', team: 'T1', id: key, name, roles: [] }, false)
    await expect(endLink(app, person('U-Jo', 'Jo'), task.id, id)).rejects.toThrow('mei')
    expect((await open(path)).status).toBe(200)
    await endLink(app, person('U-Mei', 'Mei'), task.id, id)
    expect((await open(path)).status).toBe(404)
  })
})

describe('the token of a link', () => {
  test('is 32 bytes, and stored nowhere', async () => {
    const { url, bot, acts } = await aLink()
    const token = url.split('/').at(-1) ?? ''
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    const stored = JSON.stringify([
      await bot.db.selectFrom('result_links').selectAll().execute(),
      await acts(),
    ])
    expect(stored).not.toContain(token)
  })

  test('is in no log, however its address is written', () => {
    const token = Buffer.alloc(32, 7).toString('base64url')
    const lines: string[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
    for (const path of [
      `/r/${token}`,
      `/r/${token}/result?format=csv`,
      `//r/${token}`,
      `/R/${token}`,
      `/x/${token}`,
      `/r%2f${token}`,
    ])
      logRequest(log, new Request(`${URL_OF_PAGE}${path}`), { status: 404, ms: 1 })
    expect(lines).toHaveLength(6)
    for (const line of lines) expect(line).not.toContain(token)
  })

  test('may be guessed a few times a minute, and those who have one are not held up by that', async () => {
    const { open, path } = await aLink()
    const wrong = () =>
      open(`/r/${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')}`)
    for (let i = 0; i < 10; i++) expect((await wrong()).status).toBe(404)
    const refused = await wrong()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await open(path)).status).toBe(200)
  })
})
