import { expect, test } from 'bun:test'
import { anAdmin } from './support/admin.ts'
import { shownOf } from './support/shown.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

test('the page says which rows need no call, and takes those of an earlier task from there', async () => {
  const { browse, bot, ended, sandbox } = await anAdmin()
  const send = async (rows: string) => {
    const visit = new TaskVisit(browse)
    await visit.send(csvFile(`Name,Key features\n${rows}`))
    return visit.press('Next')
  }
  const start = async (visit: TaskVisit) => {
    await visit.press('Next')
    await visit.press('Start')
    const id = visit.response.headers.get('location')?.replace('/batch/', '') ?? ''
    await ended(id)
    return id
  }
  bot.startRunner()

  const first = await send('Kettle,hot\nLamp,bright\nKettle,hot\n')
  expect(first.text).toContain('1 row asks the same as another: called once.')
  await first.press('Next')
  expect(first.text).toContain('Equal rows: each called')
  const firstId = await start(first)
  expect(sandbox.hits()).toHaveLength(2)
  expect((await shownOf(await browse(`/batch/${firstId}/rows/4`))).text).toContain(
    'It sends the same as row 2, and has its answer.',
  )

  const second = await send('Kettle,hot\nTent,dry\n')
  expect(second.text).toContain('1 row unchanged, 0 changed, 1 new.')
  await second.press(second.labels.find((label) => label.startsWith('Run 1')) ?? 'Run 1')
  const secondId = await start(second)
  expect(sandbox.hits()).toHaveLength(3)
  expect((await shownOf(await browse(`/batch/${secondId}/rows/2`))).text).toContain(
    `Its answer is from task ${firstId}, row 2.`,
  )
})
