const CHUNK = 500

/** Row numbers in parts that fit into one statement: SQLite takes a limited number of parameters. */
export function inChunks(rowNumbers: number[]): number[][] {
  return Array.from({ length: Math.ceil(rowNumbers.length / CHUNK) }, (_, i) =>
    rowNumbers.slice(i * CHUNK, (i + 1) * CHUNK),
  )
}
