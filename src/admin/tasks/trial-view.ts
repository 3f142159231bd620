import { rowPrice } from '../../messages/row-price.ts'
import type { ResultRow } from '../../engine/task.ts'
import type { Visitor } from '../http/visitor.ts'
import { html, type Html } from '../view/html.ts'
import { fields, folded } from '../view/value.ts'
import type { TaskPageFacts } from './facts.ts'
import { flagMark } from './flags-view.ts'
import type { Texts } from '../../messages/texts/texts.ts'

/** What a trial gave, and what that means for the other rows. The buttons to go on or stop are those of the task. */
export function taskTrial({ task, trial, hasChoices }: TaskPageFacts, visitor: Visitor): Html {
  if (!trial) return html``
  const { texts, canAct } = visitor
  const { tasks, trial: said } = texts
  const { rows, tried, estimate } = trial
  const price = estimate?.price && tasks.price(estimate.price.nano, estimate.price.currency)
  return html`<section class="card" aria-labelledby="trial-title">
    <div class="head">
      <h2 id="trial-title">${said.title(tried)}</h2>
      ${
        canAct && hasChoices
          ? html`<div class="acts">
              <form action="/batch/${task.id}/settings" method="post" id="settings-${task.id}">
                <button class="outline">${said.settings}</button>
              </form>
            </div>`
          : ''
      }
    </div>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="trial-title">
      <table>
        <thead>
          <tr>
            <th class="number">${texts.wizard.row}</th>
            <th>${said.table.output}</th>
            <th class="number">${said.table.seconds}</th>
            <th class="number">${said.table.tokens}</th>
            <th class="number">${said.table.price}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => trialRow(row, visitor))}
        </tbody>
      </table>
    </div>
    ${tried > rows.length ? html`<p class="faint">${said.moreRows(tried - rows.length)}</p>` : ''}
    ${estimate ? html`<p>${said.estimate({ rows: estimate.rows, ms: estimate.ms, tokens: estimate.tokens, price, tried })}</p>` : ''}
    <p class="faint">${said.paidOnce}</p>
  </section>`
}

function trialRow(row: ResultRow, { texts }: Visitor): Html {
  const { page, numbers } = texts
  const none = page.task.nothing
  const { seconds, tokens } = row
  return html`<tr>
    <td class="number">${numbers.count(row.row)}</td>
    <td>${outputsOf(row, texts)} ${(row.flags ?? []).map((flag) => flagMark(texts, flag))}</td>
    <td class="number">${seconds === null ? none : numbers.rough(seconds)}</td>
    <td class="number">${tokens === null ? none : numbers.count(tokens)}</td>
    <td class="number">${rowPrice(row, texts) ?? none}</td>
  </tr>`
}

function outputsOf({ status, outputs, error }: ResultRow, { say }: Texts): Html {
  return status === 'failed' ? html`✖ ${folded(say(error ?? ''))}` : fields(Object.entries(outputs ?? {}))
}
