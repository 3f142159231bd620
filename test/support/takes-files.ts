import { updateWorkflow } from '../../src/db/workflows/workflows.ts'
import type { Db } from '../../src/db/schema.ts'
import { findUpload } from '../../src/db/drafts/uploads.ts'
import type { Variable, Workflow } from '../../src/engine/workflow.ts'

const INVOICE: Variable = { name: 'invoice', label: 'Invoice', type: 'file', required: true }

/** From now on this workflow reads invoices, and nothing else unless it is said. */
export async function takesFiles(db: Db, workflow: Workflow, others: Variable[] = []): Promise<void> {
  await updateWorkflow(db, workflow.id, { ...workflow, variables: [...others, INVOICE] }, Date.now())
}

export function aPdf(n: number) {
  return { name: `invoice-${n}.pdf`, bytes: new TextEncoder().encode(`%PDF-1.7\n${n}\n%%EOF\n`) }
}

export const INVOICES = {
  name: 'invoices.csv',
  bytes: new TextEncoder().encode('Invoice\ninvoice-1.pdf\ninvoice-2.pdf\n'),
}

/** The newest upload there is. */
export async function newestUpload(db: Db) {
  const row = await db.selectFrom('uploads').select('id').orderBy('created_at', 'desc').executeTakeFirst()
  return row && findUpload(db, row.id)
}

export async function filesAlong(db: Db): Promise<string[]> {
  return ((await newestUpload(db))?.files ?? []).map(({ name }) => name)
}
