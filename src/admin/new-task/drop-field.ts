import type { Texts } from '../../messages/texts/texts.ts'
import type { Limits } from '../../workbook/limits.ts'
import { html, type Html } from '../view/html.ts'

/** Of what may be sent at once: of a workbook, and of the files beside it. */
export type SentLimits = Pick<Limits, 'maxFileBytes' | 'maxFilesBytes'>

const MB = 2 ** 20

export interface DropField {
  label: string
  texts: Texts
  limits: SentLimits
  /** shown below the label */
  hint?: string
  /** accepted file types, as text */
  accepts?: string
  isSmall?: boolean
  /** tells several areas of a page apart */
  id?: string
}

/**
 * A file input stretched over an area, so that dropping works without script. It sets no `accept`: a browser would
 * refuse a .numbers file silently, while our message says what to do.
 */
export function dropField({
  label,
  texts,
  limits,
  hint,
  accepts,
  isSmall = false,
  id = 'accepts',
}: DropField): Html {
  const { entry } = texts.newTask
  return html`<div
      class="drop ${isSmall ? 'small' : ''}"
      data-sending="${entry.sending}"
      data-failed="${entry.notArrived}"
      data-workbook-bytes="${limits.maxFileBytes}"
      data-files-bytes="${limits.maxFilesBytes}"
      data-workbook-too-large="${entry.workbookTooLarge(limits.maxFileBytes / MB)}"
      data-files-too-large="${entry.filesTooLarge(limits.maxFilesBytes / MB)}"
    >
      <strong>${label}</strong>${hint === undefined ? '' : html`<span>${hint}</span>`}${
        accepts === undefined
          ? html`<small>${entry.upTo(limits.maxFileBytes / MB, limits.maxFilesBytes / MB)}</small>`
          : html`<small id="${id}">${accepts}</small>`
      }
      <input
        type="file"
        name="file"
        required
        multiple
        data-submits
        aria-label="${label}"
        ${accepts === undefined ? '' : html`aria-describedby="${id}"`}
      />
      <progress class="sent" max="1" value="0" aria-label="${entry.dropped}" hidden></progress>
      <ul class="sent" aria-label="${entry.dropped}" hidden></ul>
      <p class="too-large" role="alert"></p>
    </div>
    <noscript><button>${entry.send}</button></noscript>`
}
