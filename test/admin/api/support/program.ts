import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { until } from '../../../support/bot.ts'
import { anAdmin, type As } from '../../support/admin.ts'

export const SAMPLE = readFileSync(join(import.meta.dir, '../../../../samples/test_batch_data.xlsx'))

/** Two rows that run, and one whose tone is none of the workflow’s. */
export const FAULTY =
  'Name,Key features,Tone\nKettle,boils,formal\nLamp,shines,friendly\nChair,stands,casual\n'

const TASK = z.looseObject({ task_id: z.string(), status: z.string(), total: z.number(), failed: z.number() })
const UPLOAD = z.looseObject({ upload_id: z.string(), workflow_id: z.string().nullable() })

/** A program at the API, over a bot that runs. */
export async function aProgram(options: Parameters<typeof anAdmin>[0] & { runs?: boolean } = {}) {
  const { runs = true, ...rest } = options
  const admin = await anAdmin(rest)
  if (runs) admin.bot.startRunner()
  const { call } = admin

  const ask = async (method: string, path: string, body?: unknown, init: RequestInit & { as?: As } = {}) => {
    const headers = new Headers(init.headers)
    if (body !== undefined && !(body instanceof FormData)) headers.set('content-type', 'application/json')
    const sent = body === undefined ? undefined : body instanceof FormData ? body : JSON.stringify(body)
    const response = await call(path, { ...init, method, headers, ...(sent !== undefined && { body: sent }) })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
  }
  const upload = (
    bytes: Uint8Array | string = SAMPLE,
    name = 'test_batch_data.xlsx',
    fields: Record<string, string> = {},
  ) => ask('POST', '/api/batch/upload', formOf(bytes, name, fields))
  const uploaded = async (...sent: Parameters<typeof upload>) => UPLOAD.parse((await upload(...sent)).json)
  const execute = (order: Record<string, unknown>, key?: string) =>
    ask('POST', '/api/batch/execute', order, key === undefined ? {} : { headers: { 'idempotency-key': key } })
  const status = async (id: string) => TASK.parse((await ask('GET', `/api/batch/${id}/status`)).json)
  /** Of the sample, run to its end. */
  const finished = async () => {
    const { upload_id } = await uploaded()
    const { task_id } = TASK.parse((await execute({ upload_id })).json)
    return until(
      () => status(task_id),
      (task) => task.status === 'completed',
    )
  }
  return { ...admin, ask, upload, uploaded, execute, status, finished }
}

export function formOf(
  bytes: Uint8Array | string,
  name: string,
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData()
  form.set('file', new File([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)], name))
  for (const [field, value] of Object.entries(fields)) form.set(field, value)
  return form
}

/** Undefined: it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
