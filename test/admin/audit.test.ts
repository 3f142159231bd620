import { expect, test } from 'bun:test'
import { insertAudit, listAudit } from '../../src/db/tasks/audit.ts'
import { anAdmin, form } from './support/admin.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'
import { shownOf } from './support/shown.ts'

test('who signs in and out is kept, by the name they gave; a wrong token is not', async () => {
  const { browse, bot, signIn } = await anAdmin()
  await signIn('wrong', 'Mallory')
  const out = await browse('/sign-out', form({}))
  expect(out.headers.get('location')).toBe('/sign-in')
  const { entries } = await listAudit(bot.db)
  expect(entries.map(({ who, role, action }) => [who, role, action])).toEqual([
    ['Mei', 'admin', 'sign-out'],
    ['Jo', 'viewer', 'sign-in'],
    ['Mei', 'admin', 'sign-in'],
  ])
})

test('a task that is made by the four steps is kept once, by who started it', async () => {
  const { browse, bot } = await anAdmin()
  const visit = new TaskVisit(browse)
  await visit.send(csvFile('Name,Key features\nKettle,hot\n'))
  for (const label of ['Next', 'Next', 'Next', 'Start']) await visit.press(label)
  const id = visit.response.headers.get('location')?.replace('/batch/', '')
  const { entries } = await listAudit(bot.db, { action: 'task.create' })
  expect(entries).toEqual([
    {
      id: expect.any(Number),
      at: expect.any(Number),
      who: 'Mei',
      role: 'admin',
      face: 'page',
      action: 'task.create',
      target: id ?? '',
      details: { task: 'products · Product copywriter', rows: 1, allRows: ['tone = formal (default)'] },
    },
  ])
})

test('what was done anywhere is shown with where it was, and by itself when asked for', async () => {
  const { browse, bot } = await anAdmin()
  const faces = ['slack', 'discord', 'cli', 'config']
  for (const face of faces)
    await insertAudit(bot.db, {
      at: 1,
      who: `From ${face}`,
      role: face === 'slack' || face === 'discord' ? 'member' : 'admin',
      face,
      action: 'task.pause',
      target: 'k7f2',
      details: { task: 'products', person: 'slack:T1:U1' },
    })
  const all = (await shownOf(await browse('/audit'))).text.replaceAll(/\s+/g, ' ')
  for (const shown of [
    'From slack Slack',
    'From discord Discord',
    'From cli admin · command line',
    'From config admin · settings',
    'id slack:T1:U1',
  ])
    expect(all.replaceAll(/[\u2066-\u2069]/g, '')).toContain(shown)
  const { text } = await shownOf(await browse('/audit?face=discord'))
  expect(text).toContain('From discord')
  for (const face of ['slack', 'cli', 'config']) expect(text).not.toContain(`From ${face}`)
  expect((await shownOf(await browse('/audit?face=nowhere'))).text).toContain('No entry matches')
})

test('each act on a workflow is kept with what it was', async () => {
  const { browse, bot, workflow } = await anAdmin()
  const act = (name: string, fields: Record<string, string> = {}) =>
    browse(`/workflows/${workflow.id}/${name}`, form(fields))
  await act('sync')
  await act('check')
  await act('key', { apiKey: 'app-sandbox-product-copywriter' })
  await act('limit', { limit: '3' })
  await act('disable')
  await act('enable')
  await act('access', { who: 'only', users: 'U1' })
  await act('remove')
  const { entries } = await listAudit(bot.db, { target: workflow.id })
  const named = { workflow: 'Product copywriter' }
  expect(entries.map(({ action, details }) => [action, details]).toReversed()).toEqual([
    ['workflow.sync', named],
    ['workflow.key', named],
    ['workflow.limit', { ...named, from: 10, to: 3 }],
    ['workflow.disable', named],
    ['workflow.enable', named],
    ['workflow.access', { ...named, users: ['U1'], channels: [], roles: [] }],
    ['workflow.remove', named],
  ])
  expect(entries.every(({ who, face }) => who === 'Mei' && face === 'page')).toBe(true)
})

test('what was refused is not kept as done', async () => {
  const { browse, bot, workflow } = await anAdmin()
  await browse(`/workflows/${workflow.id}/key`, form({ apiKey: 'app-wrong' }))
  await browse(`/workflows/${workflow.id}/limit`, form({ limit: '0' }))
  expect((await listAudit(bot.db, { target: workflow.id })).entries).toEqual([])
})

test('an entry leads to what it was done to, while that is there', async () => {
  const { browse, bot, workflow } = await anAdmin()
  const entry = { at: Date.now(), who: 'API', role: 'admin', face: 'api' as const }
  await insertAudit(bot.db, { ...entry, action: 'task.stop', target: 'k7f2', details: { task: 'products' } })
  await insertAudit(bot.db, { ...entry, action: 'task.delete', target: 'gone', details: { task: 'old' } })
  await insertAudit(bot.db, { ...entry, action: 'workflow.limit', target: workflow.id })
  await insertAudit(bot.db, { ...entry, action: 'workflow.remove', target: 'gone-too' })
  const { text, elements } = await shownOf(await browse('/audit', { as: 'viewer' }))
  const links = elements.flatMap(({ attributes }) => attributes['href'] ?? [])
  expect(links).toContain('/batch/k7f2')
  expect(links).toContain(`/workflows/${workflow.id}`)
  expect(links.filter((link) => link.includes('gone'))).toEqual([])
  expect(text).toContain('Task stopped')
  expect(text).toContain('admin · API')
})

test('entries are paged and filtered, newest first', async () => {
  const { browse, bot } = await anAdmin()
  for (let i = 1; i <= 60; i++)
    await insertAudit(bot.db, {
      at: i,
      who: i === 7 ? 'Ada' : 'Bo',
      role: 'admin',
      face: 'page',
      action: i % 2 === 0 ? 'task.pause' : 'task.resume',
      target: `t${i}`,
    })
  const targets = async (path: string) =>
    (await shownOf(await browse(path))).elements
      .flatMap(({ attributes }) => attributes['href'] ?? [])
      .flatMap((href) => /^\/batch\/(t\d+)$/.exec(href)?.[1] ?? [])
  const first = await targets('/audit')
  expect(first.slice(0, 2)).toEqual(['t60', 't59'])
  expect(first).toHaveLength(50)
  const second = await targets('/audit?page=2')
  expect(second.at(-1)).toBe('t1')
  expect(await targets('/audit?page=99')).toEqual(second)
  expect(await targets('/audit?who=Ada')).toEqual(['t7'])
  expect((await targets('/audit?action=task.pause')).length).toBe(30)
  expect((await shownOf(await browse('/audit?who=Nobody'))).text).toContain('No entry matches')
})

test('what somebody calls themselves, and an action nobody knows, are inert', async () => {
  const { browse, bot } = await anAdmin()
  const evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>\u202E'
  await insertAudit(bot.db, {
    at: 1,
    who: evil,
    role: 'admin',
    face: 'page',
    action: `workflow.${evil}`,
    target: evil,
    details: { [evil]: evil, __proto__: 'x', constructor: 1 },
  })
  for (const path of ['/audit', `/audit?${new URLSearchParams({ who: evil }).toString()}`]) {
    const { text, elements } = await shownOf(await browse(path))
    expect(text).toContain('<script>alert(1)</script>')
    expect(text).not.toContain('\u202E')
    expect(text).not.toContain('native code')
    expect(elements.filter(({ name, attributes }) => name === 'img' || 'onerror' in attributes)).toEqual([])
    expect(elements.filter(({ name, attributes }) => name === 'script' && !attributes['src'])).toEqual([])
  }
})
