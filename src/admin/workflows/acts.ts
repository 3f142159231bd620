import { type Access, findAccess, setAccess } from '../../db/workflows/access.ts'
import {
  deleteWorkflow,
  findWorkflow,
  listWorkflows,
  setWorkflowEnabled,
  setWorkflowLimit,
} from '../../db/workflows/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { audited } from '../audit/audited.ts'
import { Fault } from '../http/fault.ts'
import type { Surroundings } from '../options.ts'
import type { Actor } from '../tasks/acts.ts'

/** Calls at once that a workflow may be given. */
export const CALL_LIMIT = { min: 1, max: 1_000, usual: 10 }

/** What a person or a program asks for. */
export type WorkflowAct =
  | { act: 'sync' }
  | { act: 'enable' }
  | { act: 'disable' }
  | { act: 'remove' }
  | { act: 'key'; apiKey: string }
  | { act: 'limit'; limit: number }
  /** undefined: everyone */
  | { act: 'access'; access: Access | undefined }

/**
 * Does it, whichever face asks, and keeps who did.
 * @throws Fault not_found, and conflict for one that is to be removed and has tasks; UserError of Dify
 */
export async function actOnWorkflow(
  around: Surroundings,
  { identity, face }: Actor,
  id: string,
  asked: WorkflowAct,
): Promise<void> {
  const workflow = await findOneWorkflow(around, id)
  const details = await done(around, workflow, asked)
  await audited(around, identity, face, {
    action: `workflow.${asked.act}`,
    target: id,
    details: { workflow: workflow.name, ...details },
  })
  // The list of tasks names workflows too.
  around.fresh.drop('list:')
}

/**
 * Adds the app of a key, or brings it up to date.
 * @throws UserError when Dify does not take the key or the app cannot be run
 */
export async function addWorkflowByKey(
  around: Surroundings,
  { identity, face }: Actor,
  given: { baseUrl: string; apiKey: string; limit?: number },
): Promise<{ workflow: Workflow; isNew: boolean }> {
  const known = new Set((await listWorkflows(around.db)).map(({ id }) => id))
  const workflow = await withoutKey(given.apiKey, () => around.apps.add(given))
  await audited(around, identity, face, {
    action: 'workflow.add',
    target: workflow.id,
    details: { workflow: workflow.name, limit: workflow.limit, address: bareAddress(workflow.baseUrl) },
  })
  around.fresh.drop('list:')
  return { workflow, isNew: !known.has(workflow.id) }
}

/** Adds the apps of the built-in sandbox. */
export async function addSampleWorkflows(around: Surroundings, { identity, face }: Actor): Promise<void> {
  for (const { id, name } of await around.apps.addSandbox())
    await audited(around, identity, face, {
      action: 'workflow.add',
      target: id,
      details: { workflow: name },
    })
  around.fresh.drop('list:')
}

/** @throws Fault not_found */
export async function findOneWorkflow({ db }: Pick<Surroundings, 'db'>, id: string): Promise<Workflow> {
  const workflow = await findWorkflow(db, id)
  if (workflow) return workflow
  throw new Fault(
    'not_found',
    'This workflow is not here.',
    'It may have been removed. The list has every one.',
  )
}

/** What Dify says is wrong, without the key: a server may say back whatever it was sent. */
async function withoutKey<T>(apiKey: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (fault) {
    const key = apiKey.trim()
    if (!(fault instanceof UserError) || key === '') throw fault
    throw new UserError(fault.message.replaceAll(key, '…'), fault.hint?.replaceAll(key, '…'))
  }
}

/** `api.dify.ai/v1`: a name and password that somebody has put into the address stay out. */
export function bareAddress(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return ''
  const { host, pathname } = new URL(baseUrl)
  return `${host}${pathname}`
}

async function done(
  { db, apps }: Surroundings,
  workflow: Workflow,
  asked: WorkflowAct,
): Promise<Record<string, unknown>> {
  const { id } = workflow
  switch (asked.act) {
    case 'sync': {
      const { name, variables } = await apps.sync(workflow)
      return {
        ...(name !== workflow.name && { workflow: name, wasName: workflow.name }),
        ...(!Bun.deepEquals(variables, workflow.variables) && { inputsChanged: true }),
      }
    }
    case 'key':
      await withoutKey(asked.apiKey, () => apps.giveKey(workflow, asked.apiKey))
      return {}
    case 'limit':
      await setWorkflowLimit(db, id, asked.limit)
      return { from: workflow.limit, to: asked.limit }
    case 'enable':
    case 'disable':
      await setWorkflowEnabled(db, id, asked.act === 'enable')
      return {}
    case 'access': {
      await setAccess(db, id, asked.access)
      const access = await findAccess(db, id)
      return access ? { ...access } : { everyone: true }
    }
    case 'remove':
      if (await deleteWorkflow(db, id)) return {}
      throw new Fault(
        'conflict',
        `“${workflow.name}” has tasks and cannot be removed.`,
        'Delete its tasks first, or switch it off.',
      )
  }
}
