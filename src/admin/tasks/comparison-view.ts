import { canGoOn, type Comparison, mayGoOn } from '../../app/comparison.ts'
import { comparisonLines, LETTERS } from '../../app/comparison-text.ts'
import { outputsDeleted } from '../../app/results.ts'
import { areSame, outputOf, type ResultPair, SIDES } from '../../engine/comparison.ts'
import type { ResultRow } from '../../engine/task.ts'
import type { Visitor } from '../http/visitor.ts'
import { html, type Html } from '../view/html.ts'
import { linesOf } from '../view/prompt.ts'
import { fields, folded, isolated, textOf } from '../view/value.ts'
import { wordDifferences } from '../view/word-differences.ts'
import { actForm } from './acts-view.ts'
import type { Texts } from '../../messages/texts/texts.ts'

/** What two workflows gave for the same rows, and which may go on. */
export function taskComparison(
  taskId: string,
  { comparison, pairs }: { comparison: Comparison | undefined; pairs: ResultPair[] },
  visitor: Visitor,
): Html {
  if (!comparison) return html``
  const { texts, canAct } = visitor
  const words = texts.comparison
  const { chosen, tally } = comparison
  const left = tally.rows - pairs.length
  const deleted = SIDES.flatMap((side) => outputsDeleted(comparison[side].task) ?? [])
  return html`<section class="card" aria-labelledby="comparison-title">
    <div class="head">
      <h2 id="comparison-title">${words.title}</h2>
      <div class="acts">
        ${canAct && mayGoOn(comparison) ? goOnButtons(comparison, visitor) : ''}
        ${
          deleted.length > 0
            ? ''
            : html`<a role="button" class="outline" href="/batch/${taskId}/comparison" download
                >${words.download}</a
              >`
        }
      </div>
    </div>
    ${deleted.map((refusal) => html`<p class="faint">${isolated(texts.say(refusal.says.message))}</p>`)}
    ${linesOf(comparisonLines(comparison, texts))}
    ${SIDES.filter((side) => comparison[side].task.id === chosen).map(
      (side) => html`<p>${isolated(words.wentOn(LETTERS[side], comparison[side].workflow))}</p>`,
    )}
    <p class="faint">
      ${SIDES.map((side) => {
        const { task, workflow } = comparison[side]
        return task.id === taskId
          ? html`${LETTERS[side]}: ${isolated(workflow)} `
          : html`<a href="/batch/${task.id}">${LETTERS[side]}: ${isolated(workflow)}</a> `
      })}
    </p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="comparison-title">
      <table class="comparison">
        <thead>
          <tr>
            <th class="number">${words.table.row}</th>
            <th>A · ${isolated(comparison.a.workflow)}</th>
            <th>B · ${isolated(comparison.b.workflow)}</th>
            <th>${words.table.same}</th>
          </tr>
        </thead>
        <tbody>
          ${pairs.map((pair) => pairRow(pair, comparison, visitor))}
        </tbody>
      </table>
    </div>
    ${left > 0 ? html`<p class="faint">${words.more(left)}</p>` : ''}
  </section>`
}

function goOnButtons(comparison: Comparison, { texts }: Visitor): Html {
  return html`${SIDES.filter((side) => canGoOn(comparison[side])).map((side) => {
    const { task } = comparison[side]
    return actForm(`/batch/${task.id}/resume`, {
      label: texts.comparison.goOn(LETTERS[side], task.counts.total),
      back: `/batch/${task.id}`,
      css: '',
      id: `go-on-${side}`,
    })
  })}`
}

function pairRow(pair: ResultPair, { outputs }: Comparison, { texts }: Visitor): Html {
  const words = texts.comparison
  const isSame = areSame(pair, outputs.pairs)
  return html`<tr>
    <td class="number">${texts.numbers.count(pair.row)}</td>
    <td>${sideOf(pair.a, texts)}</td>
    <td>${sideOf(pair.b, texts)}</td>
    <td>
      ${isSame === undefined ? texts.page.task.nothing : isSame ? words.isSame : words.differs}
      ${isSame === false ? differencesOf(pair) : ''}
    </td>
  </tr>`

  function differencesOf({ a, b }: ResultPair): Html {
    if (!a || !b) return html``
    return html`${outputs.pairs
      .filter((one) => areSame(pair, [one]) === false)
      .map(
        (one) =>
          html`<p>
            <b>${isolated(one.a)}</b>
            ${wordDifferences(textOf(outputOf(a, one.a)), textOf(outputOf(b, one.b)), texts)}
          </p>`,
      )}`
  }
}

function sideOf(row: ResultRow | undefined, { say }: Texts): Html {
  if (!row) return html``
  if (row.status === 'succeeded') return fields(Object.entries(row.outputs ?? {}))
  return row.error === null ? html`` : html`✖ ${folded(say(row.error))}`
}
