import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { releaseKey, reserveKey } from '../../db/tasks/idempotency.ts'
import { UserError } from '../../engine/user-error.ts'
import { faultParts } from '../../messages/fault-text.ts'
import { Refused } from '../../wizard/answer.ts'
import { requesterOf, visitorOf } from '../http/visitor.ts'
import { identityOf, onlyOwn } from '../sign-in/identity.ts'
import { audit } from '../../app/audit.ts'
import { HttpFault } from '../http/fault.ts'
import type { AdminContext } from '../options.ts'
import { PROBLEM_TYPE, problemOf } from '../http/problem.ts'
import { uploadOf } from '../new-task/sent-form.ts'
import { withNamedFiles } from './constant-files.ts'
import { FAULT, faults, toFault, unreadable, programOf, requireTask, toTaskJson } from './requests.ts'
import {
  directRequestOf,
  EXECUTE_BODY,
  type ExecuteBody,
  fingerprintOf,
  isSameRequest,
  inspectionRequestOf,
  UPLOAD_BODY,
} from './submission.ts'
import { CELL_FAULT, TASK, UPLOAD } from './shapes.ts'
import { cellFaultJson, uploadJson } from './to-json.ts'

const KEY = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'the same key and request again give the same task, with 200, also if the same content was uploaded anew; kept for a week',
    ),
})
const FAULTY = FAULT.extend({ faults: z.array(CELL_FAULT).optional().describe('of code faulty_rows') })
const MADE = TASK.extend({ success: z.literal(true) })
const tags = ['New task']

/** Takes a file and makes a task of it. */
export function newTaskRoutes(context: AdminContext) {
  const { db, clock, cache, wizard } = context
  return new Elysia()
    .post(
      '/api/batch/upload',
      async ({ body, request, status }) => {
        const { draft, file } = await receive(request, body).catch((fault: unknown) => {
          if (fault instanceof Refused) throw toFault(fault)
          throw fault instanceof UserError ? unreadable(fault) : fault
        })
        const { rows } = draft.state.inspection
        const details = { file: draft.fileName, rows }
        await audit(context, programOf(request), { action: 'upload.add', target: draft.id, details })
        return status(201, uploadJson(draft, file))
      },
      {
        body: UPLOAD_BODY,
        response: { 201: UPLOAD, ...faults(413) },
        detail: {
          tags,
          summary: 'Send a workbook, or files, and have it checked',
          description:
            'The cells of the workbook may name files that are sent with it, and constants those of constant_files. Without a workbook, each file is a row. Stored for a day. Nothing runs yet: pass upload_id to execute.',
        },
      },
    )
    .post(
      '/api/batch/execute',
      async ({ body, headers, request, set, status }) => {
        const key = headers['idempotency-key']
        const made = await (key === undefined ? execute(request, body) : once(request, body, key)).catch(
          (fault: unknown) => {
            if (!(fault instanceof Refused)) throw fault
            if (fault.inspection) return fault
            throw toFault(fault)
          },
        )
        if (made instanceof Refused) {
          const { inspection } = made
          const { message, hint } = faultParts(made, visitorOf(request).texts)
          const found = inspection?.faults.filter(({ note }) => !note) ?? []
          set.headers['content-type'] = PROBLEM_TYPE
          const problem = problemOf({ code: 'faulty_rows', status: 409, message, hint })
          return status(409, { ...problem, faults: found.map(cellFaultJson) })
        }
        const { taskId, isNew } = made
        if (taskId === null || (!isNew && key === undefined)) throw becameTask(taskId)
        const task = await toTaskJson(await requireTask(taskId, context), context)
        return status(isNew ? 201 : 200, { success: true as const, ...task })
      },
      {
        body: EXECUTE_BODY,
        headers: KEY,
        response: { 200: MADE, 201: MADE, 409: FAULTY, ...faults(404) },
        detail: {
          tags,
          summary: 'Make a task of an upload, and start it',
          description:
            'Repeating the request makes no second task. 200: the same request came before, and this is its task.',
        },
      },
    )

  async function receive(request: Request, body: z.output<typeof UPLOAD_BODY>) {
    const sent = [...(body.file ?? []), ...(body.files ?? [])]
    if (sent.length === 0)
      throw new HttpFault(
        'invalid',
        say('field-says', { field: 'file', says: say('send-a-workbook') }),
        say('do-as-multipart'),
      )
    const visitor = visitorOf(request)
    const { locale } = visitor.texts
    const upload = await uploadOf(sent, context, locale)
    const file = await withNamedFiles(upload, body, context, locale)
    return { file, draft: await wizard.direct.upload(requesterOf(visitor), file, inspectionRequestOf(body)) }
  }

  async function execute(request: Request, body: ExecuteBody) {
    const made = await wizard.direct.execute(
      requesterOf(visitorOf(request)),
      body.upload_id,
      directRequestOf(body),
    )
    if (made.isNew) cache.changed()
    return made
  }

  /** The first request with a key makes the task; all others, even concurrent ones, get that task as their answer. */
  async function once(request: Request, body: ExecuteBody, given: string) {
    // Nobody gets a runner’s task by guessing its key, nor they anybody’s.
    const own = onlyOwn(identityOf(request))
    const key = own === undefined ? given : `${own} ${given}`
    const before = await wizard.direct.find(requesterOf(visitorOf(request)), body.upload_id)
    const sent = before?.status === 'open' ? await wizard.direct.contentOf(before) : undefined
    const fingerprint = fingerprintOf(body, sent)
    const asked = { key, fingerprint, draftId: body.upload_id, now: clock.now() }
    const reserved = await reserveKey(db, asked)
    if (!isSameRequest(reserved.fingerprint, fingerprint))
      throw new HttpFault('key_reused', say('key-reused'), say('do-use-new-key'))
    try {
      if (reserved.isNew && before?.status === 'started') throw becameTask(before.taskId)
      // The same content may have been uploaded anew: the task is that of the first upload.
      return await execute(request, { ...body, upload_id: reserved.draftId })
    } catch (fault) {
      // It failed: after a fix, it may be sent again with the same key.
      if (reserved.isNew) await releaseKey(db, key)
      throw fault
    }
  }
}

function becameTask(id: string | null): HttpFault {
  return id === null
    ? new HttpFault('not_found', say('upload-task-deleted'), say('do-send-file-again'))
    : new HttpFault('conflict', say('upload-is-task', { task: id }), say('do-send-for-another'))
}
