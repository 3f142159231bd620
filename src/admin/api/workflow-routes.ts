import { CONSOLE_URL_CHARS } from '../../app/console-url.ts'
import { parseLimit } from '../../engine/limits.ts'
import { LIMIT as TASK_LIMIT } from './submission.ts'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { countTasksByWorkflow, listWorkflows } from '../../db/workflows/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Workflow, WorkflowLimits } from '../../engine/workflow.ts'
import { requesterOf, visitorOf } from '../http/visitor.ts'
import { attachment } from '../http/download.ts'
import { HttpFault } from '../http/fault.ts'
import { type Coded, inEnglish, say } from '../../engine/sentence.ts'
import { type Actor, NotAllowed } from '../../app/actor.ts'
import { identityOf, onlyOwn } from '../sign-in/identity.ts'
import type { AdminContext } from '../options.ts'
import { addWorkflow, checkWorkflow, removeWorkflow, syncWorkflow } from '../../app/workflows.ts'
import {
  CALL_LIMIT,
  PER_MINUTE,
  TOKENS_PER_MINUTE,
  changeLimits,
  changeConsoleUrl,
  changePerTask,
  changeRequiredOutputs,
  REQUIRED_OUTPUTS,
  switchWorkflow,
} from '../../app/workflow-settings.ts'
import { faults, programOf, requireWorkflow, BINARY, NOT_FOUND, XLSX } from './requests.ts'
import { bodyOf } from './names.ts'
import { workflowImportRoute } from './workflow-import-route.ts'
import { WORKFLOW } from './shapes.ts'
import { workflowJson } from './to-json.ts'

const WORKFLOW_ID = z.object({ workflow_id: z.string() })
const LIMIT = z
  .number()
  .int()
  .min(CALL_LIMIT.min)
  .max(CALL_LIMIT.max)
  .describe('calls at once over all tasks')
const PER_MINUTE_SENT = z
  .number()
  .int()
  .min(PER_MINUTE.min)
  .max(PER_MINUTE.max)
  .nullable()
  .describe('calls a minute over all tasks; null: as many as get through')
const TOKENS_SENT = z
  .number()
  .int()
  .min(TOKENS_PER_MINUTE.min)
  .max(TOKENS_PER_MINUTE.max)
  .nullable()
  .describe('tokens a minute over all tasks; null: as many as get through')
const LIMITS = {
  limit: LIMIT.optional(),
  per_minute: PER_MINUTE_SENT.optional(),
  tokens_per_minute: TOKENS_SENT.optional(),
}
const NEW = bodyOf({
  api_key: z.string().trim().min(1).max(500).describe('of the app; stored encrypted, never returned'),
  base_url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional()
    .describe('of Dify’s service API; default: the server’s own setting'),
  ...LIMITS,
})
const CHANGE = bodyOf({
  enabled: z.boolean().optional(),
  required_outputs: z
    .array(z.string().trim().min(1).max(REQUIRED_OUTPUTS.chars))
    .max(REQUIRED_OUTPUTS.most)
    .optional()
    .describe('outputs without which a row has failed, and is tried again; an empty list: none'),
  per_task: TASK_LIMIT.nullable()
    .optional()
    .describe('how much a task may cost unless whoever starts it says otherwise; null: as much as it does'),
  console_url: z
    .string()
    .max(CONSOLE_URL_CHARS)
    .nullable()
    .optional()
    .describe('of any page of the app in Dify, so that rows link to its log there; null: none'),
  ...LIMITS,
})
const CHANGES = z.array(
  z.object({
    code: z.string().describe('input-added, input-differs, server-version-differs, …'),
    message: z.string().describe('the same as a sentence'),
  }),
)
const CHECKED = z.object({
  ok: z.boolean().describe('Dify accepts the key, and the app can be run'),
  changed: z.boolean().describe('its kind or its inputs in Dify have changed: sync it'),
  changes: CHANGES.describe('all that differs in Dify from what is stored here'),
  message: z.string().nullable(),
  hint: z.string().nullable(),
})
const detail = (summary: string, description?: string) => ({
  tags: ['Workflows'],
  summary,
  ...(description !== undefined && { description }),
})

interface LimitsSent {
  limit?: number | undefined
  per_minute?: number | null | undefined
  tokens_per_minute?: number | null | undefined
}

function limitsOf({ limit, per_minute, tokens_per_minute }: LimitsSent): Partial<WorkflowLimits> {
  return {
    ...(limit !== undefined && { limit }),
    ...(per_minute !== undefined && { perMinute: per_minute }),
    ...(tokens_per_minute !== undefined && { tokensPerMinute: tokens_per_minute }),
  }
}

/** The Dify apps that may be run. */
export function workflowRoutes(context: AdminContext) {
  const { db, bot, cache, difyUrl, wizard, loweredLimit } = context
  return new Elysia()
    .use(workflowImportRoute(context))
    .get(
      '/api/workflows',
      async ({ request }) => {
        const items = await listSeen(request)
        return { items, workflows: items }
      },
      {
        response: {
          200: z.object({
            items: z.array(WORKFLOW),
            workflows: z.array(WORKFLOW).describe('the same as items'),
          }),
        },
        detail: detail('All workflows, by name', 'For a runner’s token, those that it may use.'),
      },
    )
    .post(
      '/api/workflows',
      async ({ body: { api_key, base_url, ...limits }, request, status }) => {
        const { workflow, isNew } = await addWorkflow(bot, programOf(request), {
          baseUrl: base_url ?? difyUrl,
          apiKey: api_key,
          ...limitsOf(limits),
        })
        cache.changed()
        return status(isNew ? 201 : 200, await one(workflow.id))
      },
      {
        body: NEW,
        response: { 200: WORKFLOW, 201: WORKFLOW, ...faults(409) },
        detail: detail(
          'Add a workflow by its key',
          'Its name and inputs come from Dify. 200: it already existed.',
        ),
      },
    )
    .post(
      '/api/workflows/:workflow_id/sync',
      async ({ params, request }) => {
        const workflow = await requireWorkflow(params.workflow_id, context)
        const { changes } = await syncWorkflow(bot, programOf(request), workflow)
        cache.changed()
        return { ...(await one(workflow.id)), changes: changesJson(changes) }
      },
      {
        params: WORKFLOW_ID,
        response: {
          200: WORKFLOW.extend({ changes: CHANGES.describe('what was otherwise before') }),
          ...faults(404, 409),
        },
        detail: detail('Update its name and inputs from Dify'),
      },
    )
    .post(
      '/api/workflows/:workflow_id/check',
      async ({ params, request }) =>
        check(await requireWorkflow(params.workflow_id, context), programOf(request)),
      {
        params: WORKFLOW_ID,
        response: { 200: CHECKED, ...faults(404) },
        detail: detail(
          'Ask Dify whether it can be run, and what of it has changed',
          'Nothing that runs is changed.',
        ),
      },
    )
    .patch(
      '/api/workflows/:workflow_id',
      async ({
        params,
        body: { enabled, required_outputs: required, per_task: perTask, console_url: page, ...sent },
        request,
      }) => {
        const workflow = await requireWorkflow(params.workflow_id, context)
        const by = programOf(request)
        if (enabled !== undefined) await switchWorkflow(bot, by, workflow, enabled ? 'on' : 'off')
        const limits = limitsOf(sent)
        if (Object.keys(limits).length > 0) await changeLimits(bot, by, workflow, limits)
        if (perTask !== undefined)
          await changePerTask(bot, by, workflow, perTask === null ? null : parseLimit(perTask))
        if (required !== undefined) await changeRequiredOutputs(bot, by, workflow, required)
        if (page !== undefined) await changeConsoleUrl(bot, by, workflow, page)
        cache.changed()
        return one(workflow.id)
      },
      {
        params: WORKFLOW_ID,
        body: CHANGE,
        response: { 200: WORKFLOW, ...faults(404) },
        detail: detail(
          'Switch it on or off, set its limits, or say which outputs must be there',
          'Tasks that are there go on.',
        ),
      },
    )
    .delete(
      '/api/workflows/:workflow_id',
      async ({ params, request }) => {
        const workflow = await requireWorkflow(params.workflow_id, context)
        await removeWorkflow(bot, programOf(request), workflow)
        cache.changed()
        return { deleted: true as const, workflow_id: workflow.id }
      },
      {
        params: WORKFLOW_ID,
        response: {
          200: z.object({ deleted: z.literal(true), workflow_id: z.string() }),
          ...faults(404, 409),
        },
        detail: detail('Delete', 'Only one that has no tasks.'),
      },
    )
    .get(
      '/api/workflows/:workflow_id/template',
      async ({ params, request }) => {
        const workflow = await requireWorkflow(params.workflow_id, context)
        if (!(await listSeen(request)).some(({ workflow_id }) => workflow_id === workflow.id))
          throw new HttpFault('not_found', say('workflow-not-there'), say('do-api-lists-workflows'))
        const answer = await wizard.template(workflow, requesterOf(visitorOf(request)))
        if (answer.kind !== 'file') throw new Error(`a template came as ${answer.kind}`)
        const { name, content } = answer.file
        return attachment(content, name)
      },
      {
        params: WORKFLOW_ID,
        detail: {
          ...detail('A workbook to fill in'),
          responses: { 200: { description: 'the file', content: { [XLSX]: BINARY } }, 404: NOT_FOUND },
        },
      },
    )

  /** A runner sees those that they may use, and how many tasks of theirs each has. */
  async function listSeen(request: Request) {
    const own = onlyOwn(identityOf(request))
    if (own === undefined) return toJson(await listWorkflows(db))
    return toJson(await wizard.offered.all(requesterOf(visitorOf(request))), own)
  }

  async function toJson(workflows: Workflow[], ownerKey?: string) {
    const tasks = await countTasksByWorkflow(db, ownerKey)
    return workflows.map((workflow) =>
      workflowJson(workflow, { tasks: tasks.get(workflow.id) ?? 0, limitNow: loweredLimit(workflow.id) }),
    )
  }

  async function one(id: string) {
    const [json] = await toJson([await requireWorkflow(id, context)])
    if (!json) throw new Error('one workflow came to none')
    return json
  }

  async function check(workflow: Workflow, by: Actor): Promise<z.output<typeof CHECKED>> {
    try {
      const { changes, isSerious } = await checkWorkflow(bot, by, workflow)
      return { ok: true, changed: isSerious, changes: changesJson(changes), message: null, hint: null }
    } catch (fault) {
      if (!(fault instanceof UserError) || fault instanceof NotAllowed) throw fault
      return { ok: false, changed: false, changes: [], message: fault.message, hint: fault.hint ?? null }
    }
  }
}

function changesJson(changes: Coded[]): z.output<typeof CHANGES> {
  return changes.map((change) => ({ code: change.code, message: inEnglish(change) }))
}
