import type { Table } from '../../wizard/prompt.ts'
import { codeText } from './markdown.ts'

const COLUMN_GAP = '  '

/** Discord has no tables: a block of code, its columns aligned by what characters take on the screen. */
export function tableAsText(table: Table, room: number): string | undefined {
  const rows = [table.headings, ...table.rows].map((cells) => cells.map(codeText))
  const widths = table.headings.map((_, column) => Math.max(...rows.map((cells) => width(cells[column]))))
  const aligned = block(
    rows.map((cells) => cells.map((cell, column) => padded(cell, widths[column] ?? 0)).join(COLUMN_GAP)),
  )
  if (aligned.length <= room) return aligned
  const dense = block(rows.map((cells) => cells.join(' | ')))
  return dense.length <= room ? dense : undefined
}

function block(lines: string[]): string {
  return `\`\`\`\n${lines.map((line) => line.trimEnd() || ' ').join('\n')}\n\`\`\``
}

function padded(cell: string, to: number): string {
  return cell + ' '.repeat(Math.max(0, to - width(cell)))
}

function width(cell = ''): number {
  return Bun.stringWidth(cell)
}
