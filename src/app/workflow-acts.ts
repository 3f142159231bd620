import type { Db, Trx } from '../db/schema.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Act } from './audit.ts'
import type { Rowbot } from './rowbot.ts'

/** What the acts on workflows need. */
export type WorkflowApp = Pick<Rowbot, 'db' | 'box' | 'runtimes' | 'clock' | 'log'>

/** For the audit. */
export function actOn({ id, name }: Workflow, act: string, details: Record<string, unknown> = {}): Act {
  return { action: `workflow.${act}`, target: id, details: { workflow: name, ...details } }
}

/** @throws UserError if it was removed meanwhile */
export async function stored(db: Db | Trx, id: string): Promise<Workflow> {
  const workflow = await findWorkflow(db, id)
  if (workflow) return workflow
  throw new UserError(say('workflow-not-there'), say('do-see-workflows'))
}
