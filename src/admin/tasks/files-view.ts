import type { NamedOutputFile } from '../../app/result-files.ts'
import type { FileCounts } from '../../db/rows/output-files.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { isolated, sizeText } from '../view/value.ts'
import { actForm } from './acts-view.ts'
import type { Texts } from '../../messages/texts/texts.ts'

/** A file among a row’s outputs, as its row’s page shows it. */
export interface ShownFile extends NamedOutputFile {
  /** a picture that the page may show */
  isPicture: boolean
}

/** The files among a row’s outputs: what they are called, how large they are, and pictures as such. */
export function rowFiles(taskId: string, row: number, files: ShownFile[], { texts, canAct }: Visitor): Html {
  const said = texts.page.task
  const canFetch = canAct && files.some(({ status, canBeFetched }) => status === 'failed' && canBeFetched)
  return html`<section>
    <h3>${said.files}</h3>
    <ul class="files">
      ${files.map((file) => html`<li>${fileLine(`/batch/${taskId}/rows/${row}/files/${file.position}`, file, texts)}</li>`)}
    </ul>
    ${
      canFetch
        ? actForm(`/batch/${taskId}/rows/${row}/fetch`, {
            label: texts.page.acts.fetchAgain,
            back: `/batch/${taskId}`,
          })
        : ''
    }
  </section>`
}

function fileLine(path: string, file: ShownFile, { page, say }: Texts): Html {
  switch (file.status) {
    case 'fetched':
      return html`${file.isPicture ? html`<a href="${path}" target="_blank"><img src="${path}" alt="${file.name}" loading="lazy" /></a>` : ''}
        <a href="${path}" download>${isolated(file.zipName)}</a>
        <span class="faint">${file.size === null ? '' : sizeText(file.size)}</span>`
    case 'failed':
      return html`${isolated(file.name)} <span class="faint">${say(file.error ?? '')}</span>`
    case 'waiting':
      return html`${isolated(file.name)} <span class="faint">${page.task.fileWaits}</span>`
  }
}

/** What a person must know of the files of a task, beside the number of its rows. */
export function filesNote(
  taskId: string,
  { waiting, failed, again }: FileCounts,
  { texts, canAct }: Visitor,
): Html {
  const said = texts.page.task
  return html`${waiting > 0 ? html`<div class="told"><p>${said.filesWait(waiting)}</p></div>` : ''}
  ${
    failed > 0
      ? html`<div class="told head">
          <p>${said.filesFailed(failed)}</p>
          ${canAct && again > 0 ? actForm(`/batch/${taskId}/fetch`, { label: texts.page.acts.fetchAgain, back: `/batch/${taskId}` }) : ''}
        </div>`
      : ''
  }`
}
