import { expect, test } from 'bun:test'
import { judgeTask } from '../../src/app/flags.ts'
import { until } from '../support/bot.ts'
import { anAdmin, form } from './support/admin.ts'
import { shownOf } from './support/shown.ts'

/** A task of ten rows, done; rows 3 and 4 gave nothing. */
async function withEmptyAnswers() {
  const around = await anAdmin()
  around.bot.startRunner()
  const { id } = await around.submit(10)
  await around.ended(id)
  await around.bot.db
    .updateTable('task_executions')
    .set({ outputs: '{"title":"","keywords":null}' })
    .where('row_number', 'in', [3, 4])
    .execute()
  await judgeTask(around.bot.db, id)
  return { ...around, id }
}

test('a task’s page says what there is to look at, shows those rows alone, and each with its reason', async () => {
  const { browse, id } = await withEmptyAnswers()
  const { text } = await shownOf(await browse(`/batch/${id}`))
  expect(text).toContain('2 to look at')
  expect(text).toContain('2 × empty')
  expect(text).toContain('rows 3, 4')
  expect(text).toContain('Retry these 2')
  const page = await (await browse(`/batch/${id}?rows=flagged`)).text()
  expect([...page.matchAll(/<tr id="row-(\d+)"/g)].map(([, row]) => row)).toEqual(['3', '4'])
  expect((await shownOf(await browse(`/batch/${id}/rows/3`))).text).toContain('title: empty')
  expect((await shownOf(await browse(`/batch/${id}/rows/5`))).text).not.toContain('title: empty')
})

test('rows to look at run again after a question that says what it costs, all or one', async () => {
  const { browse, id, bot } = await withEmptyAnswers()
  expect((await shownOf(await browse(`/batch/${id}/again`))).text).toContain('2 rows run again')
  const attemptsOf = async (row: number) =>
    (
      await bot.db
        .selectFrom('task_executions')
        .select('attempt')
        .where('task_id', '=', id)
        .where('row_number', '=', row)
        .executeTakeFirstOrThrow()
    ).attempt
  const answer = await browse(`/batch/${id}/rows/3/again`, form({}))
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/batch/${id}`])
  await until(
    () => attemptsOf(3),
    (attempt) => attempt === 2,
  )
  expect(await attemptsOf(4)).toBe(1)
})

test('the link of a task’s page leads to its workflow', async () => {
  const { browse, id, workflow } = await withEmptyAnswers()
  const page = await (await browse(`/batch/${id}`)).text()
  expect(page).toContain(`href="/workflows/${workflow.id}"`)
  expect((await browse(`/workflows/${workflow.id}`)).status).toBe(200)
})
