import { z } from 'zod'
import type { DemoTask } from './demo-tasks.ts'

const WORKFLOWS = z.object({ items: z.array(z.object({ workflow_id: z.string(), name: z.string() })) })
const UPLOAD = z.object({ upload_id: z.string() })
const TASK = z.object({ task_id: z.string(), status: z.string(), total: z.number(), left: z.number() })

/** Starts tasks over the REST API, each as a different signed-in person, and brings them to their states. */
export async function startTasks(link: string, tasks: readonly DemoTask[]): Promise<string[]> {
  const ids: string[] = []
  for (const task of tasks) ids.push(await start(link, task))
  return ids
}

async function start(link: string, task: DemoTask): Promise<string> {
  const ask = await signedIn(link, task.owner)
  const { items } = WORKFLOWS.parse(await ask('/api/workflows/'))
  const workflow = items.find(({ name }) => name === task.workflow)
  if (!workflow) throw new Error(`The demo has no workflow ${task.workflow}.`)
  const sent = new FormData()
  sent.set('file', new File([csvOf(task)], task.file))
  sent.set('workflow_id', workflow.workflow_id)
  const { upload_id } = UPLOAD.parse(await ask('/api/batch/upload', { method: 'POST', body: sent }))
  const { name, concurrency, retries, tryFirst } = task
  const order = { upload_id, name, concurrency, retries, try_first: tryFirst ?? false }
  const { task_id } = TASK.parse(await ask('/api/batch/execute', asJson(order)))
  const now = async () => TASK.parse(await ask(`/api/batch/${task_id}/status`))
  const { until: state, settled, isStopped } = task
  if (state !== undefined) await until(now, ({ status }) => status === state)
  if (settled !== undefined) await until(now, ({ total, left }) => total - left >= settled)
  if (isStopped) await ask(`/api/batch/${task_id}/stop`, { method: 'POST' })
  return task_id
}

/** Over HTTP, so it polls less often than tests do. */
async function until<T>(look: () => Promise<T>, done: (value: T) => boolean): Promise<void> {
  while (!done(await look())) await Bun.sleep(100)
}

async function signedIn(link: string, name: string) {
  const { origin, searchParams } = new URL(link)
  const body = new URLSearchParams({ token: searchParams.get('token') ?? '', name })
  const answer = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { origin },
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  return async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const headers = new Headers(init.headers)
    headers.set('cookie', cookie)
    headers.set('origin', origin)
    headers.set('accept', 'application/json')
    const response = await fetch(`${origin}${path}`, { ...init, headers })
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
    return response.json()
  }
}

function asJson(value: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } }
}

export function csvOf({ headings, rows }: Pick<DemoTask, 'headings' | 'rows'>): string {
  return [headings, ...rows].map((cells) => cells.map(quoted).join(',')).join('\n')
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}
