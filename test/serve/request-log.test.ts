import { expect, test } from 'bun:test'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { aSandbox, later, orderOf, QUICK, tempFolder, until, withWorkflow } from '../support/bot.ts'

const MARK = 'MARKED-AS-SECRET'
const KEY = 'app-sandbox-product-copywriter'

/** A bot whose log is kept, at this level; every row, its outputs and Dify's errors have the mark. */
async function aLoggedRun(level: string) {
  const lines: Record<string, unknown>[] = []
  const sandbox = aSandbox()
  const bot = await Rowbot.open({
    config: readConfig({ ROWBOT_DATA_DIR: tempFolder() }),
    log: pino({ level, base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    timing: QUICK,
  })
  later(() => bot.close())
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: KEY })
  lines.splice(0) // of setting up
  sandbox.misbehaveBy(({ route, inputs }) => {
    if (route !== 'run' || inputs['name'] !== 'Kettle 3') return undefined
    return { end: 'failed', error: `The model refused “${MARK}”.` }
  })
  const submission = orderOf(workflow, 3, { name: MARK, retries: 1 }, (row) => `${MARK} ${row}`)
  const { id } = await bot.engine.submit({
    ...submission,
    upload: { fileName: `${MARK}.xlsx`, bytes: new TextEncoder().encode(MARK) },
    headings: [MARK, MARK],
    owner: MARK,
  })
  bot.startRunner()
  const ended = () =>
    until(
      () => findTask(bot.db, id),
      (task) => task?.finishedAt !== null,
    )
  await ended()
  return { bot, workflow, id, lines, ended, sandbox }
}

test('at info the log has every change of a task and every failed row, by number', async () => {
  const { bot, id, lines, ended } = await aLoggedRun('info')
  await bot.engine.retry(id, MARK)
  await ended()
  await bot.engine.delete(id)
  expect(lines.map(({ msg }) => msg)).toEqual([
    'a task was made',
    'a task was taken to be run',
    'a row has failed',
    'a task was completed',
    'failed rows of a task wait again',
    'a task was taken to be run',
    'a row has failed',
    'a task was completed',
    'a task was deleted',
  ])
  expect(lines.every(({ taskId }) => taskId === id)).toBe(true)
  expect(lines[2]).toMatchObject({
    level: 30,
    row: 3,
    attempt: 2,
    outcome: 'failed',
    status: 'failed',
    ms: expect.any(Number),
  })
})

test('at debug it has every attempt', async () => {
  const { lines, id } = await aLoggedRun('debug')
  const attempts = lines.filter(({ level }) => level === 20)
  expect(attempts).toHaveLength(3)
  expect(attempts).toContainEqual(
    expect.objectContaining({ taskId: id, row: 3, attempt: 1, outcome: 'failed', status: 'pending' }),
  )
})

test('a task that is tried first and paused by itself is told', async () => {
  const { bot, workflow, lines } = await aLoggedRun('info')
  const { id } = await bot.engine.submit({ ...orderOf(workflow, 2), tryFirst: 1 })
  const told = () => lines.some(({ taskId, status }) => taskId === id && status === 'paused')
  await until(told, Boolean)
})

test.each(['info', 'debug'])(
  'at %s nothing of a cell, an output, a name or a key is in it',
  async (level) => {
    const { bot, id, lines, sandbox } = await aLoggedRun(level)
    const rows = await bot.db.selectFrom('task_executions').selectAll().execute()
    for (const where of ['cells', 'inputs', 'outputs', 'error'] as const)
      expect(rows.some((row) => row[where]?.includes(MARK))).toBe(true) // or there would be nothing to see
    // Revoked: the task stops with what Dify said.
    sandbox.misbehave({ refuse: { status: 401, code: 'unauthorized', message: `Not for ${MARK}` } })
    await bot.engine.retry(id, MARK)
    await until(
      () => findTask(bot.db, id),
      (task) => task?.status === 'failed',
    )
    await until(
      () => lines,
      (logged) => logged.some(({ msg }) => msg === 'a task was stopped by a fault'),
    )
    const log = JSON.stringify(lines)
    expect(log).not.toContain(MARK)
    expect(log).not.toContain(KEY)
  },
)
