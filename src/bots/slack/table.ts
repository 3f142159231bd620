import type { RichTextBlock, TableBlock } from '@slack/types'
import type { Table } from '../../wizard/prompt.ts'

/** A cell may not be empty. */
const BLANK = ' '
const COLUMN_GAP = '  '

export function tableBlock({ headings, rows }: Table): TableBlock {
  return {
    type: 'table',
    rows: [headings, ...rows].map((cells) =>
      cells.map((text) => ({ type: 'raw_text', text: text || BLANK })),
    ),
    column_settings: headings.map(() => ({ is_wrapped: true })),
  }
}

/** For the home tab, which takes no tables, and for a workspace that does not have them yet. */
export function tableAsText({ headings, rows }: Table): RichTextBlock {
  const widths = headings.map((_, column) =>
    Math.max(...[headings, ...rows].map((cells) => (cells[column] ?? '').length)),
  )
  const text = [headings, ...rows]
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(COLUMN_GAP)
        .trimEnd(),
    )
    .join('\n')
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: text || BLANK }] }],
  }
}
