import { z } from 'zod'
import { invalid, json } from './answers.ts'
import { kindOf, wrongKind, type RouteKind } from './run-routes.ts'
import type { SandboxCall } from './state.ts'

const WithUser = z.object({ user: z.string().min(1) })

/** POST …/{task_id}/stop. As in Dify, the user is not checked, and unknown tasks are “stopped”, too. */
export async function stopRoute(
  { state, app, request }: SandboxCall,
  kind: RouteKind,
  taskId: string,
): Promise<Response> {
  if (kindOf(app.mode) !== kind) return wrongKind(kind)
  const body = WithUser.safeParse(await request.json().catch(() => undefined))
  if (!body.success) return invalid('Arg user must be provided.')
  const run = state.log.byTask(taskId)
  const stopped = run?.app === app && run.stop()
  state.log.stops.push({ app: app.name, taskId, user: body.data.user, at: Date.now(), stopped })
  return json({ result: 'success' })
}
