import { describe, expect, test } from 'bun:test'
import { insertTaskMessage } from '../../src/db/chats/task-messages.ts'
import { orderOf } from '../support/bot.ts'
import { anAdmin } from './support/admin.ts'
import { shownOf } from './support/shown.ts'

describe('the list', () => {
  test('without tasks teaches how to begin', async () => {
    const { browse } = await anAdmin()
    const { text } = await shownOf(await browse('/batch'))
    expect(text).toContain('No tasks yet')
    expect(text).toContain('mention Rowbot in Slack or Discord with a file attached')
  })

  test('shows each task with how far it is, and chips that are filters', async () => {
    const { browse, bot, submit, ended } = await anAdmin()
    const paused = await submit(3, { name: 'kettles' })
    await bot.engine.pause(paused.id, 'Mei')
    bot.startRunner()
    const done = await submit(2, { name: 'toasters' })
    await ended(done.id)

    const all = await shownOf(await browse('/batch'))
    expect(all.text).toContain('All 2')
    expect(all.text).toContain('kettles')
    expect(all.text).toContain('2/2')
    const completed = await shownOf(await browse('/batch?state=completed'))
    expect(completed.text).toContain('toasters')
    expect(completed.text).not.toContain('kettles')
    const found = await shownOf(await browse('/batch?q=KETT'))
    expect(found.text).toContain('kettles')
    expect(found.text).not.toContain('toasters')
    expect((await shownOf(await browse('/batch?q=nothing'))).text).toContain('No task matches')
  })

  test('takes whatever an address says', async () => {
    const { browse, submit } = await anAdmin()
    await submit(1)
    for (const query of [
      'state=nonsense',
      'page=-4',
      'page=x',
      'page=999999999',
      'q=%00',
      'workflow=%27%3B--',
      'state=running&state=failed',
    ])
      expect((await browse(`/batch?${query}`)).status).toBe(200)
  })

  test('has pages', async () => {
    const { browse, bot, workflow } = await anAdmin()
    for (let i = 1; i <= 27; i++) await bot.engine.submit(orderOf(workflow, 1, { name: `task number ${i}.` }))
    const namesOn = async (path: string) =>
      (await shownOf(await browse(path))).text.match(/task number \d+\./g) ?? []
    const [first, second] = [await namesOn('/batch'), await namesOn('/batch?page=2')]
    expect([first.length, second.length]).toEqual([25, 2])
    expect(new Set([...first, ...second]).size).toBe(27)
    expect((await shownOf(await browse('/batch'))).text).toContain('Page 1 of 2')
  })

  test('names the chat it came from, and links its thread only where that is an https address', async () => {
    const { browse, bot, workflow } = await anAdmin()
    const place = (link: string) => JSON.stringify({ platform: 'slack', team: 'T', channel: 'C', link })
    for (const link of ['https://acme.slack.com/archives/C/p1', 'javascript:alert(1)']) {
      const task = await bot.engine.submit({ ...orderOf(workflow, 1), ownerKey: 'slack:T:U1' })
      await insertTaskMessage(bot.db, {
        taskId: task.id,
        owner: '{}',
        place: place(link),
        locale: 'en',
        message: null,
      })
    }
    const html = await (await browse('/batch')).text()
    expect(html).toContain('href="https://acme.slack.com/archives/C/p1"')
    expect(html).not.toContain('href="javascript:')
  })

  test('offers nothing to change to who may only look', async () => {
    const { browse, submit } = await anAdmin()
    const { id } = await submit(2)
    for (const path of ['/batch', `/batch/${id}`]) {
      const html = await (await browse(path, { as: 'viewer' })).text()
      expect(html).toContain('<main')
      expect(html).not.toContain('/pause')
      expect(html).not.toContain('/batch/new')
    }
  })

  test('as a piece is sent once, and again only when it has changed', async () => {
    const { browse, submit, bot } = await anAdmin()
    const { id } = await submit(2)
    const piece = { headers: { 'hx-request': 'true', 'hx-request-type': 'partial' } }
    const first = await browse(`/batch/${id}/live`, piece)
    expect(await first.text()).not.toContain('<html')
    const tag = first.headers.get('hx-ptag') ?? ''
    const again = await browse(`/batch/${id}/live`, { headers: { ...piece.headers, 'hx-ptag': tag } })
    expect(again.status).toBe(304)
    await bot.engine.pause(id, 'Mei')
    // Who has changed it sees that at once; others once what they share is not fresh any more.
    await browse(`/batch/${id}/resume`, { method: 'POST', body: new URLSearchParams() })
    const changed = await browse(`/batch/${id}/live`, { headers: { ...piece.headers, 'hx-ptag': tag } })
    expect([200, 304]).toContain(changed.status)
  })

  test('is Chinese where the browser prefers that, and stays as chosen', async () => {
    const { browse } = await anAdmin()
    const chinese = await browse('/batch', { headers: { 'accept-language': 'fr;q=0.9, zh-CN;q=0.8' } })
    expect(await chinese.text()).toContain('<html lang="zh-CN"')
    const chosen = await browse('/preferences', {
      method: 'POST',
      body: new URLSearchParams({ lang: 'en', theme: 'dark', back: '/batch?state=failed' }),
    })
    expect(chosen.headers.get('location')).toBe('/batch?state=failed')
    expect(chosen.headers.getSetCookie().map((cookie) => cookie.split(';')[0])).toEqual([
      'rowbot_lang=en',
      'rowbot_theme=dark',
    ])
  })

  test('is in the Chinese of Taiwan for whoever reads that, also in Hong Kong', async () => {
    const { browse, submit } = await anAdmin()
    await submit(2)
    for (const tag of ['zh-TW', 'zh-Hant-HK', 'zh-HK']) {
      const html = await (
        await browse('/batch', { headers: { 'accept-language': `${tag},en;q=0.5` } })
      ).text()
      expect(html).toContain('<html lang="zh-Hant-TW"')
      expect(html).toContain('建立任務')
      expect(html).toMatch(/title="繁體中文"[^>]*aria-pressed="true"/)
    }
  })
})
