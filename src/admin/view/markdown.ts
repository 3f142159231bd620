import { type MarkdownBlock, type MarkdownSpan, parseMarkdown } from '../../messages/markdown.ts'
import { type Html, html } from './html.ts'
import { isolated } from './value.ts'

/** Text of other people, written as Markdown. Everything in it is escaped; it can contain no picture and no markup. */
export function markdown(text: string): Html {
  const blocks = parseMarkdown(text)
  const shown: Html[] = []
  for (let at = 0; at < blocks.length;) {
    const [group, end] = groupAt(blocks, at)
    shown.push(group)
    at = end
  }
  return html`<div class="markdown">${shown}</div>`
}

/** A block, or the whole of a list or a quotation, and where the next one is. */
function groupAt(blocks: MarkdownBlock[], at: number): [Html, number] {
  const block = blocks[at]
  switch (block?.kind) {
    case undefined:
      return [html``, at + 1]
    case 'paragraph':
      return [
        html`<p>${block.lines.map((line, i) => html`${i > 0 ? html`<br />` : ''}${spans(line)}`)}</p>`,
        at + 1,
      ]
    case 'heading':
      return [html`<p><b>${spans(block.line)}</b></p>`, at + 1]
    case 'code':
      return [html`<pre><code>${block.text}</code></pre>`, at + 1]
    case 'quote': {
      const lines = following(blocks, at, 'quote')
      const shown = lines.map((one, i) => html`${i > 0 ? html`<br />` : ''}${spans(one.line)}`)
      return [html`<blockquote>${shown}</blockquote>`, at + lines.length]
    }
    case 'item': {
      const items = following(blocks, at, 'item')
      const shown = items.map(
        ({ mark, depth, line }) =>
          html`<li class="depth-${depth}">
            <span class="faint">${mark}</span> <span>${spans(line)}</span>
          </li>`,
      )
      return [
        html`<ul class="items">
          ${shown}
        </ul>`,
        at + items.length,
      ]
    }
  }
}

function following<K extends MarkdownBlock['kind']>(
  blocks: MarkdownBlock[],
  at: number,
  kind: K,
): Extract<MarkdownBlock, { kind: K }>[] {
  const found: Extract<MarkdownBlock, { kind: K }>[] = []
  for (const block of blocks.slice(at)) {
    if (!isOf(block, kind)) break
    found.push(block)
  }
  return found
}

function isOf<K extends MarkdownBlock['kind']>(
  block: MarkdownBlock,
  kind: K,
): block is Extract<MarkdownBlock, { kind: K }> {
  return block.kind === kind
}

function spans(line: MarkdownSpan[]): Html[] {
  return line.map(({ text, bold, italic, code, url }) => {
    const shown = code ? html`<code>${text}</code>` : isolated(text)
    const styled = bold ? html`<b>${shown}</b>` : italic ? html`<i>${shown}</i>` : shown
    if (url === undefined) return styled
    // What a row says may pretend to lead elsewhere: the address stands beside it.
    const address = url === text ? '' : html` <small>(${isolated(url)})</small>`
    return html`<a href="${url}" rel="noopener noreferrer nofollow" target="_blank">${styled}</a>${address}`
  })
}
