import type { Form, Prompt } from '../../messages/prompt.ts'

/**
 * What is wrong with a form that the platform has closed, with a button that opens it again; the button’s id is the
 * form’s own.
 * @param errors sentences by field
 * @param form undefined: it can no longer be opened
 */
export function rejectedForm(
  errors: Record<string, string>,
  form: Form | undefined,
  label: (form: Form) => string,
): Prompt {
  const labels = new Map(form?.fields.map((field) => [field.id, field.label]))
  return {
    title: '',
    lines: Object.entries(errors).map(([field, sentence]) => {
      const name = labels.get(field)
      return name ? [{ bold: name }, `: ${sentence}`] : [sentence]
    }),
    selects: [],
    buttons: form ? [{ id: form.id, label: label(form), style: 'primary' }] : [],
  }
}
