import { findWorkflow } from '../../../src/db/workflows/workflows.ts'
import { anOrder, openShelf } from '../../support/runner-store.ts'

/** Submits a large task until it is killed. `argv`: the database, a workflow of it. */
const [path = '', workflowId = ''] = process.argv.slice(2)
const { db, engine } = await openShelf({ path, withWorkflow: false })
const workflow = await findWorkflow(db, workflowId)
if (!workflow) throw new Error('there is no such workflow')
await engine.submit(anOrder(workflow, 1_000_000))
