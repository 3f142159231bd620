import type { Variable } from '../../engine/workflow.ts'
import type { Words } from '../../words/words.ts'
import { type Html, html } from './html.ts'
import { plainText } from './plain-text.ts'
import { isolated, textOf } from './value.ts'

const OPTIONS_SHOWN = 20
const CHARS_SHOWN = 80

/** One line that says what it needs, and opens to a table of everything. */
export function workflowInputs(variables: Variable[], words: Words): Html {
  const { workflowsPage: said } = words
  if (variables.length === 0) return html`<p class="meta">${said.inputs(0)}</p>`
  const labels = (required: boolean) =>
    variables
      .filter((variable) => variable.required === required)
      .map(({ label }) => html`<b>${isolated(label)}</b>`)
  return html`<details class="fold inputs">
    <summary>
      <span class="faint">${said.inputs(variables.length)} ·</span>
      ${words.wizard.inputs(labels(true), labels(false))}
    </summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${[said.table.label, said.table.name, said.table.type, said.table.required, said.table.rule].map((heading) => html`<th scope="col">${heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${variables.map((variable) => inputRow(variable, words))}
        </tbody>
      </table>
    </div>
  </details>`
}

function inputRow(variable: Variable, words: Words): Html {
  const { workflowsPage: said } = words
  const { name, label, type, required } = variable
  return html`<tr>
    <th scope="row">${isolated(label)}</th>
    <td><code>${isolated(name)}</code></td>
    <td>${said.types[type]}</td>
    <td>${required ? said.yes : said.no}</td>
    <td>${isolated(rulesOf(variable, words).join(' · '))}</td>
  </tr>`
}

function rulesOf({ type, maxLength, options, fileTypes, fileExtensions, ...rest }: Variable, words: Words) {
  const { workflowsPage: said } = words
  const most = type === 'file-list' ? said.files : said.characters
  const shown = options?.slice(0, OPTIONS_SHOWN).map(clipped) ?? []
  return [
    ...(shown.length > 0 ? [`${shown.join(', ')}${shown.length < (options?.length ?? 0) ? ', …' : ''}`] : []),
    ...(maxLength === undefined ? [] : [most(maxLength)]),
    ...(fileTypes ? [fileTypes.filter((one) => one !== 'custom').join(', ')] : []),
    ...(fileExtensions ? [fileExtensions.join(', ')] : []),
    ...(rest.default === undefined ? [] : [said.unlessGiven(clipped(plainText(textOf(rest.default))))]),
  ].filter((rule) => rule !== '')
}

function clipped(text: string): string {
  const chars = [...text]
  return chars.length > CHARS_SHOWN ? `${chars.slice(0, CHARS_SHOWN).join('')}…` : text
}
