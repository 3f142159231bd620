import { z } from 'zod'
import { invalid, json, refuse } from './answers.ts'
import { kindOf, wrongKind, type RouteKind } from './run-routes.ts'
import type { SandboxCall } from './state.ts'

const LARGEST_FILE_BYTES = 15 * 1024 * 1024
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

/** POST /files/upload. */
export async function uploadRoute({ state, request }: SandboxCall): Promise<Response> {
  const form = await request.formData().catch(() => undefined)
  const file = form?.get('file')
  if (!(file instanceof File)) {
    return refuse({ status: 400, code: 'no_file_uploaded', message: 'Please upload your file.' })
  }
  if (file.name === '') {
    const message = 'The specified filename does not exist.'
    return refuse({ status: 400, code: 'filename_not_exists_error', message })
  }
  if (file.type === '') {
    return refuse({ status: 415, code: 'unsupported_file_type', message: 'File type not allowed.' })
  }
  if (file.size > LARGEST_FILE_BYTES) return refuse({ status: 413, code: 'file_too_large' })
  const user = form?.get('user')
  return json(state.files.add(file, typeof user === 'string' ? user : 'DEFAULT-USER'), 201)
}
