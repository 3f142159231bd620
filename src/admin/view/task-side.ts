import type { TaskPageFacts } from '../live/task-page-facts.ts'
import type { Visitor } from '../visitor.ts'
import { type Html, html } from './html.ts'
import { ownerOf } from './task-line.ts'
import { clock } from './time.ts'
import { isolated } from './value.ts'

/** What a task is made of: these do not change while it runs. */
export function taskSide({ task, now }: TaskPageFacts, { words }: Visitor): Html {
  const { page, wizard } = words
  const said = page.task
  const parameters = [
    wizard.atOnce(task.concurrency),
    wizard.retries(task.retries),
    wizard.aRow(task.timeoutSeconds * 1000),
  ].join(' · ')
  const facts: [string, Html | string][] = [
    [said.workflow, html`<a href="/workflows#${task.workflowId}">${task.workflowName}</a>`],
    [said.file, html`${isolated(task.fileName)} · ${isolated(said.sheet(task.sheet))}`],
    [said.owner, ownerOf(task, words)],
    [said.created, clock(task.createdAt, now, words)],
    ...(task.startedAt === null
      ? []
      : [[said.startedAt, clock(task.startedAt, now, words)] as [string, Html]]),
    ...(task.finishedAt === null
      ? []
      : [[said.finishedAt, clock(task.finishedAt, now, words)] as [string, Html]]),
    [said.parameters, parameters],
    [said.id, html`<code>${task.id}</code>`],
  ]
  return html`<aside>
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title">${said.facts}</h2>
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
    </section>
  </aside>`
}
