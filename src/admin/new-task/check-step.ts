import type { Look } from '../../wizard/draft.ts'
import { faultSentence } from '../../wizard/faults.ts'
import type { Sight } from '../../wizard/step-context.ts'
import { feedLine, sheetOptions, sheetValue, verdictOf } from '../../wizard/steps/check.ts'
import { fileLine } from '../../wizard/steps/shared.ts'
import type { FaultGroup } from '../../workbook/types.ts'
import { html, type Html } from '../view/html.ts'
import { lineOf, linesOf, theirs } from '../view/prompt.ts'
import { actsBar, choiceForm, otherFile, type StepView } from './step-view.ts'
import { columnName } from '../../workbook/read/value.ts'

/** All that was found: every column of the first rows, and every fault by its cells. */
export function checkStep(view: StepView): Html {
  const { sight } = view
  const { draft, words } = sight
  const { look } = draft.state
  if (!look) throw new Error('the check is shown without a look at the file')
  const { newTask } = words
  const isGood = look.good === look.rows
  return html`<section class="card said">
      ${linesOf([fileLine(sight)])} ${sheetChoice(sight, look)} ${linesOf([feedLine(sight, look)])}
      ${leftEmpty(sight, look)}
      <p class="verdict ${isGood ? 'all' : look.good === 0 ? 'none' : 'some'}">
        <span aria-hidden="true">${isGood ? '✓' : '!'}</span> ${verdictOf(look, words)}
      </p>
      ${faultList(sight, look)}
    </section>
    ${previewTable(sight, look)} ${actsBar(view, ['file'])}
    ${otherFile(view, isGood ? newTask.dropOther : newTask.dropCorrected)}`
}

function sheetChoice(sight: Sight, look: Look): Html {
  const options = sheetOptions(look, sight.words)
  if (options.length < 2) return html``
  return choiceForm(sight, {
    verb: 'sheet',
    label: sight.words.newTask.check.sheet,
    options,
    selected: sheetValue(look),
  })
}

/** Inputs that no column feeds. One that is required is a fault, and stands there. */
function leftEmpty({ workflow, words }: Sight, look: Look): Html {
  const empty = (workflow?.variables ?? []).filter(
    ({ name, required }) => !required && (look.mapping[name] ?? null) === null,
  )
  if (empty.length === 0) return html``
  const names = lineOf(empty.flatMap(({ label }, i) => [...(i > 0 ? [', '] : []), { code: label }]))
  return html`<p class="faint">${words.newTask.check.leftEmpty} ${names}</p>`
}

function faultList({ words }: Sight, look: Look): Html {
  const { check } = words.newTask
  const stopping = look.faults.filter(({ note }) => !note)
  const notes = look.faults.filter(({ note }) => note)
  return html`${
    stopping.length === 0
      ? ''
      : html`<h2 id="faults">${check.faults}</h2>
          <ul class="faults" aria-labelledby="faults">
            ${stopping.map(item)}${
              look.moreFaults > 0 ? html`<li>${words.wizard.moreFaults(look.moreFaults)}</li>` : ''
            }
          </ul>`
  }${
    notes.length === 0
      ? ''
      : html`<h2 id="notes">${words.wizard.worthKnowing}</h2>
          <ul class="faults notes" aria-labelledby="notes">
            ${notes.map(item)}
          </ul>`
  }`

  function item(group: FaultGroup): Html {
    const { message, hint } = faultSentence(group, words)
    const cells = group.cells.length === 0 ? '' : words.wizard.cells(group.cells, group.count)
    return html`<li>
      ${cells === '' ? '' : html`<b class="cells">${cells}</b>`}
      <span>${lineOf([message])} ${hint === undefined ? '' : lineOf([hint])}</span>
    </li>`
  }
}

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
