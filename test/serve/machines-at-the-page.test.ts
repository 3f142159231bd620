import { expect, test } from 'bun:test'
import { z } from 'zod'
import { listTasks } from '../../src/db/tasks/tasks.ts'
import { ADMIN_TOKEN, machines, withPage } from '../support/machines.ts'
import { SAMPLE } from '../support/slack/whole.ts'

const TASK = z.looseObject({ task_id: z.string() })
const WITH_TOKEN = { authorization: `Bearer ${ADMIN_TOKEN}` }

/** Two machines with the page, behind something that gives requests to either. A third one runs the tasks. */
async function twoPages(options: Parameters<typeof machines>[0] = {}) {
  const all = await machines(options)
  const [a, b] = [await withPage(all.first), await withPage(await all.open())]
  const worker = await all.open()
  const upload = async (at: string) => {
    const form = new FormData()
    form.set('file', new File([SAMPLE.bytes], SAMPLE.name))
    form.set('workflow_id', all.workflow.id)
    const sent = await fetch(`${at}/api/batch/upload`, { method: 'POST', headers: WITH_TOKEN, body: form })
    return z.looseObject({ upload_id: z.string() }).parse(await sent.json()).upload_id
  }
  const execute = (at: string, upload_id: string, headers: Record<string, string> = {}) =>
    fetch(`${at}/api/batch/execute`, {
      method: 'POST',
      headers: { ...WITH_TOKEN, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ upload_id }),
    })
  return { ...all, a, b, worker, upload, execute }
}

test('who signs in on one machine is signed in on the other, and signed out on both', async () => {
  const { a, b } = await twoPages()
  const entered = await fetch(`${a}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: a, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: ADMIN_TOKEN, name: 'Mei' }),
  })
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const look = async (at: string) =>
    (await fetch(`${at}/batch`, { headers: { cookie }, redirect: 'manual' })).status
  expect([await look(a), await look(b)]).toEqual([200, 200])
  await fetch(`${b}/sign-out`, { method: 'POST', redirect: 'manual', headers: { cookie, origin: b } })
  expect([await look(a), await look(b)]).not.toContain(200)
})

test('an idempotency key that reaches both machines at once makes one task, and both answer with it', async () => {
  const { a, b, first, upload, execute } = await twoPages()
  const id = await upload(a)
  const key = { 'idempotency-key': 'tonight' }
  const answers = await Promise.all([a, b, a, b].map((at) => execute(at, id, key)))
  const tasks = await Promise.all(answers.map(async (one) => TASK.parse(await one.json()).task_id))
  expect(new Set(tasks).size).toBe(1)
  expect(await listTasks(first.db)).toHaveLength(1)
})

test('an upload of one machine is run on the other, and what it makes is followed on both within two seconds', async () => {
  const { a, b, worker, upload, execute } = await twoPages({ delayMs: 400 })
  const id = await upload(a)
  const { task_id } = TASK.parse(await (await execute(b, id)).json())
  const seen: Promise<{ at: number; done: number }[]>[] = [a, b].map((at) => follow(at, task_id))
  worker.startRunner()
  const [onA = [], onB = []] = await Promise.all(seen)
  expect([onA.at(-1)?.done, onB.at(-1)?.done]).toEqual([5, 5])
  const [last] = await listTasks(worker.db)
  const lags = [onA, onB].map((events) => (events.at(-1)?.at ?? 0) - (last?.finishedAt ?? 0))
  for (const lag of lags) expect(lag).toBeLessThan(2_000)
})

/** The progress that a page gets, and when, until the task is over. */
async function follow(at: string, id: string): Promise<{ at: number; done: number }[]> {
  const response = await fetch(`${at}/api/batch/${id}/events`, { headers: WITH_TOKEN })
  const events: { at: number; done: number }[] = []
  let text = ''
  for await (const piece of response.body ?? []) {
    text += new TextDecoder().decode(piece)
    const lines = [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => json ?? '')
    const done = z.looseObject({ succeeded: z.number() }).safeParse(JSON.parse(lines.at(-1) ?? '{}')).data
    if (done) events.push({ at: Date.now(), done: done.succeeded })
  }
  return events
}

test('a form of the page that is sent twice, to both machines at once, is one upload', async () => {
  const { a, b, first } = await twoPages()
  const source = crypto.randomUUID()
  const send = async (at: string) => {
    const form = new FormData()
    form.set('file', new File([SAMPLE.bytes], SAMPLE.name))
    form.set('source', source)
    const sent = await fetch(`${at}/batch/new`, {
      method: 'POST',
      redirect: 'manual',
      headers: WITH_TOKEN,
      body: form,
    })
    return sent.headers.get('location')
  }
  const [one, other] = await Promise.all([send(a), send(b)])
  expect(one).toStartWith('/batch/new/')
  expect(other).toBe(one)
  expect(await first.db.selectFrom('drafts').selectAll().execute()).toHaveLength(1)
})
