const CHUNK = 500

/** Row numbers, or whatever else, in parts that fit into one statement: SQLite takes a limited number of parameters. */
export function inChunks<T>(all: T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, i) =>
    all.slice(i * CHUNK, (i + 1) * CHUNK),
  )
}
