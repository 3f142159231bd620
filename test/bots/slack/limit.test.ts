import { expect, test } from 'bun:test'
import { setPerTask } from '../../../src/db/workflows/workflows.ts'
import { parseLimit } from '../../../src/engine/limits.ts'
import { saysOf } from '../../support/slack/message.ts'
import { aRowbotInSlack, throughTheSteps, under } from '../../support/slack/whole.ts'

const LINES = Array.from({ length: 30 }, (_, i) => `Kettle ${i},hot ${i}`)
const PRODUCTS = new TextEncoder().encode(['Name,Key features', ...LINES].join('\n'))

/** A row of the sandbox's copywriter costs about 0.00004 USD. */
test('a task pauses at its limit, calls its owner once, and one click lets it go on to its end', async () => {
  const { mei, bot, workflow } = await aRowbotInSlack()
  await setPerTask(bot.db, workflow.id, parseLimit('0.0008 USD'))
  const root = await mei.mention(mei.channel('merch'), PRODUCTS, 'products.csv')
  await throughTheSteps(mei, root)
  await under(mei, root, 'has paused and needs you')
  await mei.click(await under(mei, root, ' · paused'), '+$0.0008')
  await under(mei, root, '.results.')
  const calls = (await mei.thread(root.channel, root.ts)).filter((one) =>
    saysOf(one).includes('has paused and needs you'),
  )
  expect(calls).toHaveLength(1)
})
