import { textAt } from '../../../src/bots/json-path.ts'
import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { type Person, personKey } from '../../../src/messages/people.ts'
import { orderOf, until } from '../../support/bot.ts'
import { BOT_TOKEN } from '../../support/slack/emulated.ts'
import { buttonsOf, type Message, saysOf } from '../../support/slack/message.ts'
import { said } from '../../support/slack/notices.ts'
import { TEAM } from '../../support/slack/person-wire.ts'
import { Tiers } from '../../support/slack/tiers.ts'
import { aRowbotInSlack, under } from '../../support/slack/whole.ts'
import { largeXlsx } from '../../workbook/support/xlsx.ts'

export interface Busyness {
  tasks: number
  channels: number
  /** of each task */
  rows: number
  rowMs: number
  /** what is waited for, and Slack’s minute, is so much shorter; a click is as fast as it is */
  faster: number
  /** of the workbook that is read meanwhile */
  sheetRows: number
  clicks: number
}

/** Times in milliseconds, of each click until the message shows what it did. */
export interface BusyMeasures {
  clickMs: number[]
  /** background edits in the busiest minute */
  mostEdits: number
  edits: number
  /** calls that were answered with a 429, by method */
  tooMany: string[]
  /** clicks of which the workbook was not yet read */
  duringRead: number
  /** results that are seen, once each */
  results: number
  completed: number
}

/**
 * Tasks run in many channels, people click on their cards, and somebody sends a large workbook.
 * @param stopwatch starts one, which tells the milliseconds since
 */
export async function aBusySlack(busy: Busyness, stopwatch = timeSince): Promise<BusyMeasures> {
  const { faster } = busy
  const large = largeXlsx(busy.sheetRows) // made before anything is measured
  const { slack, bot, workflow, mei, jo } = await aRowbotInSlack({
    delayMs: busy.rowMs,
    faster,
    limit: 10,
  })
  const person: Person = { platform: 'slack', team: TEAM, id: mei.id, name: 'mei', roles: [] }
  const channels: string[] = []
  for (let i = 0; i < busy.channels; i++) {
    const made = await slack.as(mei.token, 'conversations.create', { name: `busy-${i}` })
    const channel = textAt(made, 'channel', 'id')
    await slack.as(BOT_TOKEN, 'conversations.join', { channel })
    channels.push(channel)
  }
  slack.tiers = new Tiers(faster)

  const roots: { channel: string; ts: string; name: string }[] = []
  for (let i = 0; i < busy.tasks; i++) {
    const channel = channels[i % channels.length] ?? ''
    const root = await mei.say(channel, `task ${i}`)
    const name = `busy-task-${i}`
    const order = orderOf(workflow, busy.rows, { name })
    const { id } = await bot.engine.submit({ ...order, ownerKey: personKey(person) })
    const place = { platform: 'slack', team: TEAM, channel, thread: root.ts }
    const [owner, where] = [JSON.stringify(person), JSON.stringify(place)]
    await insertTaskMessage(bot.db, { taskId: id, owner, place: where, locale: 'en', message: null })
    roots.push({ channel, ts: root.ts, name })
  }
  const cardOf = (root: (typeof roots)[number]) => under(mei, root, root.name)

  const huge = await jo.drop(large, 'large.xlsx')
  const isRead = () =>
    slack
      .done('chat.update')
      .some(({ args }) => args['channel'] === huge.channel && said(args).includes('of 4'))
  const clickMs: number[] = []
  let duringRead = 0
  for (let i = 0; i < busy.clicks; i++) {
    const card = await cardOf(roots[i % roots.length] ?? { channel: '', ts: '', name: '' })
    const label = buttonsOf(card).find((one) => one === 'Pause' || one === 'Resume')
    if (!label) continue
    if (!isRead()) duringRead += 1
    clickMs.push(await answered(card, label))
  }

  /** Until the message shows it, or the person is told why not: that the task is over, say. */
  async function answered(card: Message, label: string): Promise<number> {
    const answers = () => slack.urls.replaced.length + slack.done('chat.postEphemeral').length
    const before = answers()
    const ms = stopwatch()
    await mei.click(card, label)
    await until(answers, (now) => now > before)
    return ms()
  }

  await until(
    async () => {
      const all = await listTasks(bot.db)
      for (const { status, id } of all) if (status === 'paused') await bot.engine.resume(id, 'mei')
      return all
    },
    (all) => all.every(({ status }) => status === 'completed'),
  )
  let results = 0
  for (const root of roots) {
    await under(mei, root, '.results.xlsx')
    const thread = await mei.thread(root.channel, root.ts)
    results += thread.filter(({ files }) => files.some(({ name }) => name.endsWith('.results.xlsx'))).length
  }
  let completed = 0
  for (const root of roots) {
    await until(
      () => cardOf(root),
      (card) => saysOf(card).includes('completed'),
    )
    completed += 1
  }
  const edits = slack.calls.filter(
    ({ method, args }) => method === 'chat.update' && args['channel'] !== huge.channel,
  )
  // A call may take a while to arrive: what was sent within a minute may arrive within less, on a busy machine.
  const minute = (60_000 / faster) * (faster > 1 ? 0.8 : 1)
  const within = ({ at }: { at: number }) =>
    edits.filter((other) => other.at >= at && other.at < at + minute).length
  return {
    clickMs,
    mostEdits: Math.max(0, ...edits.map(within)),
    edits: edits.length,
    tooMany: slack.calls.filter(({ isTooFast }) => isTooFast).map(({ method }) => method),
    duringRead,
    results,
    completed,
  }
}

function timeSince(): () => number {
  const began = performance.now()
  return () => performance.now() - began
}
