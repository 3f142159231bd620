import { describe, expect, test } from 'bun:test'
import { findCompared } from '../../src/app/comparison.ts'
import { deleteOld, KEEP_ALL } from '../../src/app/retention.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { until, withWorkflow } from '../support/bot.ts'
import { anAdmin } from './support/admin.ts'
import { textOf } from './support/page-of.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

const ROWS = Array.from({ length: 24 }, (_, i) => `Kettle ${i},boils,Topic ${i}\n`).join('')
const FILE = csvFile(`Name,Key features,Topic\n${ROWS}`)

/** On the page, the copywriter and the slogan writer have been compared. */
async function compared() {
  const around = await anAdmin()
  const { bot, browse, sandbox } = around
  await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: 'app-sandbox-slogan-writer' })
  const visit = await new TaskVisit(browse).send(FILE)
  await visit.pick('Product copywriter')
  await visit.press('Compare with…')
  await visit.choose('Slogan writer')
  for (let i = 0; i < 3; i++) await visit.press('Next')
  await visit.press('Compare on 20 rows')
  const task = await bot.db.selectFrom('comparisons').selectAll().executeTakeFirstOrThrow()
  return { ...around, visit, a: task.task_a, b: task.task_b }
}

describe('two workflows side by side, on the page', () => {
  test('are chosen in step 1, compared, and one goes on with all rows', async () => {
    const { bot, browse, a, b } = await compared()
    bot.startRunner()
    await until(
      () => findCompared(bot.db, a),
      (one) => one?.a.isOver === true && one.b.isOver,
    )
    // As if both had given the same output, in other words.
    const give = (id: string, text: string) =>
      bot.db
        .updateTable('task_executions')
        .set({ outputs: JSON.stringify({ text }) })
        .where('task_id', '=', id)
        .where('status', '=', 'succeeded')
        .execute()
    await give(a, 'A <b>hot</b> kettle')
    await give(b, 'A <b>cold</b> kettle')
    const page = await (await browse(`/batch/${b}`)).text()
    expect(textOf(page)).toContain('Two workflows side by side')
    expect(textOf(page)).toContain('0 % the same (0 of 20)')
    expect(page).toMatch(/<del><span class="hidden-text">only in A: <\/span>hot<\/del>/)
    expect(page).toMatch(/<ins><span class="hidden-text">only in B: <\/span>cold<\/ins>/)
    expect(page).not.toContain('<b>hot')
    expect(textOf(await (await browse('/batch/')).text())).toContain(`A of a comparison with ${b}`)

    const file = await browse(`/batch/${a}/comparison`)
    expect(file.headers.get('content-disposition')).toContain('.compared.xlsx')
    await (await new TaskVisit(browse).open(`/batch/${a}`)).press('Go on with B on all 24')
    await until(
      () => findTask(bot.db, b),
      (task) => task?.status === 'completed',
    )
    expect(await findTask(bot.db, a)).toMatchObject({ status: 'cancelled', counts: { succeeded: 20 } })
    expect(textOf(await (await browse(`/batch/${a}`)).text())).toContain('went on with all rows')

    expect(page).toContain(`href="/batch/${b}/comparison"`)
    await bot.db.updateTable('batch_tasks').set({ finished_at: 0 }).where('id', '=', b).execute()
    await deleteOld(bot, { ...KEEP_ALL, outputs: 10 }, () => Promise.resolve(true))
    const refused = await browse(`/batch/${a}/comparison`)
    expect(refused.status).toBe(409)
    const said = /The outputs of “products · Slogan writer” were deleted on \d{4}-\d\d-\d\d/
    expect(textOf(await refused.text())).toMatch(said)
    const after = await (await browse(`/batch/${b}`)).text()
    expect(textOf(after)).toMatch(said)
    expect(after).not.toContain(`href="/batch/${b}/comparison"`)
  }, 30_000)
})
