import type { Cell, Inputs } from './task.ts'

/*
 * Two rows with the same input hash send exactly the same to the workflow. A file that came along is in its inputs with
 * the hash of its content and its name, so files count by both; a file behind a link counts by its link.
 */

/** Of exactly what is sent; the order of keys does not matter. 43 characters. */
export function inputHash(inputs: Inputs): string {
  return hashOf(canonical(inputs))
}

/**
 * Of the cells that name the row, so that a row whose other cells have changed is recognized.
 * @param columns empty: all cells name it
 */
export function keyHash(cells: Cell[], columns: number[]): string {
  const named = columns.length === 0 ? cells : columns.map((column) => cells[column] ?? null)
  return hashOf(JSON.stringify(named))
}

/**
 * The columns that name a row: the first with a different text in every row, apart from rows that are wholly equal.
 * None: all of them do.
 * @param rows at least one
 */
export function keyColumnsOf(rows: { cells: Cell[] }[], columns: number): number[] {
  for (let column = 0; column < columns; column++) {
    const seen = new Map<string, Cell[]>()
    const isKey = rows.every(({ cells }) => {
      const cell = cells[column]
      if (typeof cell !== 'string' || cell.trim() === '') return false
      const before = seen.get(cell)
      seen.set(cell, cells)
      return before === undefined || JSON.stringify(before) === JSON.stringify(cells)
    })
    if (isKey) return [column]
  }
  return []
}

function hashOf(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('base64url')
}

/** JSON with the keys of every object in order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
  return `{${parts.join(',')}}`
}
