import { expect, test } from 'bun:test'
import { insertDelivery } from '../../../src/db/chats/deliveries.ts'
import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'
import type { Place } from '../../../src/messages/people.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import { asker, lineText, PLACE, textOf } from '../../wizard/support/cast.ts'
import { anOrder } from '../../support/runner-store.ts'
import { aDesk } from '../support/cast.ts'
import { aHand } from '../support/hand.ts'

async function aCast() {
  const cast = await aDesk()
  const hand = aHand(cast.db, cast.clock)
  const workflow = cast.workflows[0]
  if (!workflow) throw new Error('no workflow')
  /** A task that this person has started in a place of the chat. */
  const start = async (name: string, owner: string, place: Partial<Place> = {}) => {
    await cast.clock.pass(1_000)
    const { id } = await cast.engine.submit(
      anOrder(workflow, 5, { parameters: { name }, owner, ownerKey: `slack:T1:U-${owner}` }),
    )
    await insertTaskMessage(cast.db, {
      taskId: id,
      owner: JSON.stringify({ id: `U-${owner}`, name: owner }),
      place: JSON.stringify({ ...PLACE, link: `https://slack.example/${name}`, ...place }),
      locale: 'en',
      message: null,
    })
    return id
  }
  const finish = async (id: string, failed = 0) => {
    const task = await hand.shelf.take(id)
    if (!task) throw new Error('not taken')
    await cast.clock.pass(2_000)
    await hand.settle(task, failed, 'Refused.')
    await hand.settle(task, 99)
    await hand.shelf.complete(task)
  }
  return { ...cast, start, finish }
}

test('the list has the person’s tasks, then those of others in this channel, with their owners’ names', async () => {
  const { overview, start, finish, mei } = await aCast()
  const id = await start('products-q3', 'Mei')
  await finish(await start('faq', 'Jo'), 1)
  await start('elsewhere', 'Jo', { channel: 'C9' })
  await start('secret', 'Jo', { isPrivate: true })
  const list = await overview.list(mei)
  expect(textOf(list).split('\n')).toEqual([
    'Your tasks',
    `${id} · products-q3 · waiting · 0 of 5`,
    'Others’ tasks in this channel',
    expect.stringMatching(/^\w+ · faq · completed · 5 of 5 · 1 failed · 2 s · Jo$/),
  ])
  expect(list.buttons.map(({ label }) => label)).toEqual(['New batch', 'products-q3'])
})

test('a name leads to the task’s thread', async () => {
  const { overview, start, mei } = await aCast()
  await start('products-q3', 'Mei')
  const list = await overview.list(mei)
  expect(list.lines.flat()).toContainEqual({ link: 'products-q3', url: 'https://slack.example/products-q3' })
})

test('an admin’s list has everybody’s tasks, with buttons', async () => {
  const { overview, start } = await aCast()
  await start('elsewhere', 'Jo', { channel: 'C9' })
  const list = await overview.list(asker('boss'))
  expect(textOf(list)).toContain('No tasks yet.')
  expect(textOf(list)).toMatch(/Others’ tasks\n\w+ · elsewhere · waiting · 0 of 5 · Jo/)
  expect(list.buttons.map(({ label }) => label)).toEqual(['New batch', 'elsewhere'])
})

test('what is too much for the list is counted, with the way to the rest', async () => {
  const { overview, start, mei } = await aCast()
  for (let i = 0; i < 11; i++) await start('products', 'Mei')
  for (let i = 0; i < 9; i++) await start('others', 'Jo')
  const list = await overview.list(mei)
  const text = textOf(list)
  expect(text).toContain('… and 3 more on the page')
  expect(text).toContain('… and 1 more on the page')
  expect(list.lines.flat()).toContainEqual({ link: 'the page', url: 'https://rowbot.example/batch' })
  // Of the same name: told apart by their ids.
  expect(list.buttons[1]?.label).toMatch(/^\w+ · products$/)
})

test('on the home tab a newcomer reads three steps, and what to type', async () => {
  const { desk: handlers, mei } = await aCast()
  const [home, ...more] = await handlers.home(mei)
  expect(more).toEqual([])
  expect(home?.lines).toHaveLength(3)
  expect(home?.lines.map(lineText).join('\n')).toContain('/batch help')
  expect(home?.buttons.map(({ label }) => label)).toEqual(['New batch'])
})

test('the home tab has my tasks with their buttons, what waits for me, and recent results; nobody else’s', async () => {
  const { desk: handlers, start, finish, mei, db, find } = await aCast()
  await start('others', 'Jo')
  const done = await start('faq', 'Mei')
  await finish(done, 1)
  await start('products-q3', 'Mei')
  const { finishedAt } = await find(done)
  await insertDelivery(db, { task_id: done, what: 'result', task_end: finishedAt ?? 0, state: 'waiting' }, 0)
  const home = await handlers.home(mei)
  const shown = home.map((card) => [textOf(card).split('\n')[0], card.buttons.map(({ label }) => label)])
  expect(shown).toEqual([
    ['Your tasks', ['New batch']],
    ['products-q3 · waiting', ['Pause', 'Stop']],
    ['Waiting for you', []],
    [expect.stringContaining('The result of faq waits for you'), ['Results']],
    ['Recent results', []],
    [
      expect.stringContaining('faq · completed · 5 of 5 · 1 failed · 2 s'),
      ['Retry failed (1)', 'Results again', 'Open the page'],
    ],
  ])
})

test('however many tasks a person has, the home tab says how many more there are', async () => {
  const { desk: handlers, start, mei } = await aCast()
  for (let i = 0; i < 13; i++) await start(`products-${i}`, 'Mei')
  const home = await handlers.home(mei)
  expect(home).toHaveLength(12)
  expect(textOf(home[11] ?? home[0] ?? { title: '', lines: [], selects: [], buttons: [] })).toBe(
    '… and 3 more on the page',
  )
})

test('the card that a list opens works, also for a task that was not started in a chat', async () => {
  const { desk: handlers, mei, db, find, start } = await aCast()
  const id = await start('from-the-page', 'Mei')
  await db.deleteFrom('task_messages').where('task_id', '=', id).execute()
  const shown: string[] = []
  const show = (prompt: Prompt) => {
    shown.push(textOf(prompt))
    return Promise.resolve(true)
  }
  await handlers.click(mei, `task:${id}:pause`, [], () => Promise.resolve(), { id: 'm1', show })
  expect(shown).toEqual([expect.stringMatching(/^from-the-page · paused\n/)])
  expect(await find(id)).toMatchObject({ status: 'paused' })
})
