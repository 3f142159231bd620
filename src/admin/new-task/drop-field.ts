import type { Texts } from '../../messages/texts/texts.ts'
import { html, type Html } from '../view/html.ts'

export interface DropField {
  label: string
  texts: Texts
  /** shown below the label */
  hint?: string
  /** accepted file types, as text */
  accepts?: string
  isSmall?: boolean
}

/**
 * A file input stretched over an area, so that dropping works without script. It sets no `accept`: a browser would
 * refuse a .numbers file silently, while our message says what to do.
 */
export function dropField({ label, texts, hint, accepts, isSmall = false }: DropField): Html {
  const { entry } = texts.newTask
  return html`<div class="drop ${isSmall ? 'small' : ''}" data-sending="${entry.sending}">
      <strong>${label}</strong>${hint === undefined ? '' : html`<span>${hint}</span>`}${
        accepts === undefined ? '' : html`<small id="accepts">${accepts}</small>`
      }
      <input
        type="file"
        name="file"
        required
        data-submits
        aria-label="${label}"
        ${accepts === undefined ? '' : html`aria-describedby="accepts"`}
      />
    </div>
    <noscript><button>${entry.send}</button></noscript>`
}
