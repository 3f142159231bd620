import type { Texts } from '../../messages/texts/texts.ts'
import { type Html, html } from './html.ts'
import { markdown } from './markdown.ts'
import { type FileAddress, filesOf, isolated, textOf } from './value.ts'

/** What a value is shown as: by what it is, and beside it a button that copies it as it is. */
export function richValue(value: unknown, { page }: Texts, at?: FileAddress): Html {
  const files = at && filesOf(value, at)
  if (files) return files
  const text = textOf(value)
  if (text.trim() === '')
    return html`<span class="faint"
      >${value === null || value === undefined ? '–' : page.task.emptyValue}</span
    >`
  const whole = textOf(value, 1)
  return html`<div class="value">
    ${shownAs(value, whole)}
    <pre hidden data-copied>${whole}</pre>
    <button type="button" class="outline" data-copy data-said="${page.task.copied}">${page.task.copy}</button>
  </div>`
}

/** Longer texts are shown plain: rendering them would take long, and nobody reads their form. */
const RENDERED_CHARS = 50_000

function shownAs(value: unknown, whole: string): Html {
  if (whole.length > RENDERED_CHARS) return html`<div class="plain">${whole}</div>`
  if (typeof value !== 'string') return tree(value)
  const parsed = parsedJson(value)
  if (parsed !== undefined) return tree(parsed)
  if (isAddress(value))
    return html`<a href="${value.trim()}" rel="noreferrer nofollow" target="_blank">${isolated(value)}</a>`
  return isMarkdown(value) ? markdown(value) : html`<div class="plain">${value}</div>`
}

/** A list or an object, also one that a model has written in a code fence. */
function parsedJson(text: string): unknown {
  const bare = text.trim().replace(/^```(?:json)?\n([\s\S]*)\n```$/, '$1')
  if (!/^[[{]/.test(bare)) return undefined
  try {
    return JSON.parse(bare)
  } catch {
    return undefined
  }
}

function isAddress(text: string): boolean {
  const bare = text.trim()
  return /^https?:\/\/\S+$/.test(bare) && URL.canParse(bare)
}

/** Headings, lists, emphasis, code, quotes, links or tables: what only Markdown has. */
function isMarkdown(text: string): boolean {
  return /^#{1,6} |^\s*[-*] |^\s*\d+\. |^> |^```|\*\*\S|\[[^\]\n]+\]\(https?:|`[^`\n]+`/m.test(text)
}

/** Deeper values are shown as their JSON. */
const DEEPEST = 6

/** A list or an object, each level to be opened and closed; all of it is open at first where that is little. */
function tree(value: unknown, depth = 0): Html {
  if (typeof value !== 'object' || value === null) return isolated(textOf(value) || 'null')
  const entries = Object.entries(value)
  if (depth >= DEEPEST || entries.length === 0) return html`<code>${isolated(JSON.stringify(value))}</code>`
  return html`<div class="tree">
    ${entries.map(([name, part]) => branch(name, part, { depth, isOpen: entries.length <= OPEN_ENTRIES }))}
  </div>`
}

const OPEN_ENTRIES = 20

function branch(name: string, part: unknown, { depth, isOpen }: { depth: number; isOpen: boolean }): Html {
  if (typeof part !== 'object' || part === null || Object.keys(part).length === 0)
    return html`<div><b>${isolated(name)}</b> ${tree(part, depth + 1)}</div>`
  const open = isOpen && depth < 2 ? html`open` : ''
  return html`<details ${open}>
    <summary>
      <b>${isolated(name)}</b> <span class="faint">${Array.isArray(part) ? `[${part.length}]` : ''}</span>
    </summary>
    <div>${tree(part, depth + 1)}</div>
  </details>`
}

/** Each value under its name. */
export function richFields(entries: [string, unknown][], texts: Texts, at?: FileAddress): Html {
  return html`<div class="fields">
    ${entries.map(([name, value]) => html`<div><b>${isolated(name)}</b> ${richValue(value, texts, at)}</div>`)}
  </div>`
}
