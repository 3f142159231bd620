import { Elysia } from 'elysia'
import { z } from 'zod'
import { releaseKey, reserveKey } from '../../db/tasks/idempotency.ts'
import { UserError } from '../../engine/user-error.ts'
import { Refused } from '../../wizard/answer.ts'
import { askerOf, visitorOf } from '../http/visitor.ts'
import { audit } from '../../app/audit.ts'
import { Fault } from '../http/fault.ts'
import type { Surroundings } from '../options.ts'
import { uploadOf } from '../new-task/sent-file.ts'
import { FAULT, faults, toFault, unreadable, programOf, knownTask, toTaskJson } from './requests.ts'
import { FILE, fingerprintOf, ORDER, type Order, wantedOf } from './submission.ts'
import { CELL_FAULT, TASK, UPLOAD } from './shapes.ts'
import { cellFaultJson, uploadJson } from './to-json.ts'

const KEY = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('the same key and body again give the same task, with 200; kept for a week'),
})
const FAULTY = FAULT.extend({ faults: z.array(CELL_FAULT).optional().describe('of code faulty_rows') })
const tags = ['New task']

/** A file, and the task that is made of it. */
export function newTaskRoutes(around: Surroundings) {
  const { db, clock, fresh, wizard } = around
  return new Elysia()
    .post(
      '/api/batch/upload',
      async ({ body, request, status }) => {
        const { file, workflow_id, sheet, heading_row, mapping } = body
        const reading = { workflowId: workflow_id, sheet, headingRow: heading_row, mapping }
        const draft = await wizard.direct
          .upload(askerOf(visitorOf(request)), await uploadOf(file), reading)
          .catch((fault: unknown) => {
            if (fault instanceof Refused) throw toFault(fault)
            throw fault instanceof UserError ? unreadable(fault) : fault
          })
        const { rows } = draft.state.look
        const details = { file: draft.fileName, rows }
        await audit(around, programOf(request), { action: 'upload.add', target: draft.id, details })
        return status(201, uploadJson(draft))
      },
      {
        body: FILE,
        response: { 201: UPLOAD, ...faults(413) },
        detail: {
          tags,
          summary: 'Send a workbook and have it checked',
          description: 'Kept for a day. Nothing runs yet: give upload_id to execute.',
        },
      },
    )
    .post(
      '/api/batch/execute',
      async ({ body, headers, request, status }) => {
        const key = headers['idempotency-key']
        const made = await (key === undefined ? execute(request, body) : once(request, body, key)).catch(
          (fault: unknown) => {
            if (!(fault instanceof Refused)) throw fault
            if (fault.look) return fault
            throw toFault(fault)
          },
        )
        if (made instanceof Refused) {
          const { message, hint = null, look } = made
          const found = look?.faults.filter(({ note }) => !note) ?? []
          return status(409, { code: 'faulty_rows', message, hint, faults: found.map(cellFaultJson) })
        }
        const { taskId, isNew } = made
        if (taskId === null || (!isNew && key === undefined)) throw becameTask(taskId)
        const task = await toTaskJson(await knownTask(taskId, around), around)
        return status(isNew ? 201 : 200, task)
      },
      {
        body: ORDER,
        headers: KEY,
        response: { 200: TASK, 201: TASK, 409: FAULTY, ...faults(404) },
        detail: {
          tags,
          summary: 'Make a task of an upload, and start it',
          description:
            'Once, whoever asks how often. 200: the same request came before, and this is its task.',
        },
      },
    )

  async function execute(request: Request, order: Order) {
    const made = await wizard.direct.execute(askerOf(visitorOf(request)), order.upload_id, wantedOf(order))
    if (made.isNew) fresh.changed()
    return made
  }

  /** Whoever comes first with a key; everybody after is answered with what became of that, also at the same moment. */
  async function once(request: Request, order: Order, key: string) {
    const fingerprint = fingerprintOf(order)
    const before = await wizard.direct.find(order.upload_id)
    const asked = { key, fingerprint, draftId: order.upload_id, now: clock.now() }
    const reserved = await reserveKey(db, asked)
    if (reserved.fingerprint !== fingerprint)
      throw new Fault(
        'key_reused',
        'This Idempotency-Key came with another request before.',
        'Use a new key for a new request.',
      )
    try {
      if (reserved.isNew && before?.status === 'started') throw becameTask(before.taskId)
      return await execute(request, order)
    } catch (fault) {
      // Nothing came of it: mended, it may be sent with the same key.
      if (reserved.isNew) await releaseKey(db, key)
      throw fault
    }
  }
}

function becameTask(id: string | null): Fault {
  return id === null
    ? new Fault('not_found', 'The task of this upload was deleted.', 'Send the file again.')
    : new Fault(
        'conflict',
        `This upload has become task ${id} already.`,
        'Send the file again for another task; the same Idempotency-Key gives the same one.',
      )
}
