import { constantLines, forAllRows, notAsLastTime } from '../../wizard/all-rows.ts'
import type { Inspection } from '../../wizard/draft.ts'
import { faultAt, whereOf } from '../../wizard/faults.ts'
import type { StepContext } from '../../wizard/step-context.ts'
import { againstLines } from '../../wizard/steps/against.ts'
import { columnsLine, riskLines, sameLines, sheetOptions, sheetValue } from '../../wizard/steps/check.ts'
import { fileLine, isQuestion, verdictOf } from '../../wizard/steps/title-and-file.ts'
import type { FaultGroup } from '../../workbook/types.ts'
import { html, type Html } from '../view/html.ts'
import { lineOf, linesOf, isolate } from '../view/prompt.ts'
import { readingPanel } from './reading-panel.ts'
import { actsBar, choiceForm, moreFiles, otherFile, type StepView } from './step-view.ts'
import { columnName } from '../../workbook/read/value.ts'

/** The whole check: every column of the first rows, and every fault with its cells. */
export function checkStep(view: StepView): Html {
  const { files, listsFiles } = view
  const { context } = view
  const { draft, texts } = context
  const { inspection } = draft.state
  if (!inspection) throw new Error('the check is shown without an inspection')
  const { newTask } = texts
  const isGood = inspection.good === inspection.rows
  return html`<section class="card said">
      ${
        listsFiles
          ? html`<p>${newTask.check.listed(files)}</p>`
          : html`${linesOf([fileLine(context)])}${files === 0 ? '' : html`<p>${newTask.check.came(files)}</p>`}`
      }
      ${sheetChoice(context, inspection)}
      ${linesOf([
        columnsLine(context, inspection),
        ...constantLines(context),
        ...notAsLastTime(context),
        ...riskLines(context),
      ])}
      ${leftEmpty(context, inspection)}
      <p
        class="verdict ${isGood ? 'all' : inspection.good === 0 && !isQuestion(inspection) ? 'none' : 'some'}"
      >
        <span aria-hidden="true">${isGood ? '✓' : '!'}</span> ${verdictOf(inspection, texts)}
      </p>
      ${faultList(context, inspection)} ${linesOf([...againstLines(context), ...sameLines(context)])}
    </section>
    ${readingPanel(view, inspection)} ${previewTable(context, inspection)}
    ${actsBar(view, ['file', 'files', 'reading', 'extent', 'key', 'asFound'])}
    ${takesFiles(context) || files > 0 ? moreFiles(view, listsFiles ? newTask.dropMoreFiles : newTask.dropFiles) : ''}
    ${otherFile(view, isGood ? newTask.dropOther : newTask.dropCorrected)}`
}

/** True if an input of the workflow is a file. */
function takesFiles({ workflow }: StepContext): boolean {
  return (workflow?.variables ?? []).some(({ type }) => type.startsWith('file'))
}

function sheetChoice(context: StepContext, inspection: Inspection): Html {
  const options = sheetOptions(inspection, context.texts)
  if (options.length < 2) return html``
  return choiceForm(context, {
    verb: 'sheet',
    label: context.texts.newTask.check.sheet,
    options,
    selected: sheetValue(inspection),
  })
}

/** Optional inputs that no column feeds. A required one is listed with the faults. */
function leftEmpty({ draft, workflow, texts }: StepContext, inspection: Inspection): Html {
  const empty = (workflow?.variables ?? []).filter((variable) => {
    const column = inspection.mapping[variable.name] ?? null
    return !variable.required && column === null && !forAllRows(draft.state, variable, column)
  })
  if (empty.length === 0) return html``
  const names = lineOf(empty.flatMap(({ label }, i) => [...(i > 0 ? [', '] : []), { code: label }]))
  return html`<p class="faint">${texts.newTask.check.leftEmpty} ${names}</p>`
}

function faultList({ texts }: StepContext, inspection: Inspection): Html {
  const { check } = texts.newTask
  const stopping = inspection.faults.filter(({ note }) => !note)
  const notes = inspection.faults.filter(({ note }) => note)
  const { moreFaults } = inspection
  const { columns } = texts.wizard.buttons
  const reading = check.reading
  const ways = { columns, rows: reading, reading, columnsOrReading: `${columns} / ${reading}` }
  return html`${
    stopping.length === 0
      ? ''
      : html`<h2 id="faults">${check.faults}</h2>
          <ul class="faults" aria-labelledby="faults">
            ${stopping.map(item)}${
              moreFaults > 0 && notes.length === 0
                ? html`<li>${texts.wizard.moreFaults(moreFaults)}</li>`
                : ''
            }
          </ul>`
  }${
    notes.length === 0
      ? ''
      : html`<h2 id="notes">${texts.wizard.worthKnowing}</h2>
          <ul class="faults notes" aria-labelledby="notes">
            ${notes.map(item)}${moreFaults > 0 ? html`<li>${texts.wizard.moreNotes(moreFaults)}</li>` : ''}
          </ul>`
  }`

  function item(group: FaultGroup): Html {
    const cells = whereOf(group, texts)
    return html`<li>
      ${cells === '' ? '' : html`<b class="cells">${cells}</b>`}
      <span>${lineOf(faultAt('', group, texts, ways))}</span>
    </li>`
  }
}

/** Every column of the first rows, what each feeds, and which cells are faulty. */
export function previewTable(context: StepContext, inspection: Inspection): Html {
  const { texts } = context
  const { check } = texts.newTask
  const { marks } = texts.page
  if (inspection.preview.length === 0) return html``
  const bad = new Set(inspection.faults.filter(({ note }) => !note).flatMap(({ cells }) => cells))
  return html`<h2 id="preview">${check.preview(inspection.preview.length)}</h2>
    <div class="scroll preview" role="region" aria-labelledby="preview" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">${texts.wizard.row}</th>
            ${inspection.headings.map((heading, column) => headingCell(context, inspection, heading, column))}
          </tr>
        </thead>
        <tbody>
          ${inspection.preview.map(
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
    if (!isBad) return html`<td>${isolate(cell)}</td>`
    return html`<td class="bad">
      <span class="sign" aria-hidden="true">!</span
      ><span class="hidden-text">${check.fault}${marks.colon}</span>${isolate(cell)}
    </td>`
  }
}

function headingCell(
  { workflow, texts }: StepContext,
  inspection: Inspection,
  heading: string,
  column: number,
): Html {
  const { check } = texts.newTask
  const { marks } = texts.page
  const fed = (workflow?.variables ?? []).filter(({ name }) => inspection.mapping[name] === column)
  return html`<th scope="col" class="${fed.length > 0 ? 'fed' : ''}">
    <span class="letter">${columnName(column)}</span> ${isolate(heading)}
    <span class="feeds"
      >${
        fed.length === 0
          ? check.notSent
          : html`<span aria-hidden="true">→</span
              ><span class="hidden-text">${check.feeds}</span>
              ${isolate(fed.map(({ label }) => label).join(marks.list))}`
      }</span
    >
  </th>`
}
