import { RANGES } from '../../engine/parameters.ts'
import type { Field, Form } from '../../messages/prompt.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { html, type Html } from './html.ts'
import { dropField, type SentLimits } from '../new-task/drop-field.ts'

/** What was typed, and what is wrong with it, by field. */
export interface Typed {
  values: Record<string, string>
  errors: Record<string, string>
}

export const NOTHING_TYPED: Typed = { values: {}, errors: {} }

export function fieldsOf(
  { fields }: Form,
  typed: Typed,
  { texts, limits }: { texts: Texts; limits: SentLimits },
): Html {
  const firstWrong = fields.find(({ id }) => typed.errors[id] !== undefined)?.id
  return html`${fields.map((field) => {
    switch (field.type) {
      case 'file':
        return dropField({ label: field.label, texts, limits, isSmall: true })
      case 'select':
        return selectField(field)
      case 'text':
        return fieldOf(field, typed, field.id === firstWrong)
    }
  })}`
}

function selectField({ id, label, options, selected }: Extract<Field, { type: 'select' }>): Html {
  return html`<div class="field field-text">
    <label for="field-${id}">${label}</label>
    <select id="field-${id}" name="${id}">
      ${options.map(
        (option) =>
          html`<option value="${option.value}" ${option.value === selected ? 'selected' : ''}>
            ${option.label}
          </option>`,
      )}
    </select>
  </div>`
}

function fieldOf(field: Extract<Field, { type: 'text' }>, { values, errors }: Typed, isFirst: boolean): Html {
  const { id, label, hint, value, maxLength } = field
  const error = errors[id]
  const about = [hint && `${id}-hint`, error !== undefined && `${id}-fault`].filter(Boolean).join(' ')
  return html`<div class="field field-${isNumber(id) ? 'number' : 'text'}">
    <label for="field-${id}">${label}</label>
    <input
      id="field-${id}"
      name="${id}"
      value="${values[id] ?? value}"
      ${numberOf(id) ?? html`type="text" maxlength="${maxLength}"`}
      ${about === '' ? '' : html`aria-describedby="${about}"`}
      ${error === undefined ? '' : html`aria-invalid="true"`}
      ${isFirst ? html`autofocus` : ''}
      autocomplete="off"
    />
    ${hint ? html`<small id="${id}-hint">${hint}</small>` : ''}${fieldFault(id, error)}
  </div>`
}

export function fieldFault(id: string, error: string | undefined): Html {
  return error === undefined ? html`` : html`<small id="${id}-fault" class="field-fault">${error}</small>`
}

/** Fields with a row’s number or a number of rows, and the largest one. */
const ROW_NUMBERS: Record<string, number> = { row: 1_048_576, headingRows: 2, lastRow: 1_048_576 }

function isNumber(id: string): boolean {
  return id in RANGES || id in ROW_NUMBERS
}

/** Makes it a number field with arrows and a range, as an aid only: the wizard validates. */
function numberOf(id: string): Html | undefined {
  const range = Object.entries(RANGES).find(([key]) => key === id)?.[1]
  if (range) return html`type="number" min="${range.min}" max="${range.max}" step="1"`
  const most = ROW_NUMBERS[id]
  return most === undefined ? undefined : html`type="number" min="1" max="${most}" step="1"`
}
