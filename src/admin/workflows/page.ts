import type { AdminContext } from '../options.ts'
import type { Visitor } from '../http/visitor.ts'
import { htmlResponse } from '../view/html.ts'
import { page } from '../view/layout.ts'
import type { Note } from './card.ts'
import { factsOf } from './page-facts.ts'
import { workflowPage } from './page-view.ts'
import { newTestForm, type TestTyped } from './test-form.ts'

/** The page of one workflow, also as the answer to a form on it. */
export class OneWorkflowPage {
  constructor(private readonly context: AdminContext) {}

  /** @throws HttpFault not_found */
  async show(
    visitor: Visitor,
    id: string,
    { note, typed = newTestForm() }: { note?: Note | undefined; typed?: TestTyped },
    status = 200,
  ): Promise<Response> {
    const facts = await factsOf(this.context, visitor, id)
    const main = workflowPage(facts, { note, typed }, visitor)
    return htmlResponse(
      page(this.context.assets, visitor, { title: facts.label, tab: 'workflows', main }),
      status,
    )
  }
}
