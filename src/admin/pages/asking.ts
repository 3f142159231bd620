import { Fault } from '../fault.ts'
import type { Surroundings } from '../options.ts'
import { htmlResponse } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { workflowForm } from '../view/workflow-form.ts'
import type { FormAsked } from '../view/workflow-forms.ts'
import type { Visitor } from '../visitor.ts'

/** Where a form that is not right is shown again, whatever the form itself asked for. */
const IN_DIALOG = { 'hx-retarget': '#dialog', 'hx-reselect': '#question', 'hx-reswap': 'innerHTML' }

/** Shows a form, or shows it again: as a page of its own, or for the dialog where script asks. */
export function asking({ assets }: Pick<Surroundings, 'assets'>) {
  return (visitor: Visitor, request: Request, asked: FormAsked): Response => {
    if (!visitor.canAct)
      throw new Fault('read_only', 'You may look, but not change anything.', 'Sign in with the admin token.')
    const inDialog = request.headers.get('hx-request') === 'true'
    const isAgain = request.method === 'POST'
    return htmlResponse(
      page(assets, visitor, {
        title: asked.title,
        tab: 'workflows',
        isNarrow: true,
        main: workflowForm({ ...asked, inDialog }, visitor.words),
      }),
      isAgain ? 422 : 200,
      inDialog && isAgain ? IN_DIALOG : {},
    )
  }
}
