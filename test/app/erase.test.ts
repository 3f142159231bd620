import { expect, test } from 'bun:test'
import { exportAudit } from '../../src/app/audit-export.ts'
import { changeMonthLimit } from '../../src/app/usage.ts'
import { parseMonthLimit } from '../../src/engine/month-limit.ts'
import { erase } from '../../src/app/erase.ts'
import { exportPerson } from '../../src/app/export-person.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listUsage } from '../../src/db/usage/usage-report.ts'
import type { Actor } from '../../src/app/actor.ts'
import { aBot, orderOf, SETUP } from '../support/bot.ts'

const MEI = 'slack:T1:U_MEI'
const JO = 'slack:T1:U_JO'
const BOSS: Actor = { ...SETUP, name: 'boss' }

/** Mei and Jo have each run two rows in Slack, which has left traces everywhere. */
async function aCast() {
  const cast = await aBot()
  const { bot, workflow } = cast
  const ran = async (name: string, key: string) => {
    const actor: Actor = { face: 'slack', name, role: 'member', key }
    const order = orderOf(workflow, 2, {}, (row) => `secret of ${name} ${row}`)
    return bot.engineFor(actor).submit({ ...order, owner: name, ownerKey: key })
  }
  const mei = await ran('Mei', MEI)
  const jo = await ran('Jo', JO)
  bot.startRunner()
  for (const { id } of [mei, jo]) await cast.ended(id)
  const at = Date.now()
  await bot.db
    .insertInto('drafts')
    .values({
      id: 'd1',
      source: 's1',
      owner_key: MEI,
      owner: JSON.stringify({ name: 'Mei' }),
      place: '{}',
      locale: 'en',
      status: 'cancelled',
      nonce: 'n',
      revision: 0,
      file_name: 'mine.xlsx',
      upload_id: null,
      state: '{"step":"workflow"}',
      message: null,
      task_id: null,
      created_at: at,
      expires_at: at,
    })
    .execute()
  await bot.db
    .insertInto('result_links')
    .values({
      id: 'l',
      task_id: jo.id,
      person_key: MEI,
      person_name: 'Mei',
      token_hash: 'h',
      made_at: at,
      ends_at: at,
    })
    .execute()
  /** every text in the database */
  const everything = async () => {
    let text = ''
    for (const { name, schema } of await bot.db.introspection.getTables()) {
      if (schema !== undefined && schema !== 'public') continue // the queue’s own
      // Any table: the names come from the database itself.
      const rows = await bot.db
        .selectFrom(name as 'drafts')
        .selectAll()
        .execute()
      text += JSON.stringify(rows, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      )
    }
    return text
  }
  return { ...cast, mei, jo, everything }
}

test('of a person who was erased nothing is left but what was spent, and the receipt says how much went', async () => {
  const { bot, mei, jo, everything, find } = await aCast()
  expect(await everything()).toContain('secret of Mei')
  // What an admin did for her names her, too.
  await changeMonthLimit(bot, BOSS, { of: 'person', subject: MEI }, parseMonthLimit('5 USD') ?? null)
  await Array.fromAsync(await exportPerson(bot, BOSS, MEI))
  const receipt = await erase(bot, BOSS, 'person', 'mei')
  expect(receipt).toMatchObject({
    what: 'person',
    subject: 'mei',
    by: 'boss',
    erased: { tasks: 1, rows: 2, drafts: 1, links: 1, usage: 1 },
  })
  const left = await everything()
  for (const trace of ['Mei', MEI, 'secret of Mei', mei.id + '.']) expect(left).not.toContain(trace)
  expect(left).toContain('secret of Jo')
  expect((await find(jo.id)).counts.succeeded).toBe(2)
  const usage = await listUsage(bot.db)
  expect(
    usage.map(({ person, rows }) => [person, rows]).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  ).toEqual([
    ['Jo', 2],
    [receipt.id, 2],
  ])
  const { entries } = await listAudit(bot.db, { action: 'data.erase' })
  expect(entries).toMatchObject([{ who: 'boss', target: receipt.id, details: { what: 'person', tasks: 1 } }])
  await expect(erase(bot, BOSS, 'person', MEI)).rejects.toThrow('Nobody called')
})

test('nothing is erased while a task of it may run, nor by somebody who is no admin', async () => {
  const { bot, mei, everything, find } = await aCast()
  await bot.stopRunner(0)
  await bot.db.updateTable('batch_tasks').set({ status: 'pending' }).where('id', '=', mei.id).execute()
  const before = await everything()
  for (const [what, subject] of [
    ['task', mei.id],
    ['person', MEI],
    ['workflow', (await find(mei.id)).workflowId],
  ] as const)
    await expect(erase(bot, BOSS, what, subject)).rejects.toThrow('Nothing was erased: a task')
  const member: Actor = { face: 'slack', name: 'Mei', role: 'member', key: MEI }
  await expect(erase(bot, member, 'task', mei.id)).rejects.toThrow('Only admins')
  await expect(exportPerson(bot, member, MEI)).rejects.toThrow('Only admins')
  expect(await everything()).toBe(before)
})

test('a workflow goes with its tasks, and a task alone without those of others', async () => {
  const { bot, mei, jo, workflow, everything } = await aCast()
  const one = await erase(bot, BOSS, 'task', mei.id)
  expect(one.erased).toMatchObject({ tasks: 1, rows: 2 })
  expect(await everything()).not.toContain('secret of Mei')
  const all = await erase(bot, BOSS, 'workflow', workflow.id)
  expect(all.erased).toMatchObject({ tasks: 1, workflows: 1 })
  const left = await everything()
  for (const trace of ['secret of Jo', workflow.name]) expect(left).not.toContain(trace)
  expect(
    (await listAudit(bot.db, { target: jo.id })).entries.map(({ action, details }) => [action, details]),
  ).toEqual([['task.create', null]])
})

test('what is kept of a person is exported whole, without what is another’s, and the audit says so', async () => {
  const { bot, mei } = await aCast()
  const text = (await Array.fromAsync(await exportPerson(bot, BOSS, 'Mei'))).join('')
  const json = JSON.parse(text) as Record<string, unknown[]>
  expect(json).toMatchObject({
    person: MEI,
    names: ['Mei'],
    tasks: [{ id: mei.id, rows: [{ row_number: 2 }, { row_number: 3 }] }],
    drafts: [{ id: 'd1' }],
    links: [{ id: 'l' }],
    usage: [{ rows: 2 }],
    audit: [{ action: 'task.create' }],
  })
  expect(text).toContain('secret of Mei')
  expect(text).not.toContain('secret of Jo')
  expect(text).not.toContain('nonce')
  expect((await listAudit(bot.db, { action: 'data.export' })).total).toBe(1)
})

test('the audit is exported in parts, oldest first, for a time range, and no cell is a formula', async () => {
  const { bot } = await aBot()
  const line = { role: 'admin', face: 'page', action: 'sign-in' }
  for (let i = 0; i < 1_100; i++)
    await bot.db
      .insertInto('audit_log')
      .values({ ...line, who: i === 1_050 ? '=cmd()' : 'mei', at: i })
      .execute()
  const parts = await Array.fromAsync(exportAudit(bot.db, 'jsonl', { since: 10, until: 1_090 }))
  expect(parts).toHaveLength(2)
  const lines = parts.join('').trimEnd().split('\n')
  expect(lines).toHaveLength(1_080)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ at: '1970-01-01T00:00:00.010Z', who: 'mei' })
  const csv = (await Array.fromAsync(exportAudit(bot.db, 'csv', {}))).join('')
  expect(csv).toContain("'=cmd()")
  expect(csv.trimEnd().split('\r\n')).toHaveLength(1_101)
})

test('while many rows are erased others come in between', async () => {
  const { bot, submit } = await aBot()
  const { id } = await submit(1_000)
  await bot.db.updateTable('batch_tasks').set({ status: 'cancelled' }).where('id', '=', id).execute()
  let turns = 0
  const counting = setInterval(() => turns++, 1)
  const { erased } = await erase(bot, BOSS, 'task', id)
  clearInterval(counting)
  expect(erased).toMatchObject({ rows: 1_000, tasks: 1 })
  expect(turns).toBeGreaterThan(2)
})
