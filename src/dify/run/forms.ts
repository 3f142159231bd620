import { z } from 'zod'
import {
  FIELD_TYPES,
  type AnswerResult,
  type RunForm,
  type RunFormAnswer,
  type FormState,
} from '../../engine/form.ts'
import type { AnswerableForm } from '../../engine/outcome.ts'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { outcomeOfFault, refusalOf } from '../client/faults.ts'
import { type ApiAccess, ask, discard } from '../client/http.ts'
import { quote } from '../client/server-text.ts'
import { outcomeOfRefusal } from '../outcome.ts'

/** Encrypts the tokens of forms as soon as they are read, and decrypts them to answer. */
export interface TokenSecrets {
  seal(plain: string): string
  /** @throws UserError if it was sealed under another key */
  open(sealed: string): string
}

export const NO_SECRETS: TokenSecrets = { seal: (plain) => plain, open: (sealed) => sealed }

const words = z.string().nullish().catch(undefined)

const FormInput = z.object({
  output_variable_name: z.string(),
  type: z.string(),
  default: z.object({ value: z.unknown() }).nullish().catch(undefined),
  /** select */
  option_source: z
    .object({ value: z.array(z.string()) })
    .nullish()
    .catch(undefined),
})

/** As in a `human_input_required` event, and among the reasons of a `workflow_paused` event or a blocking answer. */
const AskedForm = z.object({
  form_id: z.string(),
  form_token: words,
  form_content: words,
  node_id: words,
  node_title: words,
  inputs: z.array(FormInput).catch([]),
  actions: z.array(z.object({ id: z.string(), title: words, button_style: words })).catch([]),
  resolved_default_values: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  /** seconds since 1970 */
  expiration_time: z.number().nullish().catch(undefined),
})

const Pause = z.object({ reasons: z.array(z.unknown()).nullish().catch(undefined) })

/** A form as an event has it. Undefined: it is none. */
export function formOf(data: unknown, { seal }: Pick<TokenSecrets, 'seal'>): RunForm | undefined {
  const asked = AskedForm.safeParse(data).data
  if (!asked) return undefined
  const { form_id, form_token, form_content, node_id, node_title, expiration_time } = asked
  return {
    formId: form_id,
    token: form_token ? seal(form_token) : null,
    nodeId: node_id ?? '',
    nodeTitle: node_title ?? '',
    content: form_content ?? '',
    fields: asked.inputs.map(({ output_variable_name: name, type, default: standard, option_source }) => ({
      name,
      type: FIELD_TYPES.find((one) => one === type) ?? 'text',
      initial: textOf(asked.resolved_default_values?.[name] ?? standard?.value),
      options: option_source?.value ?? [],
    })),
    actions: asked.actions.map(({ id, title, button_style }) => ({
      id,
      title: title || id,
      style: button_style ?? 'default',
    })),
    expiresAt: expiration_time ? Math.round(expiration_time * 1000) : null,
  }
}

/** The forms among the reasons of a pause. */
export function formsOfPause(data: unknown, secrets: Pick<TokenSecrets, 'seal'>): RunForm[] {
  const reasons = Pause.safeParse(data).data?.reasons ?? []
  return reasons.flatMap((reason) => formOf(reason, secrets) ?? [])
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

interface FormAnswering {
  access: ApiAccess
  secrets: Pick<TokenSecrets, 'open'>
  /** time limit of the request */
  withinMs: number
}

/** Answers a form. Dify takes one answer; every later one hears that somebody was quicker. */
export async function answerForm(
  { access, secrets, withinMs }: FormAnswering,
  { token, user }: AnswerableForm,
  { action, inputs }: RunFormAnswer,
  signal: AbortSignal,
): Promise<AnswerResult> {
  if (token === null) return { kind: 'gone', error: say('form-without-token') }
  const json = { user, inputs, action }
  const path = pathOf(token, secrets)
  if (path === undefined) {
    const error = say('form-under-other-key')
    return { kind: 'not sent', error }
  }
  const answer = await ask(access, { method: 'POST', path, json, signal, withinMs }).catch(outcomeOfFault)
  if ('kind' in answer) {
    const error = 'error' in answer ? answer.error : ''
    return answer.kind === 'lost' ? { kind: 'lost', error } : { kind: 'not sent', error }
  }
  if (answer.statusCode === 200) {
    discard(answer)
    return { kind: 'taken' }
  }
  const refusal = await refusalOf(answer)
  const { code, text } = refusal
  if (code === 'human_input_form_submitted') return { kind: 'answered before' }
  if (code === 'human_input_form_expired' || isNotFound(code)) return { kind: 'gone', error: quote(text) }
  if (code === 'invalid_form_data' || code === 'invalid_param') return { kind: 'refused', error: quote(text) }
  const outcome = outcomeOfRefusal(refusal)
  const error = 'error' in outcome ? outcome.error : quote(text)
  // A page of a proxy says nothing about what Dify did with the answer.
  return code === undefined && refusal.status >= 500 ? { kind: 'lost', error } : { kind: 'not sent', error }
}

/** Asks whether a form can still be answered. */
export async function stateOfForm(
  { access, secrets, withinMs }: FormAnswering,
  { token, user }: AnswerableForm,
  signal: AbortSignal,
): Promise<FormState> {
  const path = token === null ? undefined : pathOf(token, secrets)
  if (path === undefined) return 'unknown'
  const answer = await ask(access, { method: 'GET', path, query: { user }, signal, withinMs }).catch(
    () => undefined,
  )
  if (!answer) return 'unknown'
  if (answer.statusCode === 200) {
    discard(answer)
    return 'open'
  }
  const { code } = await refusalOf(answer)
  if (code === 'human_input_form_submitted') return 'answered'
  return code === 'human_input_form_expired' || isNotFound(code) ? 'gone' : 'unknown'
}

function isNotFound(code: string | undefined): boolean {
  return code === 'not_found' || code === 'human_input_form_not_found'
}

/** Undefined: the token was encrypted under another key. That must not end the task, whose other rows can be answered. */
function pathOf(sealed: string, { open }: Pick<TokenSecrets, 'open'>): string | undefined {
  try {
    return `/form/human_input/${encodeURIComponent(open(sealed))}`
  } catch (fault) {
    if (fault instanceof UserError) return undefined
    throw fault
  }
}
