import { expect, test } from 'bun:test'
import type { Db } from '../../src/db/schema.ts'
import { type As, form } from './support/admin.ts'
import { everyState, TABLE } from './support/every-state.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

/*
 * The page in Chinese, to the last word: everything that a person comes to by its links, over tasks in every state.
 * What people write here is Chinese, so that every Latin word that is left is Rowbot's, Dify's, or a name.
 */

const ZH = { 'accept-language': 'zh-CN' }

test('every page, question and refusal is Chinese to the last word, over tasks in every state', async () => {
  const cast = await everyState()
  const seen = await walk(cast)
  for (const [what, html] of [...(await newTask(cast)), ...(await refusals(cast))]) seen.set(what, html)
  expect(seen.size).toBeGreaterThan(150)
  const ids = await idsIn(cast.bot.db)
  const found = new Map<string, string>()
  for (const [path, html] of seen) {
    if (html.includes('<html')) expect([path, html.includes('<html lang="zh-CN"')]).toEqual([path, true])
    for (const marks of latinMarksIn(html)) if (!found.has(marks)) found.set(marks, path)
    for (const words of latinIn(html, ids)) if (!found.has(words)) found.set(words, path)
  }
  expect(Object.fromEntries(found)).toEqual({})
})

/** Names and units that Chinese has, too, and what one types. */
const NAMES =
  anyOf(`Rowbot | Dify | Dify API | Slack | Discord | Excel | API | HTTP | JSON | CSV | UTC | USD | EUR | MB | ID | UUID
  | EN | English | token | tokens | xlsx | xlsm | xlsb | xls | ods | csv | GET | PUT | GET /docs | bun rowbot page | app-
  | UTF-8 | UTF-16LE | GB18030 | Big5 | Shift_JIS | EUC-JP | EUC-KR | Windows | KOI8-R`)
/** What people have written, and the names of fields. */
const WRITTEN =
  anyOf(`Mei | Jo | setup | slack:T1:U1 | name | features | tone | title | note | text | text, score | 任务 none
  | row： | row.0： | role：必须是其中之一：admin、runner、viewer | api.dify.ai | v1`)
/** What Dify and the network say, which is quoted. */
const SERVERS =
  anyOf(`Approval | Approve | Reject | The sandbox was told to wait for a person. | Stopped by user. | ENOTFOUND
  | Node | Writer | used its default value | Node “Writer” failed: the sandbox was told to fail | Completion request failed | completion_request_error
  | The workflow could not be started | [models] Bad Request Error, Error code: 400 | unauthorized | Access token is invalid
  | This model's maximum context length is 128000 | [OpenAI] Incorrect model credentials provided
  | please check and try again | llm | used its default value`)

function anyOf(list: string): RegExp {
  const all = list.split(/\s*\|\s*/).toSorted((one, other) => other.length - one.length)
  return new RegExp(
    `(?<!\\w)(?:${all.map((one) => RegExp.escape(one)).join('|')})(?!\\w)|\\[sandbox: [\\w-]+\\]`,
    'g',
  )
}

/** Addresses, ids, cells, times, and where a script puts something in. */
const ID =
  /https?:\/\/[^\s“”，。）]+|\b[A-Z]\d+\b|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}-[0-9a-f-]{27}|\{\w+\}/g

/** Attributes that are read, by a person or to one. */
const READ = /\s(?:title|aria-label|placeholder|alt|data-\w+)="([^"]*)"/g
/** Those of them that no person reads. */
const FOR_SCRIPT = /\sdata-(?:clock|col|column|heading|sheet|row|shows|submits|item)="[^"]*"/g

function latinIn(html: string, ids: ReadonlySet<string>): string[] {
  const body = html.replaceAll(/<(script|style|code|pre|kbd)\b[^]*?<\/\1>/g, '').replaceAll(FOR_SCRIPT, '')
  const texts = [
    ...body.replaceAll(/<[^>]*>/g, '\n').split('\n'),
    ...[...body.matchAll(READ)].map(([, text = '']) => text),
  ]
  return texts.flatMap((text) => {
    const plain = text.replaceAll('&#x27;', "'").replaceAll(/&\w+;/g, ' ')
    const left = [SERVERS, WRITTEN, ID, NAMES].reduce((rest, known) => rest.replaceAll(known, ''), plain)
    return (left.match(/(?<!\w)[A-Za-z]\w*(?:[ '’-]+[A-Za-z]\w*)*/g) ?? []).filter(
      (words) => words.length > 1 && !ids.has(words),
    )
  })
}

/** Marks of English beside Chinese: `失败, 3 秒: …`, and a space where Chinese has none. */
function latinMarksIn(html: string): string[] {
  const texts = html
    .replaceAll(/<(script|style|code|pre|textarea)\b[^]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, '\u0001')
    .split('\u0001')
  return texts.flatMap(
    (text) =>
      text
        .replaceAll(/\s+/g, ' ')
        .replace('如 货号, 国家', '') // what one types
        .match(/.{0,12}(?:[\u4e00-\u9fff][,:;.!?](?= |$)|[，。；：] (?=[\u4e00-\u9fff])).{0,12}/g) ?? [],
  )
}

/** Short ones are like words. */
async function idsIn(db: Db): Promise<Set<string>> {
  const tasks = await db.selectFrom('batch_tasks').select('id').execute()
  const drafts = await db.selectFrom('drafts').select('id').execute()
  return new Set([...tasks, ...drafts].map(({ id }) => id))
}

/** The four steps with a file of which some rows cannot run. */
async function newTask({ browse }: Cast): Promise<[string, string][]> {
  const visit = new TaskVisit(browse, ZH)
  await visit.send(csvFile(TABLE, '产品.csv'))
  const pages: [string, string][] = [['new', visit.page.html]]
  const label = (wanted: RegExp) => visit.labels.find((one) => wanted.test(one)) ?? ''
  for (const wanted of [/^下一步/, /^只运行其余/, /^下一步/]) {
    await visit.press(label(wanted))
    pages.push([`new, ${visit.title}`, visit.page.html])
  }
  return pages
}

/** What is answered to what cannot be done. */
async function refusals({ browse, failed, month, workflow }: Cast): Promise<[string, string][]> {
  const asked: [string, RequestInit & { as?: As }][] = [
    [`/batch/${failed}/stop`, form({})],
    [`/batch/${failed}/pause`, form({})],
    [`/batch/${failed}/resume`, form({})],
    [`/batch/${month}/resume`, form({})],
    [`/batch/${failed}/stop`, { ...form({}), as: 'viewer' }],
    [`/batch/none/stop`, form({})],
    [`/batch/${failed}/rows/99/again`, form({})],
    [`/batch/${failed}/rows/x/again`, form({})],
    [`/batch/${failed}/rows/3/keep`, form({ version: 'x' })],
    [`/batch/${failed}/rows/again`, form({ row: 'x' })],
    [`/batch/${failed}/files/none`, {}],
    [`/batch/${failed}/rows/2/files/9`, {}],
    [`/batch/${failed}/raise`, form({})],
    [`/batch/${failed}/settings`, form({})],
    [`/batch/none`, {}],
    [`/batch/new/none`, {}],
    [`/nothing`, {}],
    [`/batch`, { method: 'PUT' }],
    [`/workflows/add`, form({ base_url: 'x', api_key: '' })],
    [`/workflows/add`, form({ baseUrl: 'http://127.0.0.1:1', apiKey: 'app-x' })],
    [`/workflows/${workflow.id}/limit`, form({ limit: 'x' })],
    [`/workflows/${workflow.id}/test`, form({ 'constant:name': 'x' })],
    [`/workflows/${workflow.id}/test`, form({ ...ROW, 'constant:max_words': 'x' })],
    [`/workflows/${workflow.id}/key`, form({ apiKey: 'app-wrong' })],
    [`/usage/limit?of=workflow&subject=${workflow.id}`, form({ perMonth: 'x' })],
    [`/access`, form({ name: '', role: 'boss' })],
    [`/sign-in`, { ...form({ token: 'wrong', name: '小梅' }), as: 'nobody' }],
    [`/sign-in`, { as: 'nobody' }],
    [`/batch/${failed}/stop`, { ...form({}), headers: { 'sec-fetch-site': 'cross-site' } }],
    [`/batch/${failed}/stop`, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }],
  ]
  const answers: [string, string][] = []
  for (const [path, init] of asked)
    for (const over of [{}, { 'hx-request': 'true' }]) {
      const answer = await browse(path, { ...init, headers: { ...init.headers, ...ZH, ...over } })
      answers.push([
        `${init.method ?? 'GET'} ${path} ${answer.status} ${JSON.stringify(over)}`,
        await answer.text(),
      ])
    }
  return answers
}

const ROW = { 'constant:name': 'x', 'constant:features': 'x' }

type Cast = Awaited<ReturnType<typeof everyState>>

async function walk({ browse, link }: Cast): Promise<Map<string, string>> {
  const seen = new Map<string, string>()
  const open = ['/batch', '/batch/new', '/workflows', '/usage', '/audit', '/access', link]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue
    const answer = await browse(path, { headers: ZH })
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) {
      seen.set(path, '')
      continue
    }
    const html = await answer.text()
    seen.set(path, html)
    for (const [, link = ''] of html.matchAll(/(?:href|hx-get)="(\/[^"#]*)/g)) {
      const to = link.replaceAll('&amp;', '&')
      if (!/sort=|^\/(?:docs|assets|api|favicon)|template|download|\.csv|\.zip/.test(to) && !seen.has(to))
        open.push(to)
    }
  }
  return seen
}
