import { Elysia } from 'elysia'
import { z } from 'zod'
import type { Inspection } from '../../wizard/draft.ts'
import { constantField, constantFilesField } from '../../wizard/columns.ts'
import { missingInputs, oneRowOf, rowFaults, type RowGiven } from '../../wizard/one-row.ts'
import { safeName } from '../../wizard/templates.ts'
import { MonthUsedUp, usedUpText } from '../../app/usage.ts'
import { NAME_CHARS } from '../../engine/parameters.ts'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { faultText } from '../../messages/fault-text.ts'
import { personKey } from '../../messages/people.ts'
import { clip } from '../../messages/rich-text.ts'
import { HttpFault } from '../http/fault.ts'
import { requesterOf, type Visitor, withVisitor } from '../http/visitor.ts'
import { filesByField, sentFormOf, type SentForm } from '../new-task/sent-form.ts'
import type { AdminContext } from '../options.ts'
import { seeOther } from '../view/html.ts'
import { workflowPath } from './card.ts'
import { NOTICE_QUERY, noticeOf } from './notices.ts'
import { OneWorkflowPage } from './page.ts'
import { FORM_FIELD, type TestTyped } from './test-form.ts'
import { findOneWorkflow } from './workflow-routes.ts'

const FORM = z.uuid()

/** The page of one workflow, with a form that runs one row of it. */
export function oneWorkflowPages(context: AdminContext) {
  const { wizard, cache } = context
  const page = new OneWorkflowPage(context)
  return new Elysia()
    .use(withVisitor())
    .get(
      '/workflows/:id',
      async ({ visitor, params: { id }, query }) =>
        page.show(visitor, id, {
          note: noticeOf(query, [await findOneWorkflow(context, id)], visitor.texts),
        }),
      { query: NOTICE_QUERY },
    )
    .post('/workflows/:id/test', async ({ visitor, params: { id }, body }) => {
      const workflow = (await wizard.offered.all(requesterOf(visitor))).find((one) => one.id === id)
      if (!workflow) throw new HttpFault('not_found', say('workflow-not-there'), say('do-see-workflows'))
      const sent = sentFormOf(body)
      const typed = typedIn(workflow, sent)
      const again = (fault: Pick<TestTyped, 'errors'> & { fault?: string | undefined }) =>
        page.show({ ...visitor, path: workflowPath(id) }, id, { typed: { ...typed, ...fault } }, 422)
      try {
        const result = await run(visitor, workflow, {
          ...typed,
          files: await filesIn(workflow, sent, visitor),
        })
        if ('errors' in result) return await again(result)
        cache.changed()
        return seeOther(`/batch/${encodeURIComponent(result.taskId)}`)
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        const text =
          fault instanceof MonthUsedUp
            ? usedUpText(fault.room, visitor.texts)
            : faultText(fault, visitor.texts)
        return again({ errors: new Map(), fault: text })
      }
    })

  /** Files are kept only where they are sent on: a form that comes back is sent with them again. */
  async function filesIn(workflow: Workflow, { byField }: SentForm, { texts }: Visitor) {
    const arrived = await filesByField(byField, context, texts.locale)
    return new Map(
      workflow.variables.flatMap(({ name }) => {
        const files = arrived.get(constantFilesField(name))
        return files ? [[name, files] as const] : []
      }),
    )
  }

  async function run(
    visitor: Visitor,
    workflow: Workflow,
    { form, values, files }: Pick<TestTyped, 'form'> & RowGiven,
  ): Promise<{ taskId: string } | Pick<TestTyped, 'errors' | 'fault'>> {
    const { texts } = visitor
    const { test: said } = texts.workflowPage
    const missing = missingInputs(workflow, { values, files })
    if (missing.length > 0)
      return { errors: new Map(missing.map(({ name, label }) => [name, said.needed(label)])) }
    const row = oneRowOf(
      workflow,
      { values, files },
      { fileName: `${said.fileName(safeName(workflow.name))}.csv`, rowHeading: said.row },
    )
    const requester = requesterOf(visitor)
    const result = await wizard.direct.run(requester, row.file, {
      source: sourceOf(personKey(requester.person), form, row.file),
      workflowId: workflow.id,
      reading: row.reading,
      mapping: row.mapping,
      parameters: { name: clip(said.taskName(workflow.name), NAME_CHARS) },
      skipFaulty: false,
      tryFirst: 0,
      face: 'page',
    })
    if (result.taskId === undefined) return faultsOf(row, result.inspection, visitor)
    if (result.taskId === null) throw new UserError(say('upload-task-deleted'))
    return { taskId: result.taskId }
  }

  function faultsOf(row: ReturnType<typeof oneRowOf>, inspection: Inspection, { texts }: Visitor) {
    const { byInput, whole } = rowFaults(row, inspection, texts)
    return { errors: byInput, fault: whole }
  }
}

function typedIn({ variables }: Workflow, { values }: SentForm): TestTyped {
  const typed: Record<string, string> = Object.create(null)
  for (const { name } of variables) {
    const value = values[constantField(name)]
    if (value !== undefined) typed[name] = value
  }
  const form = FORM.safeParse(values[FORM_FIELD]).data ?? crypto.randomUUID()
  return { form, values: typed, errors: new Map() }
}

/** Equal where the same person sends the same form twice with the same content. */
function sourceOf(
  person: string,
  form: string,
  { bytes, files = [] }: { bytes: Uint8Array; files?: { sha256: string }[] },
) {
  const hashes = JSON.stringify(files.map(({ sha256 }) => sha256))
  return `test:${person}:${form}:${Bun.hash(hashes, Bun.hash(bytes)).toString(36)}`
}
