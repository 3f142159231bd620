import { expect, test } from 'bun:test'
import type { Person } from '../../../src/messages/people.ts'
import { TEAM } from '../../support/slack/person-wire.ts'
import { toldTo } from '../../support/slack/notices.ts'
import { buttonsOf, type Message, saysOf } from '../../support/slack/message.ts'
import type { SlackPerson } from '../../support/slack/person.ts'
import { aRowbotInSlack, restart, under } from '../../support/slack/whole.ts'
import { askingTask } from '../support/questions.ts'
import { orderOf, withWorkflow } from '../../support/bot.ts'
import type { Actor } from '../../../src/app/actor.ts'
import { answerForm } from '../../../src/app/answer-form.ts'
import { resumeTask, stopTask } from '../../../src/app/tasks.ts'
import { listWaitingForms } from '../../../src/app/waiting-rows.ts'
import { submitComparison } from '../../../src/app/comparison.ts'
import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'

/** Mei’s task, in a thread of a channel that Jo reads, too. */
async function aTaskThatAsks(more: Omit<Parameters<typeof askingTask>[2], 'owner' | 'place'> = {}) {
  const cast = await aRowbotInSlack()
  const { bot, workflow, mei } = cast
  const root = await mei.say(mei.channel('merch'), 'replies, please')
  const owner: Person = { platform: 'slack', team: TEAM, id: mei.id, name: 'mei', roles: [] }
  const place = { platform: 'slack' as const, team: TEAM, channel: root.channel, thread: root.ts }
  const id = await askingTask(bot, workflow, { owner, place, ...more })
  const card = await under(mei, root, `of ${more.rows ?? 3} wait for an answer`)
  /** The card as it stands, once it says so. */
  const says = (words: string) => under(mei, root, words)
  const cards = async () =>
    (await mei.thread(root.channel, root.ts)).filter((one) => /answer/.test(titleOf(one)))
  return { ...cast, root, id, card, says, cards }
}

function titleOf(message: Message): string {
  return saysOf(message).split('\n')[0] ?? ''
}

/** What only this person was told. */
async function toldPrivately({ slack, id }: SlackPerson, words: string): Promise<string> {
  const told = await slack.until(
    () => toldTo(slack, id).find((text) => text.includes(words)),
    (one) => one !== undefined,
  )
  return told ?? ''
}

test('three rows are answered one after the other in one card, which mentions the owner and says who answered what', async () => {
  const { mei, card, says, cards, ended, id, sandbox, bot } = await aTaskThatAsks()
  expect(saysOf(card)).toContain(`@${mei.id}`)
  expect(saysOf(card)).toContain('The sandbox was told to wait for a person.')
  expect(titleOf(card)).toBe('replies: 1 of 3 wait for an answer · row 2')
  expect(buttonsOf(card)).toEqual(['Approve', 'Reject', 'Let others answer'])
  await mei.click(card, 'Approve')
  const second = await says('2 of 3 wait for an answer · row 3')
  expect(saysOf(second)).toContain('Row 2: Approve, by mei')
  await mei.click(second, 'Reject')
  await mei.click(await says('row 4'), 'Approve')
  await says('3 answers given')
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 3 } })
  expect(await cards()).toHaveLength(1)
  expect(sandbox.answers().map(({ action }) => action)).toEqual(['yes', 'no', 'yes'])
  const acts = await bot.db
    .selectFrom('audit_log')
    .select('face')
    .where('action', '=', 'task.answer')
    .execute()
  expect(acts).toEqual([{ face: 'slack' }, { face: 'slack' }, { face: 'slack' }])
})

test('a form with a field opens in a dialog, and its answer is given to all that ask the same', async () => {
  const { mei, card, says, ended, id, sandbox } = await aTaskThatAsks({ asks: 'form' })
  await mei.click(card, 'Approve')
  const form = await mei.form()
  await mei.submit(form, { f0: 'well done', rows: 'All 3 that ask the same' })
  await says('3 answers given')
  await ended(id)
  expect(sandbox.answers().map(({ action, inputs }) => [action, inputs])).toEqual(
    Array.from({ length: 3 }, () => ['yes', { note: 'well done' }]),
  )
})

test('one choice answers all that ask the same', async () => {
  const { mei, card, says, ended, id, sandbox } = await aTaskThatAsks()
  await mei.choose(card, 'Same answer for all (3)', 'Reject: all 3')
  await says('3 answers given')
  await ended(id)
  expect(sandbox.answers().map(({ action }) => action)).toEqual(['no', 'no', 'no'])
})

test('somebody else may answer only if the owner lets them, and hears who was quicker', async () => {
  const { mei, jo, card, says, sandbox } = await aTaskThatAsks()
  await jo.click(card, 'Approve')
  expect(await toldPrivately(jo, 'Only mei may answer')).toContain('Let others answer')
  expect(sandbox.answers()).toEqual([])
  await jo.click(card, 'Let others answer')
  await toldPrivately(jo, 'Only mei may change who answers')
  await mei.click(card, 'Let others answer')
  await says('Everybody in this conversation may answer.')
  await jo.click(card, 'Approve')
  await says('Row 2: Approve, by jo')
  await mei.click(card, 'Reject')
  await toldPrivately(mei, 'jo has answered row 2 already: Approve.')
  expect(sandbox.answers()).toHaveLength(1)
})

test('of two who click at once, one is sent and the other hears of it', async () => {
  const { mei, jo, card, says, sandbox } = await aTaskThatAsks()
  await mei.click(card, 'Let others answer')
  await says('Everybody')
  await Promise.all([mei.click(card, 'Approve'), jo.click(card, 'Reject')])
  const told = await Promise.race([
    toldPrivately(mei, 'has answered row 2 already'),
    toldPrivately(jo, 'has answered row 2 already'),
  ])
  expect(told).toMatch(/^(jo has answered row 2 already: Reject|mei has answered row 2 already: Approve)/)
  expect(sandbox.answers()).toHaveLength(1)
})

test('the card moves on when somebody answers in Dify itself, and a new one is posted when waiting starts again', async () => {
  const { mei, says, sandbox, cards } = await aTaskThatAsks({ rows: 2 })
  sandbox.answer(sandbox.hits()[0]?.runId ?? '', { action: 'yes', inputs: {} })
  const second = await says('2 of 2 wait')
  await mei.click(second, buttonsOf(second)[0] ?? '')
  expect(saysOf(await says('1 answer given'))).toContain('1 went on without an answer from here')
  expect(await cards()).toHaveLength(1)
})

test('a card says that its task is stopped for as long as it is, also if all is answered right after that', async () => {
  const { bot, id, says, cards, ended, slack } = await aTaskThatAsks({ rows: 2 })
  const admin: Actor = { face: 'page', name: 'Jo', role: 'admin' }
  await stopTask(bot, admin, id)
  await says('The task is stopped.')
  await resumeTask(bot, admin, id)
  await says('of 2 wait for an answer')
  const stopped = async () => (await cards()).filter((one) => saysOf(one).includes('The task is stopped.'))
  await slack.until(stopped, (left) => left.length === 0)
  await stopTask(bot, admin, id)
  await says('The task is stopped.')
  await resumeTask(bot, admin, id)
  const [form] = await slack.until(
    () => listWaitingForms(bot, id),
    (forms) => forms.length === 2,
  )
  await answerForm(bot, admin, { formId: form?.id ?? '', action: 'yes', forAllAlike: true })
  await ended(id)
  await slack.until(stopped, (left) => left.length === 0)
})

test('after a crash between posting the card and storing it, there is still one card', async () => {
  const cast = await aRowbotInSlack()
  const { bot, workflow, mei, slack } = cast
  const root = await mei.say(await mei.directChannel(), 'replies, please') // here the bot may read
  const owner: Person = { platform: 'slack', team: TEAM, id: mei.id, name: 'mei', roles: [] }
  const place = { platform: 'slack' as const, team: TEAM, channel: root.channel, thread: root.ts }
  await askingTask(bot, workflow, { owner, place, rows: 1 })
  await under(mei, root, 'Approval · until')
  await cast.running.stop()
  // As the database is if the process is killed right after Slack has taken the message.
  await bot.db
    .updateTable('question_cards')
    .set({ message: null, shown: null, state: 'sending', try_at: 0 })
    .execute()
  const next = await restart(cast)
  await slack.until(
    () => next.bot.db.selectFrom('question_cards').select('message').executeTakeFirstOrThrow(),
    ({ message }) => message !== null,
  )
  await mei.click(await under(mei, root, 'Approval · until'), 'Approve')
  await under(mei, root, '1 answer given')
  expect(await mei.thread(root.channel, root.ts)).toHaveLength(3) // the question, its task’s card and this
})

test('of two workflows that are compared, a question of the second is asked and answered, too', async () => {
  const { bot, workflow, mei, sandbox, ended } = await aRowbotInSlack()
  const other = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: 'app-sandbox-reply-approval' })
  const root = await mei.say(mei.channel('merch'), 'compare, please')
  const owner = { owner: 'mei', ownerKey: `slack:${TEAM}:${mei.id}` }
  const asks = '[sandbox: paused, only-buttons]'
  const a = { ...orderOf(workflow, 1, { name: 'replies A' }), ...owner }
  const b = {
    ...a,
    ...orderOf(other, 1, { name: 'replies B' }),
    ...owner,
    rows: a.rows.map(({ row, cells }) => ({
      row,
      cells,
      inputs: { customer: 'Ana', message: `${asks} ${row}` },
    })),
  }
  const made = await submitComparison(
    bot,
    { face: 'slack', name: 'mei', role: 'member', key: owner.ownerKey },
    { a, b, count: 0 },
  )
  await insertTaskMessage(bot.db, {
    taskId: made.a.id,
    owner: JSON.stringify({ id: mei.id, name: 'mei' }),
    place: JSON.stringify({ platform: 'slack', team: TEAM, channel: root.channel, thread: root.ts }),
    locale: 'en',
    message: null,
  })
  const card = await under(mei, root, 'replies B: row 2 waits for an answer')
  await mei.click(card, 'Approve')
  await under(mei, root, 'Row 2: Approve, by mei')
  expect(await ended(made.b.id)).toMatchObject({ counts: { succeeded: 1 } })
  await under(mei, root, 'compared on 1 row')
})
