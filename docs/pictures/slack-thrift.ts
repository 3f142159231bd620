import { setDefaultTimeout, test } from 'bun:test'
import { setPerTask } from '../../src/db/workflows/workflows.ts'
import { parseLimit } from '../../src/engine/limits.ts'
import { aSandbox, until, withWorkflow } from '../../test/support/bot.ts'
import { aRowbotInSlack, throughTheSteps, under } from '../../test/support/slack/whole.ts'
import { answered, card, write } from './slack-said.ts'
import { products, workbookOf } from './workbooks.ts'

/*
 * Draws the pictures of docs/thrift.md from real conversations with Rowbot, as slack.ts does.
 *
 *     bun test ./docs/pictures/slack-thrift.ts
 */

setDefaultTimeout(120_000)

test('slack-seen.svg: a file that was sent before', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const first = await mei.mention(mei.channel('merch'), await workbookOf(products(36)), 'prices.xlsx')
  await throughTheSteps(mei, first)
  await under(mei, first, '.results.xlsx')
  const sheet = products(44, (row) => (row === 7 || row === 19 ? { features: 'new for winter' } : {}))
  const root = await mei.mention(mei.channel('merch'), await workbookOf(sheet), 'prices.xlsx')
  await mei.click(await under(mei, root, '1 of 4'), 'Next')
  const label = 'The check of a file that was sent before: how many rows are unchanged, changed and new.'
  await write(
    { name: 'slack-seen', label },
    [answered(await under(mei, root, 'unchanged'))],
    slack.botUser,
    mei,
  )
})

test('slack-trial.svg: five rows were tried', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const sheet = products(40, (row) => (row === 2 ? { features: '[sandbox: failed]' } : {}))
  const root = await mei.mention(mei.channel('merch'), await workbookOf(sheet), 'products-q3.xlsx')
  await throughTheSteps(mei, root, 'Try 5 that differ')
  const tried = answered(await card(mei, root, /tried 5 rows/))
  const label = 'A trial of five rows: what each gave, how long it took, and what the others will cost.'
  await write({ name: 'slack-trial', label }, [tried], slack.botUser, mei)
})

test('slack-review.svg: a row that is to look at', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const refused = 'I’m sorry, but I can’t write about this product.'
  const sheet = products(24, (row) => (row === 12 ? { name: refused, tone: 'formal' } : {}))
  const root = await mei.mention(mei.channel('merch'), await workbookOf(sheet), 'products-q3.xlsx')
  await throughTheSteps(mei, root)
  await under(mei, root, '.results.xlsx')
  const finished = await card(mei, root, /completed/)
  await mei.click(finished, 'Look at 1')
  const shown = await under(mei, root, 'Keep')
  const label = 'A row to look at in Slack: what was sent, what it gave, and Keep, Edit and Run again.'
  await write({ name: 'slack-review', label }, [answered(shown)], slack.botUser, mei)
})

test('slack-limit.svg: a task that has paused at its limit, and its owner who is called', async () => {
  const { mei, slack, bot, workflow } = await aRowbotInSlack()
  await setPerTask(bot.db, workflow.id, parseLimit('0.0025 USD'))
  const root = await mei.mention(mei.channel('merch'), await workbookOf(products(60)), 'products-q3.xlsx')
  await throughTheSteps(mei, root)
  const called = answered(await under(mei, root, 'has paused and needs you'))
  const label =
    'A task that is paused at its limit: what is spent and what the rows left will cost; +$0.0025, Stop, Results.'
  await write(
    { name: 'slack-limit', label },
    [answered(await card(mei, root, / · paused[\s\S]*At its limit/)), called],
    slack.botUser,
    mei,
  )
})

test('slack-compare.svg: two workflows on the same rows', async () => {
  const { mei, slack, bot } = await aRowbotInSlack()
  const baseUrl = aSandbox().url
  const { id } = await withWorkflow(bot, { baseUrl, apiKey: 'app-sandbox-product-copywriter' })
  await bot.db.updateTable('workflows').set({ name: 'Short copywriter' }).where('id', '=', id).execute()
  const sheet = products(40, (row) => (row === 5 ? { features: '[sandbox: failed, times=1]' } : {}))
  const root = await mei.mention(mei.channel('merch'), await workbookOf(sheet), 'products-q3.xlsx')
  const first = await under(mei, root, '1 of 4')
  const stepWith = (shown: string) =>
    until(
      () => under(mei, root, '1 of 4'),
      (message) => JSON.stringify(message.blocks).includes(shown),
    )
  await mei.choose(first, 'Workflow', 'Product copywriter')
  await mei.click(await stepWith('Compare with…'), 'Compare with…')
  await mei.choose(await stepWith('Compare with none'), 'Compare with', 'Short copywriter')
  await stepWith('Both run the same rows')
  await throughTheSteps(mei, root, 'Compare on 20 rows')
  const compared = answered(await card(mei, root, /compared on 20 rows/))
  const label =
    'Two workflows compared: price, seconds and failed rows of each, how often they say the same; Go on with A, Go on with B, Stop here, Results.'
  await write({ name: 'slack-compare', label }, [compared], slack.botUser, mei)
})
