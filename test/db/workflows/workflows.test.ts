import { expect, test } from 'bun:test'
import { findWorkflow, setWorkflowEnabled } from '../../../src/db/workflows/workflows.ts'
import { openShelf } from '../../support/runner-store.ts'

test('a workflow is switched off and on again', async () => {
  const { db, workflow } = await openShelf()
  await setWorkflowEnabled(db, workflow.id, false)
  expect(await findWorkflow(db, workflow.id)).toMatchObject({ enabled: false })
  await setWorkflowEnabled(db, workflow.id, true)
  expect(await findWorkflow(db, workflow.id)).toMatchObject({ enabled: true })
})
