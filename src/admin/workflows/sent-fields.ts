import { isLimit, parseLimit, type TaskLimit } from '../../engine/limits.ts'
import { z } from 'zod'
import type { WorkflowAccess } from '../../db/workflows/access.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { FormFault, TypedAccess, TypedLimits } from './form.ts'
import { CALL_LIMIT, PER_MINUTE, TOKENS_PER_MINUTE } from '../../app/workflow-settings.ts'
import type { WorkflowLimits } from '../../engine/workflow.ts'

const text = z.string().max(4_000).default('')

export const ADD_SENT = z.object({ apiKey: text, url: text, limit: text })
export const KEY_SENT = z.object({ apiKey: text })
export const CONSOLE_SENT = z.object({ consoleUrl: text })
export const LIMIT_SENT = z.object({ limit: text, perMinute: text, tokensPerMinute: text, perTask: text })
/** A name a box that is ticked, and what was typed. */
export const OUTPUTS_SENT = z.object({
  required: z
    .union([text, z.array(text)])
    .optional()
    .transform((sent) => (typeof sent === 'string' ? [sent] : (sent ?? []))),
  others: text,
})

/** The names of all outputs that were chosen or typed. */
export function outputsOf({ required, others }: z.output<typeof OUTPUTS_SENT>): string[] {
  return [...required, ...others.split(/[\n,;，；、]+/)].map((name) => name.trim()).filter(Boolean)
}

export const ACCESS_SENT = z.object({
  who: z.enum(['everyone', 'only']),
  users: text,
  channels: text,
  roles: text,
})

/** A number within its range, or the fault to show. */
export function limitOf(typed: string, { workflowsPage: { forms } }: Texts): number | FormFault {
  const { min, max } = CALL_LIMIT
  const limit = Number(typed.trim())
  if (typed.trim() !== '' && Number.isInteger(limit) && limit >= min && limit <= max) return limit
  return { field: 'limit', message: forms.limitFault(min, max) }
}

/** All three limits of the form; a rate that is left empty is none. The fault to show where one is not in its range. */
export function limitsOf(typed: TypedLimits, texts: Texts): WorkflowLimits | { fault: FormFault } {
  const { forms } = texts.workflowsPage
  const limit = limitOf(typed.limit, texts)
  if (typeof limit === 'object') return { fault: limit }
  const perMinute = rateOf(typed.perMinute, PER_MINUTE)
  if (perMinute === undefined)
    return { fault: { field: 'perMinute', message: forms.rateFault(forms.perMinute, PER_MINUTE.max) } }
  const tokensPerMinute = rateOf(typed.tokensPerMinute, TOKENS_PER_MINUTE)
  if (tokensPerMinute === undefined) {
    const message = forms.rateFault(forms.tokensPerMinute, TOKENS_PER_MINUTE.max)
    return { fault: { field: 'tokensPerMinute', message } }
  }
  return { limit, perMinute, tokensPerMinute }
}

/** How much a task may cost; an empty field: as much as it does. The fault to show where it is no limit. */
export function perTaskOf(
  { perTask }: Pick<TypedLimits, 'perTask'>,
  { workflowsPage: { forms } }: Texts,
): { perTask: TaskLimit | null } | { fault: FormFault } {
  if (perTask.trim() === '') return { perTask: null }
  if (!isLimit(perTask)) return { fault: { field: 'perTask', message: forms.perTaskFault } }
  return { perTask: parseLimit(perTask) }
}

/** Undefined: not in its range. */
function rateOf(typed: string, { min, max }: { min: number; max: number }): number | null | undefined {
  if (typed.trim() === '') return null
  const rate = Number(typed.trim())
  return Number.isInteger(rate) && rate >= min && rate <= max ? rate : undefined
}

/**
 * What was typed for a URL, if it is safe to show again: a key pasted into the wrong field, or a URL with a password,
 * is not.
 */
export function safeAddress(typed: string, otherwise: string): string {
  return /[./:]/.test(typed) && !typed.includes('@') && !/\bapp-\w{12,}/.test(typed) ? typed : otherwise
}

/** As copied from a chat: `<@U012ABCDEF>`, `<#C012ABCDEF|merch>`, `<!subteam^S012ABCDEF>`, or a bare id. */
const MENTION = /^<(?:@[!&]?|#|!subteam\^)([A-Za-z0-9]+)(?:\|[^>]*)?>$/
const ID = /^[A-Za-z0-9]{1,64}$/
const IDS = ['users', 'channels', 'roles'] as const

/** Undefined: everyone. A fault if the text does not say clearly who is meant. */
export function accessOf(
  typed: TypedAccess,
  before: WorkflowAccess | undefined,
  { workflowsPage: { forms } }: Texts,
): { access: WorkflowAccess | undefined } | { fault: FormFault } {
  const access: WorkflowAccess = { users: [], channels: [], roles: [] }
  for (const field of IDS) {
    for (const word of typed[field].split(/[\s,;，、；]+/).filter(Boolean)) {
      const id = MENTION.exec(word)?.[1] ?? word
      if (!ID.test(id)) return { fault: { field, message: forms.notAnId(word.slice(0, 80)) } }
      if (!access[field].includes(id)) access[field].push(id)
    }
  }
  if (typed.who === 'only') {
    const named = IDS.some((field) => access[field].length > 0)
    return named ? { access } : { fault: { field: 'users', message: forms.nobodyNamed } }
  }
  // Somebody who has just added an id wants to restrict access: a forgotten click must not open the workflow to
  // everyone.
  const added = IDS.find((field) => access[field].some((id) => !before?.[field].includes(id)))
  return added ? { fault: { field: added, message: forms.bothChosen } } : { access: undefined }
}
