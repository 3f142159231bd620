import { rowPrice } from '../../messages/row-price.ts'
import type { RowColumn } from '../../engine/row-column.ts'
import type { ListedRow } from '../../db/rows/row-list.ts'
import { reviewedOutputs } from '../../engine/review.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { inDialog } from '../view/question.ts'
import { rowState } from '../view/state.ts'
import { clipped, type FileAddress, filesOf, isolated, textOf } from '../view/value.ts'
import { reviewMarks } from './review-view.ts'
import { besideOf, columnKey, fileAddress, taskPath, type TaskQuery } from './task-query.ts'

/** An input or an output of a row takes a column; a longer text is shown in full in the row’s panel. */
const CELL_CHARS = 300

interface RowSheetFacts {
  task: { id: string; workflowId: string }
  query: TaskQuery
  rows: ListedRow[]
  now: number
}

/** The columns of these rows: their inputs, then their outputs, in the order in which they first occur. */
export function columnsOf(rows: readonly ListedRow[]): RowColumn[] {
  const names = { inputs: new Set<string>(), outputs: new Set<string>() }
  for (const { inputs, outputs } of rows) {
    for (const name of Object.keys(inputs)) names.inputs.add(name)
    for (const name of Object.keys(outputs ?? {})) names.outputs.add(name)
  }
  return [
    ...[...names.inputs].map((name): RowColumn => ({ of: 'inputs', name })),
    ...[...names.outputs].map((name): RowColumn => ({ of: 'outputs', name })),
  ]
}

/**
 * The rows as a sheet: a column for each input and output. assets/sheet.js lets people choose and resize columns, and
 * choose rows.
 */
export function rowSheet({ task, query, rows, now }: RowSheetFacts, visitor: Visitor): Html {
  const { texts, canAct } = visitor
  const said = texts.page.task
  const columns = columnsOf(rows)
  const has = {
    error: rows.some((row) => faultOf(row) !== null),
    seconds: rows.some(({ seconds }) => seconds !== null),
    price: rows.some(({ price, priceGuess }) => price !== null || priceGuess !== undefined),
  }
  const sorted = sortLinks(task.id, query, texts)
  return html`<table class="rows sheet" data-sheet="${task.workflowId}">
    <thead>
      <tr>
        ${canAct ? html`<th class="pick" scope="col"><input type="checkbox" data-choose-all aria-label="${said.chooseAll}" /></th>` : ''}
        <th class="number row-number" scope="col" ${sorted.aria('row')}>${sorted.link('row', said.row)}</th>
        <th class="row-state" scope="col">${said.state}</th>
        ${columns.map((column, i) => heading(column, i, { sorted, texts }))}
        ${has.error ? html`<th scope="col" data-col="error" data-column="error">${said.error}${grip(said.error, texts)}</th>` : ''}
        ${has.seconds ? html`<th class="number row-seconds" scope="col" ${sorted.aria('seconds')}>${sorted.link('seconds', said.seconds)}</th>` : ''}
        ${has.price ? html`<th class="number row-price" scope="col" ${sorted.aria('price')}>${sorted.link('price', said.price)}</th>` : ''}
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => line(row, { columns, has, task, query, now, visitor }))}
    </tbody>
  </table>`
}

interface HeadingOptions {
  sorted: SortLinks
  texts: Texts
}

function heading(column: RowColumn, index: number, { sorted, texts }: HeadingOptions): Html {
  const { page } = texts
  const kind = column.of === 'inputs' ? page.task.input : page.task.output
  const key = columnKey(column)
  return html`<th
    scope="col"
    class="col-${column.of}"
    data-col="c${index}"
    data-column="${key}"
    ${sorted.aria(key)}
  >
    <small>${kind}</small> ${sorted.link(key, isolated(column.name))}${grip(column.name, texts)}
  </th>`
}

/** The edge of a column: dragged, or moved with ← and →. */
function grip(name: string, { page }: Texts): Html {
  const label = page.task.widthOf(name)
  return html`<button type="button" class="grip" data-grip aria-label="${label}"></button>`
}

type SortLinks = ReturnType<typeof sortLinks>

/**
 * The headings sort, one at a time: a click, and another for the other direction, and a third for the sheet’s order.
 * The slowest and the dearest come first, as they are what is looked for.
 */
function sortLinks(taskId: string, query: TaskQuery, { page: { task: said } }: Texts) {
  const turnsOf = (key: string) =>
    key === 'row' ? ['-row'] : key === 'seconds' || key === 'price' ? [`-${key}`, key] : [key, `-${key}`]
  const isNow = (key: string) => query.sort === key || query.sort === `-${key}`
  const direction = query.sort?.startsWith('-') ? 'descending' : 'ascending'
  return {
    /** for the heading that the rows are sorted by */
    aria: (key: string) => (isNow(key) ? html`aria-sort="${direction}"` : ''),
    link: (key: string, shown: Html | string): Html => {
      const turns = turnsOf(key)
      const next = isNow(key) ? turns[turns.indexOf(query.sort ?? '') + 1] : turns[0]
      const title =
        next === undefined ? said.sheetOrder : said.sortBy[next.startsWith('-') ? 'falling' : 'rising']
      const sign = direction === 'descending' ? '↓' : '↑'
      return html`<a
        href="${taskPath(taskId, query, { sort: next, page: undefined })}#rows"
        class="sort"
        title="${title}"
        >${shown}${isNow(key) ? html` <span aria-hidden="true">${sign}</span>` : ''}</a
      >`
    },
  }
}

interface SheetLineOptions {
  columns: RowColumn[]
  has: Record<'error' | 'seconds' | 'price', boolean>
  task: { id: string }
  query: TaskQuery
  now: number
  visitor: Visitor
}

function line(row: ListedRow, { columns, has, task, query, now, visitor }: SheetLineOptions): Html {
  const { texts, canAct } = visitor
  const { page, numbers } = texts
  const said = page.task
  const fault = faultOf(row)
  const under = [
    ...(row.attempts > 1 ? [said.tries(row.attempts)] : []),
    ...(row.status === 'pending' && row.availableAt > now ? [said.nextTry(row.availableAt - now)] : []),
  ]
  const values = { inputs: row.inputs, outputs: reviewedOutputs(row.outputs, row.edits) ?? null }
  const at = fileAddress(task.id)
  return html`<tr id="row-${row.row}">
    ${canAct ? html`<td class="pick">${mayRunAgain(row) ? html`<input type="checkbox" name="row" value="${row.row}" form="chosen" aria-label="${said.chooseRow(row.row)}" />` : ''}</td>` : ''}
    <td class="number row-number">
      <a ${inDialog(taskPath(task.id, besideOf(query), {}, `/rows/${row.row}`))} data-item>${row.row}</a>
    </td>
    <td class="row-state">
      ${rowState(row.status, texts)}${reviewMarks(row, texts)}${under.map((text) => html`<small>${text}</small>`)}
    </td>
    ${columns.map(({ of, name }, i) => textCell(`c${i}`, name, values[of] === null ? '' : sheetValue(values[of][name], at, texts)))}
    ${has.error ? html`<td class="text" data-col="error" data-heading="${said.error}">${fault === null ? '' : html`<div class="clip">${clipped(texts.say(fault), CELL_CHARS)}</div>`}</td>` : ''}
    ${has.seconds ? html`<td class="number row-seconds">${row.seconds === null ? '' : numbers.rough(row.seconds)}</td>` : ''}
    ${has.price ? html`<td class="number row-price">${rowPrice(row, texts) ?? ''}</td>` : ''}
  </tr>`
}

/** Repeats its heading, which a phone shows inside the cell because it has no columns; nothing of an empty one. */
function textCell(column: string, heading: string, shown: Html | ''): Html {
  return html`<td class="text" data-col="${column}" data-heading="${heading}">${shown}</td> `
}

/** Only rows that are settled: the others run by themselves. */
export function mayRunAgain({ status }: Pick<ListedRow, 'status'>): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}

// What a waiting row waits for is no error, and stands above the rows.
function faultOf({ status, error, warning }: ListedRow) {
  return (status === 'waiting' ? null : error) ?? warning
}

function sheetValue(value: unknown, at: FileAddress, { page }: Texts): Html {
  const files = filesOf(value, at)
  if (files) return files
  if (value === undefined || value === null) return html`<span class="faint">–</span>`
  const text = textOf(value)
  if (text.trim() === '') return html`<span class="faint">${page.task.emptyValue}</span>`
  const shown = clipped(text, CELL_CHARS)
  return html`<div class="clip">${typeof value === 'object' ? html`<code>${shown}</code>` : shown}</div>`
}
