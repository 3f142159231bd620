import { z } from 'zod'
import { json, notFound, refuse } from './answers.ts'
import type { SandboxForm } from './form.ts'
import type { SandboxRun } from './run.ts'
import type { SandboxCall } from './state.ts'
import { brokenOff } from './stream.ts'

const Body = z.object({
  user: z.string().min(1),
  inputs: z.record(z.string(), z.unknown()),
  action: z.string(),
})

/** GET /form/human_input/{token}. */
export function formRoute(call: SandboxCall, token: string): Response {
  const found = formOf(call, token)
  if (!found) return notFound('Form not found.')
  const { form } = found
  return (
    refusal(form) ??
    json({
      form_content: form.content,
      inputs: form.inputs,
      resolved_default_values: {},
      user_actions: form.question.actions,
      expiration_time: Math.floor(form.expiresAt / 1000),
    })
  )
}

/** POST /form/human_input/{token}: the run goes on. */
export async function answerRoute(call: SandboxCall, token: string): Promise<Response> {
  const body = Body.safeParse(await call.request.json().catch(() => undefined))
  if (!body.success)
    return refuse({ status: 400, code: 'invalid_param', message: 'Arg user must be provided.' })
  const found = formOf(call, token)
  if (!found) return notFound('Form not found.')
  const { form, run } = found
  const { user, inputs, action } = body.data
  const refused = refusal(form)
  call.state.log.answers.push({ app: run.app.name, user, action, inputs, at: Date.now(), taken: !refused })
  if (refused) return refused
  const fault = faultIn(form, action, inputs)
  if (fault !== undefined) return refuse({ status: 400, code: 'invalid_form_data', message: fault })
  run.answer({ action, inputs })
  if (call.fault?.stream === 'cut-at-once') return brokenOff('') // it has arrived, and its confirmation is lost
  return json({})
}

function formOf(
  { state, app }: SandboxCall,
  token: string,
): { run: SandboxRun; form: SandboxForm } | undefined {
  for (const run of state.log.runs) {
    const form = run.app === app ? run.forms.find((one) => one.token === token) : undefined
    if (form) return { run, form }
  }
  return undefined
}

function refusal(form: SandboxForm): Response | undefined {
  if (form.answer) {
    const message = `This form has already been submitted by another user, form_id=${form.id}`
    return refuse({ status: 412, code: 'human_input_form_submitted', message })
  }
  if (Date.now() < form.expiresAt) return undefined
  const message = `This form has expired, form_id=${form.id}`
  return refuse({ status: 412, code: 'human_input_form_expired', message })
}

function faultIn(
  { question }: SandboxForm,
  action: string,
  inputs: Record<string, unknown>,
): string | undefined {
  if (!question.actions.some(({ id }) => id === action)) return `Invalid action: ${action}`
  const missing = question.fields.filter(({ name }) => inputs[name] === undefined).map(({ name }) => name)
  if (missing.length > 0) return `Missing required inputs: ${missing.join(', ')}`
  for (const { name, options } of question.fields) {
    const value = inputs[name]
    if (options && !options.some((option) => option === value))
      return `Invalid value for select input '${name}': ${String(value)}`
  }
  return undefined
}
