import type { Actor } from '../../../src/app/actor.ts'
import { submitComparison } from '../../../src/app/comparison.ts'
import { ResultLinks } from '../../../src/app/result-links.ts'
import { stopTask } from '../../../src/app/tasks.ts'
import { changeMonthLimit } from '../../../src/app/usage.ts'
import { insertAudit } from '../../../src/db/tasks/audit.ts'
import { input, type SandboxApp } from '../../../src/dify/sandbox/app.ts'
import { productCopywriter } from '../../../src/dify/sandbox/apps/product-copywriter.ts'
import { slowSummariser } from '../../../src/dify/sandbox/apps/slow-summariser.ts'
import type { Submission } from '../../../src/engine/engine.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'
import { orderOf, SETUP, withWorkflow } from '../../support/bot.ts'
import { anAdmin } from './admin.ts'

/* What people write here is Chinese, and so is what the apps are called: see chinese.test.ts. */

const ZH = { 'accept-language': 'zh-CN' }

/** One row that runs, one whose tone is none of the workflow’s, and one that lacks what it needs. */
export const TABLE = '名称,特点,语气,编号\n水壶,好,正式,1\n台灯,亮,不对,2\n椅子,,轻松,3\n'

const TONES = ['正式', '轻松']
const WRITER: SandboxApp = {
  ...productCopywriter,
  name: '文案',
  description: '写产品文案。',
  form: [
    input('text-input', 'name', '名称', { required: true, max_length: 100 }),
    input('paragraph', 'features', '特点', { required: true, max_length: 1000 }),
    input('select', 'tone', '语气', { options: TONES, default: '正式' }),
  ],
  work: () => ({ outputs: { title: '标题', note: '' }, text: '标题' }),
}
const SUMMARISER: SandboxApp = {
  ...slowSummariser,
  name: '摘要',
  description: '写摘要。',
  form: [input('paragraph', 'text', '文本', { required: true, max_length: 20_000 })],
  work: () => ({ outputs: { title: '摘要' }, text: '摘要' }),
}

/** What rows of one task end with: they fail, are to be looked at, or wait for an answer. */
const FATES = ['failed', 'partial', 'error', 'model', 'provider-context'].concat([
  'inputs-400',
  'made-up',
  'made-up-mid',
])

/** The page over tasks in every state, with what goes wrong in them, comparisons, limits, links and an audit of every act. */
export async function everyState(env: Record<string, string> = {}) {
  const cast = await anAdmin({ apps: [WRITER, SUMMARISER], limit: 10, env })
  const { bot, workflow, until, sandbox, call } = cast
  const second = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: SUMMARISER.key })
  const order = (name: string, fates: string[], more: Partial<Submission> = {}): Submission => {
    const given = orderOf(workflow, fates.length, { name, retries: 0 })
    const rows = given.rows.map(({ row }, i) => {
      const features = fates[i] === '' ? '好' : `[sandbox: ${fates[i]}]`
      const inputs = { name: `水壶${row}`, features }
      return { row, inputs, cells: [inputs.name, features] }
    })
    const about = { headings: ['名称', '特点'], sheet: '产品', owner: '小梅', ownerKey: 'slack:T1:U1' }
    return {
      ...given,
      ...about,
      upload: { fileName: '产品.xlsx', bytes: new Uint8Array([1]) },
      rows,
      ...more,
    }
  }
  const submit = async (...given: Parameters<typeof order>) => (await bot.engine.submit(order(...given))).id
  const program = async (method: string, path: string, body?: unknown) => {
    const isForm = body instanceof FormData
    const answer = await call(path, {
      method,
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      headers: { ...ZH, ...(!isForm && { 'content-type': 'application/json' }) },
    })
    return (await answer.json()) as Record<string, string>
  }
  const settled = (id: string) => until(id, ({ status }) => status !== 'pending' && status !== 'running')

  const failed = await submit('各种错误', ['', ...FATES, ''])
  const stops = await submit('停止', ['provider-key', ''])
  const tried = await submit('试行', ['', '', ''], { tryFirst: 1 })
  const limited = await submit('上限', ['', '', ''], { limit: { tokens: 1 } })
  const others = [failed, stops, tried, limited]
  bot.startRunner()
  for (const id of others) await settled(id)

  for (const order of [{ name: '跳过' }, { name: '重复', only_new: true }]) {
    const sent = new FormData()
    sent.set('file', new File([TABLE], '产品.csv'))
    const { upload_id } = await program('POST', '/api/batch/upload', sent)
    const { task_id = '' } = await program('POST', '/api/batch/execute', { upload_id, ...order })
    await settled(task_id)
  }

  const owner: Actor = { face: 'slack', name: '小梅', role: 'member', key: 'slack:T1:U1' }
  const a = order('对比', ['', '', ''])
  const b = { ...a, workflow: second, rows: a.rows.map((row) => ({ ...row, inputs: { text: '好' } })) }
  const compared = await submitComparison(bot, owner, { a, b, count: 2 })
  await settled(compared.a.id)
  await settled(compared.b.id)

  await program('PATCH', `/api/batch/${failed}/executions/2`, { outputs: { title: '改过' } })
  await program('PATCH', `/api/batch/${failed}/executions/4`, { keep: true })
  const link = await new ResultLinks(
    { db: bot.db, log: bot.log, box: bot.box, clock: bot.clock },
    'https://rowbot.example',
  ).make(await cast.find(limited), { key: 'slack:T1:U1', name: '小梅', face: 'slack' }, { again: false })
  await program('POST', '/api/tokens', { name: '程序', role: 'runner' })

  const waits = await submit('等待', ['paused', 'paused', 'stopped', 'stuck'])
  await until(waits, ({ waiting }) => waiting === 2)
  const stopped = await submit('取消', ['stuck', ''], {
    parameters: { name: '取消', retries: 0, concurrency: 1 },
  })
  await until(stopped, ({ status }) => status === 'running')
  await stopTask(bot, SETUP, stopped)
  await settled(stopped)
  await changeMonthLimit(bot, SETUP, { of: 'workflow', subject: workflow.id }, { tokens: 1 })
  const month = await submit('每月', ['', ''])

  for (const [i, action] of Object.keys(textsFor('en').auditPage.actions).entries())
    await insertAudit(bot.db, {
      at: bot.clock.now() - i * 1000,
      who: '小梅',
      role: ['admin', 'member', 'viewer'][i % 3] ?? 'admin',
      face: (['page', 'api', 'slack', 'discord', 'cli', 'config'] as const)[i % 6] ?? 'page',
      action,
      target: failed,
      details: { ...DETAILS, task: '各种错误' },
    })
  return { ...cast, link: new URL(link).pathname, failed, month }
}

/** Of every act together. */
const DETAILS = {
  rows: 3,
  allRows: ['tone = 正式'],
  required: 'none',
  question: '批准',
  row: 3,
  outputs: ['title'],
  answer: '是',
  limit: 4,
  perMinute: 60,
  tokensPerMinute: 1000,
  perTask: 'none',
  perMonth: 'none',
  atMost: 'no limit',
  from: 3,
  to: 'owner and admins',
  everyone: true,
  wasName: '旧名',
  inputsChanged: true,
  file: 'result',
  files: 2,
  for: '小梅',
  role: 'runner',
}
