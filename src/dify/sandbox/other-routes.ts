import { z } from 'zod'
import { invalid, json, refuse } from './answers.ts'
import { extensionIn, typeOfExtension } from './file-store.ts'
import { kindOf, wrongKind, type RouteKind } from './run-routes.ts'
import type { SandboxCall } from './state.ts'

const MB = 1024 * 1024
/** Dify's default limits, in bytes, by what the ending says; any other file is limited like a document. */
const LARGEST_BYTES: Record<string, number> = { image: 10 * MB, audio: 50 * MB, video: 100 * MB }
const LARGEST_OTHER_BYTES = 15 * MB
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

/** POST /files/upload. Any type of file is taken here; a run refuses what its input does not allow. */
export async function uploadRoute({ state, request }: SandboxCall): Promise<Response> {
  const form = await request.formData().catch(() => undefined)
  const file = form?.get('file')
  if (!form || !(file instanceof File)) {
    return refuse({ status: 400, code: 'no_file_uploaded', message: 'Please upload your file.' })
  }
  if ([...form.values()].filter((value) => value instanceof File).length > 1) {
    return refuse({ status: 400, code: 'too_many_files', message: 'Only one file is allowed.' })
  }
  if (file.name === '') {
    const message = 'The specified filename does not exist.'
    return refuse({ status: 400, code: 'filename_not_exists_error', message })
  }
  if (file.type === '') {
    return refuse({ status: 415, code: 'unsupported_file_type', message: 'File type not allowed.' })
  }
  if (/[/\\]/.test(file.name)) return invalid('Filename contains invalid characters')
  const largest = LARGEST_BYTES[typeOfExtension(extensionIn(file.name))] ?? LARGEST_OTHER_BYTES
  if (file.size > largest) return refuse({ status: 413, code: 'file_too_large' })
  const user = form.get('user')
  return json(state.files.add(file, typeof user === 'string' ? user : 'DEFAULT-USER'), 201)
}
