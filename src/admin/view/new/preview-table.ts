import { columnName } from '../../../workbook/read/value.ts'
import type { Look } from '../../../wizard/draft.ts'
import type { Sight } from '../../../wizard/step.ts'
import { html, type Html } from '../html.ts'
import { theirs } from '../prompt.ts'

/** Every column of the first rows, what each feeds, and which cells are at fault. */
export function previewTable(sight: Sight, look: Look): Html {
  const { words } = sight
  const { check } = words.newTask
  if (look.preview.length === 0) return html``
  const bad = new Set(look.faults.filter(({ note }) => !note).flatMap(({ cells }) => cells))
  return html`<h2 id="preview">${check.preview(look.preview.length)}</h2>
    <div class="scroll preview" role="region" aria-labelledby="preview" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.wizard.row}</th>
            ${look.headings.map((heading, column) => headingCell(sight, look, heading, column))}
          </tr>
        </thead>
        <tbody>
          ${look.preview.map(
            ({ row, cells }) =>
              html`<tr>
                <th scope="row">${row}</th>
                ${cells.map((cell, column) => bodyCell(cell, bad.has(columnName(column) + row)))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`

  function bodyCell(cell: string, isBad: boolean): Html {
    if (!isBad) return html`<td>${theirs(cell)}</td>`
    return html`<td class="bad">
      <span class="sign" aria-hidden="true">!</span
      ><span class="hidden-text">${check.fault}:</span> ${theirs(cell)}
    </td>`
  }
}

function headingCell({ workflow, words }: Sight, look: Look, heading: string, column: number): Html {
  const { check } = words.newTask
  const fed = (workflow?.variables ?? []).filter(({ name }) => look.mapping[name] === column)
  return html`<th scope="col" class="${fed.length > 0 ? 'fed' : ''}">
    <span class="letter">${columnName(column)}</span> ${theirs(heading)}
    <span class="feeds"
      >${
        fed.length === 0
          ? check.kept
          : html`<span aria-hidden="true">→</span
              ><span class="hidden-text">${check.feeds}</span>
              ${theirs(fed.map(({ label }) => label).join(', '))}`
      }</span
    >
  </th>`
}
