import type { Texts } from '../../messages/texts/texts.ts'
import { html, type Html } from '../view/html.ts'

export interface DropField {
  label: string
  texts: Texts
  /** below the label */
  hint?: string
  /** what may be sent */
  accepts?: string
  isSmall?: boolean
}

/**
 * A file input stretched over an area: what is dropped on it, it takes, with no script. No list of file types: the
 * browser would refuse an .xls without a word, and ours say what to do about it.
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
