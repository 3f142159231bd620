import { expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { APP_MODES } from '../../../src/engine/workflow.ts'
import { allRecordings } from '../support/recordings.ts'
import { replay } from '../support/replay.ts'
import { serve } from '../support/serve.ts'

const soon = () => AbortSignal.timeout(30_000)

test('the runs of a task are listed by the beginning of their users, as a real server does', async () => {
  const logs = allRecordings().find(({ name }) => name === 'echo-logs-by-keyword')
  await using server = await replay(() => logs)
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow' })
  expect(await app.listRuns?.('rowbot-t1-a', soon())).toContainEqual({
    user: 'rowbot-t1-a1',
    workflowRunId: 'e5071fce-2681-45da-9668-6d622886ff9d',
    status: 'succeeded',
    usage: { seconds: 0.073918, tokens: 0 },
  })
  expect(await app.listRuns?.('rowbot-t1-a2', soon())).toEqual([])
})

test('page after page, each run once, and none of another user or without its run', async () => {
  const line = (user: string, id: string | null) => ({
    workflow_run: id === null ? null : { id, status: 'running' },
    created_by_end_user: { session_id: user },
  })
  const pages = [
    [line('mine-1', 'a'), line('not-mine-2', 'x'), line('mine-3', null)],
    [line('mine-1', 'a'), line('mine-2', 'b')],
  ]
  await using server = serve(({ url }) => {
    const asked = new URL(url).searchParams
    const page = Number(asked.get('page'))
    expect(asked.get('keyword')).toBe('mine-')
    return Response.json({ has_more: page < pages.length, data: pages[page - 1] })
  })
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow' })
  const runs = await app.listRuns?.('mine-', soon())
  expect(Array.isArray(runs) && runs.map(({ workflowRunId }) => workflowRunId)).toEqual(['a', 'b'])
})

test('a server that cannot be asked has no list, not an empty one', async () => {
  await using server = serve(() => new Response('', { status: 503 }))
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow' })
  expect(await app.listRuns?.('mine-', soon())).toMatchObject({ kind: 'lost', inTrouble: true })
})

test('only workflows have such a list', () => {
  const having = APP_MODES.filter(
    (mode) => openApp({ baseUrl: 'http://127.0.0.1:1', apiKey: 'app-x', mode }).listRuns !== undefined,
  )
  expect(having).toEqual(['workflow'])
})
