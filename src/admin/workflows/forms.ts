import type { Workflow } from '../../engine/workflow.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { html } from '../view/html.ts'
import {
  accessFields,
  consoleField,
  type FormContent,
  type FormFault,
  keyField,
  limitField,
  outputFields,
  perTaskField,
  rateFields,
  type TypedAccess,
  type TypedLimits,
  urlField,
} from './form.ts'

export type FormAsked = Omit<FormContent, 'inDialog'>

export function addForm(
  typed: { url: string; limit: string },
  texts: Texts,
  fault: FormFault | undefined,
): FormAsked {
  const { forms } = texts.workflowsPage
  return {
    title: forms.addTitle,
    action: '/workflows/add',
    fields: html`${keyField(forms.keyHint, texts, fault)}${urlField(typed.url, texts, fault)}
    ${limitField(typed.limit, { isRequired: false }, texts, fault)}`,
    submit: forms.addSubmit,
    fault,
  }
}

export function keyForm({ id, name }: Workflow, texts: Texts, fault: FormFault | undefined): FormAsked {
  const { forms } = texts.workflowsPage
  return {
    title: forms.keyTitle(name),
    action: `/workflows/${id}/key`,
    fields: keyField(forms.newKeyHint, texts, fault),
    submit: forms.keySubmit,
    fault,
  }
}

export function limitForm(
  { id, name }: Workflow,
  typed: TypedLimits,
  texts: Texts,
  fault: FormFault | undefined,
): FormAsked {
  const { forms } = texts.workflowsPage
  return {
    title: forms.limitTitle(name),
    action: `/workflows/${id}/limit`,
    fields: html`${limitField(typed.limit, { isRequired: true }, texts, fault)}${rateFields(typed, texts, fault)}${perTaskField(typed, texts, fault)}`,
    submit: forms.save,
    fault,
  }
}

export function outputsForm(
  { id, name }: Workflow,
  chosen: { recent: string[]; required: readonly string[]; others: string },
  texts: Texts,
  fault: FormFault | undefined,
): FormAsked {
  const { forms } = texts.workflowsPage
  return {
    title: forms.outputsTitle(name),
    action: `/workflows/${id}/outputs`,
    fields: outputFields(chosen, texts, fault),
    submit: forms.save,
    fault,
  }
}

export function consoleForm(
  { id, name }: Workflow,
  typed: string,
  texts: Texts,
  fault: FormFault | undefined,
): FormAsked {
  const { forms } = texts.workflowsPage
  return {
    title: forms.consoleTitle(name),
    action: `/workflows/${id}/console`,
    fields: consoleField(typed, texts, fault),
    submit: forms.save,
    fault,
  }
}

export function accessForm(
  { id, name }: Workflow,
  typed: TypedAccess,
  texts: Texts,
  fault: FormFault | undefined,
): FormAsked {
  const { forms } = texts.workflowsPage
  return {
    title: forms.accessTitle(name),
    action: `/workflows/${id}/access`,
    fields: accessFields(typed, texts, fault),
    submit: forms.save,
    fault,
  }
}

/** A workflow with tasks cannot be removed: then the form says so and links to them. */
export function removeForm({ id, name }: Workflow, tasks: number, texts: Texts): FormAsked {
  const { forms, acts } = texts.workflowsPage
  const title = forms.removeTitle(name)
  const action = `/workflows/${id}/remove`
  if (tasks === 0)
    return {
      title,
      action,
      fields: html`<p>${forms.removeText}</p>`,
      submit: forms.removeSubmit,
      isDanger: true,
    }
  return {
    title,
    action,
    fields: html`<p>${forms.removeHasTasks(tasks)}</p>
      <p><a href="/batch?workflow=${encodeURIComponent(id)}">${acts.tasks}</a></p>`,
    submit: undefined,
  }
}
