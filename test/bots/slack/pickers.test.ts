import { expect, test } from 'bun:test'
import { listAt, textAt } from '../../../src/bots/json-path.ts'
import { SlackBot } from '../../../src/bots/slack/app.ts'
import { setAccess } from '../../../src/db/workflows/access.ts'
import { later, until } from '../../support/bot.ts'
import { addCopies, OTHER_INPUTS } from '../../support/many-workflows.ts'
import { buttonsOf, elementsOf, saysOf } from '../../support/slack/message.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { RecordingDesk } from '../../support/slack/recording-handlers.ts'
import { aSlack, aSlackBot, botOptions, Logged } from '../../support/slack/rig.ts'
import { aRowbotInSlack, SAMPLE, under } from '../../support/slack/whole.ts'

const labelOf = (option: unknown) => textAt(option, 'text', 'text')

async function atTheFirstStep() {
  const cast = await aRowbotInSlack()
  await addCopies(cast.bot.db, 229, (i) => ({
    variables: OTHER_INPUTS,
    ...(i === 17 && { name: '产品翻译', description: 'Translates products' }),
    ...(i > 200 && { name: 'Translate' }),
    ...(i === 228 && { name: 'Translate', mode: 'advanced-chat' as const }),
  }))
  const message = await cast.mei.mention(cast.mei.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  const step = await under(cast.mei, message, '1 of 4')
  return { ...cast, message, step }
}

test('of 230 workflows, what is typed finds one, and choosing it shows it as chosen', async () => {
  const { mei, message, step } = await atTheFirstStep()
  const [select] = elementsOf(step)
  expect(textAt(select, 'type')).toBe('external_select')
  expect(labelOf(Object(select).initial_option)).toBe('Product copywriter')
  expect((await mei.suggestions(step, 'Workflow', 'translates PROD')).map(labelOf)).toEqual(['产品翻译'])
  await mei.choose(step, 'Workflow', '产品翻译')
  const chosen = await until(
    () => under(mei, message, '1 of 4'),
    (now) => saysOf(now).includes('产品翻译'),
  )
  expect(labelOf(Object(elementsOf(chosen)[0]).initial_option)).toBe('产品翻译')
})

test('before anything is typed there are groups, the fitting one first, and a hundred in all', async () => {
  const { mei, step } = await atTheFirstStep()
  const groups = listAt(await mei.suggested(step, 'Workflow', ''), 'option_groups')
  expect(
    groups.map((group) => `${textAt(group, 'label', 'text')}: ${listAt(group, 'options').length}`),
  ).toEqual(['Fits your columns: 1', 'All: 99'])
})

test('those of one name are told apart, by the shortest difference', async () => {
  const { mei, step } = await atTheFirstStep()
  const found = (await mei.suggestions(step, 'Workflow', 'translate chatflow')).map(labelOf)
  expect(found).toEqual(['Translate · chatflow'])
})

test('nobody is offered the workflows of another’s wizard, nor those that they may not use', async () => {
  const { mei, jo, bot, step } = await atTheFirstStep()
  expect(await jo.suggestions(step, 'Workflow', 'flow')).toEqual([])
  expect((await mei.suggestions(step, 'Workflow', '翻译')).map(labelOf)).toEqual(['产品翻译'])
  await setAccess(bot.db, 'w17', { users: ['U-SOMEBODY'], channels: [], roles: [] })
  expect(await mei.suggestions(step, 'Workflow', '翻译')).toEqual([])
})

test('nothing is offered any more where the wizard is past that step', async () => {
  const { mei, message, step } = await atTheFirstStep()
  await mei.click(step, 'Next')
  await under(mei, message, '2 of 4')
  expect(await mei.suggestions(step, 'Workflow', 'flow')).toEqual([])
})

test('where typing into the select finds nothing, the form of the Search… button does', async () => {
  const { mei, message, step } = await atTheFirstStep()
  expect(buttonsOf(step)).toContain('Search…')
  await mei.click(step, 'Search…')
  await mei.submit(await mei.form(), { search: 'flow 1' })
  const found = await until(
    () => under(mei, message, '1 of 4'),
    (now) => saysOf(now).includes('match “flow 1”'),
  )
  const offered = (await mei.suggestions(found, 'Workflow', '')).map(labelOf)
  expect(offered).toContain('Flow 10')
  expect(offered).not.toContain('Flow 20')
})

test('a list that fits is there at once, and Slack is not asked to ask', async () => {
  const { mei } = await aRowbotInSlack()
  const message = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  const step = await under(mei, message, '1 of 4')
  expect(textAt(elementsOf(step)[0], 'type')).toBe('static_select')
  expect(buttonsOf(step)).not.toContain('Search…')
})

const OPTIONS = [
  { value: 'a', label: 'A', group: 'Recent' },
  { value: 'b', label: 'B'.repeat(200), description: 'd'.repeat(200), group: 'All' },
]

test('options that cannot be found are none, and the log says why', async () => {
  const { desk, mei, log } = await aSlackBot()
  const step = {
    ...(await mei.say(mei.channel('merch'), 'x')),
    blocks: [{ type: 'actions', elements: [SELECT] }],
  }
  desk.onSuggest = async () => OPTIONS
  expect(await mei.suggestions(step, 'Workflow', 'b')).toHaveLength(2)
  expect(desk.typed[0]).toMatchObject({
    id: 'draft:d:n:workflow',
    typed: 'b',
    asker: { person: { id: mei.id } },
  })
  desk.onSuggest = async () => {
    throw new Error('no database')
  }
  expect(await mei.suggestions(step, 'Workflow', 'b')).toEqual([])
  expect(log.lines.map(({ message }) => message)).toEqual(['the options of a select could not be found'])
})

test('options are answered over HTTP just the same', async () => {
  const slack = await aSlack()
  const { appToken: _, ...options } = botOptions(slack, new Logged(), { signingSecrets: ['s'] })
  const bot = new SlackBot(options)
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => bot.handle(request) })
  later(() => bot.stop(0))
  later(() => server.stop(true))
  const desk = new RecordingDesk()
  desk.onSuggest = async () => OPTIONS
  await bot.start(desk)
  slack.http = { url: `http://127.0.0.1:${server.port}/slack/events`, secret: 's' }
  const mei = new SlackPerson(slack, 'mei')
  const step = {
    ...(await mei.say(mei.channel('merch'), 'x')),
    blocks: [{ type: 'actions', elements: [SELECT] }],
  }
  const answer = await mei.suggested(step, 'Workflow', '')
  expect(listAt(answer, 'option_groups').map((group) => textAt(group, 'label', 'text'))).toEqual([
    'Recent',
    'All',
  ])
})

const SELECT = {
  type: 'external_select',
  action_id: 'draft:d:n:workflow',
  placeholder: { type: 'plain_text', text: 'Workflow' },
}
