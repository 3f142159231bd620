import { z } from 'zod'
import { billOf } from './bill.ts'
import { invalid, json, SANDBOX_HEADERS } from './answers.ts'
import {
  FAULTS,
  isFaultName,
  STREAM_FAULTS,
  WRONG_INPUTS,
  type SandboxFault,
  type FaultName,
} from './sandbox-fault.ts'
import { SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE } from './console.ts'
import { ROUTES } from './misbehaviour.ts'
import type { SandboxState } from './state.ts'
import { TROUBLES } from './trouble.ts'

const FaultBody = z.strictObject({
  delayMs: z.number().nonnegative().exactOptional(),
  queuedMs: z.number().nonnegative().nullable().exactOptional(),
  refuse: z
    .strictObject({
      status: z.number().int().min(200).max(599),
      code: z.string().exactOptional(),
      message: z.string().exactOptional(),
      html: z.string().exactOptional(),
      retryAfter: z.string().exactOptional(),
    })
    .exactOptional(),
  yetRuns: z.boolean().exactOptional(),
  hangs: z.boolean().exactOptional(),
  madeUp: z.string().exactOptional(),
  wrongInputs: z.enum(WRONG_INPUTS).exactOptional(),
  stream: z.enum(STREAM_FAULTS).exactOptional(),
  end: z.enum(['failed', 'partial-succeeded', 'paused', 'stopped', 'never']).exactOptional(),
  expiresMs: z.number().nonnegative().exactOptional(),
  resumes: z.enum(['stopped', 'lost']).exactOptional(),
  error: z.string().exactOptional(),
  errorCode: z.string().exactOptional(),
  errorStatus: z.number().int().exactOptional(),
  deafRejoin: z.boolean().exactOptional(),
  losesUpload: z.boolean().exactOptional(),
  deadLinks: z.boolean().exactOptional(),
  deafToStop: z.boolean().exactOptional(),
}) satisfies z.ZodType<SandboxFault>

const PlannedFaultBody = z.strictObject({
  fault: z.union([
    z.custom<FaultName>((name) => typeof name === 'string' && isFaultName(name), 'no such fault'),
    FaultBody,
  ]),
  app: z.string().exactOptional(),
  route: z.enum(ROUTES).exactOptional(),
  times: z.number().int().positive().exactOptional(),
  every: z.number().int().positive().exactOptional(),
})

/** GET /sandbox/hits: every run and upload so far, for tests in another process. */
export function hitsRoute({ log, files }: SandboxState): Response {
  const { stops, turnedAway, answers, peaks } = log
  return json({
    hits: log.hits(),
    bill: billOf(log.runs),
    uploads: files.uploads(),
    stops,
    turnedAway,
    answers,
    peaks,
  })
}

/** POST /sandbox/faults plans a fault, DELETE removes all planned faults. */
export async function faultsRoute({ misbehaviour }: SandboxState, request: Request): Promise<Response> {
  if (request.method === 'DELETE') {
    misbehaviour.clear()
    return json({ result: 'success' })
  }
  const planned = PlannedFaultBody.safeParse(await request.json().catch(() => undefined))
  if (!planned.success) return invalid(z.prettifyError(planned.error))
  misbehaviour.plan(planned.data)
  return json({ result: 'success' }, 201)
}

const TroubleBody = z.strictObject({ trouble: z.enum(TROUBLES) })

/**
 * POST /sandbox/trouble: something happens to the whole server. `api-killed` is answered before the connections break.
 */
export async function troubleRoute(state: SandboxState, request: Request): Promise<Response> {
  const body = TroubleBody.safeParse(await request.json().catch(() => undefined))
  if (!body.success) return invalid(z.prettifyError(body.error))
  const { trouble } = body.data
  if (trouble === 'api-killed') setTimeout(() => void state.cause(trouble), 10)
  else await state.cause(trouble)
  return json({ result: 'success' })
}

/** GET /: says what this is, for people who open it in a browser. */
export function bannerRoute({ apps }: SandboxState): Response {
  const lines = apps.map((app) => `  ${app.name} (${app.mode})\n    ${app.description}\n    key ${app.key}`)
  const text = `This is Rowbot’s sandbox. It speaks Dify’s service API below /v1, but it is not Dify and calls no model.\nIts console API takes the admin key ${SANDBOX_ADMIN_KEY} in the workspace ${SANDBOX_WORKSPACE}.\n\n${lines.join('\n\n')}\n\nPut [sandbox: 429], [sandbox: failed, times=1] or [sandbox: delay=500, cut] into a text to see how Rowbot takes it.\nThere are: ${Object.keys(FAULTS).join(', ')}.\n`
  return new Response(text, { headers: { ...SANDBOX_HEADERS, 'content-type': 'text/plain; charset=utf-8' } })
}
