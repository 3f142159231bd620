import { createHash } from 'node:crypto'
import { withoutNul } from '../json.ts'
import type { TableColumn } from './tables.ts'

/** What a driver gives: SQLite integers as bigint, Postgres everything but bytes as text. */
export type StoredValue = string | number | bigint | Uint8Array | null

/** How many rows a table has, and a sum over all of them that does not depend on their order. */
export class Checksum {
  rows = 0
  #sum = 0n

  add(values: string[]): void {
    const hash = createHash('sha256')
    for (const value of values) hash.update(`${value.length} ${value} `)
    this.rows += 1
    this.#sum = (this.#sum + BigInt(`0x${hash.digest('hex')}`)) % MODULUS
  }

  equals(other: Checksum): boolean {
    return this.rows === other.rows && this.#sum === other.#sum
  }
}

const MODULUS = 2n ** 256n

/** The same text for the same value, whichever database it is from. */
export function canonical(value: StoredValue, { kind }: TableColumn): string {
  if (value === null) return 'null'
  switch (kind) {
    case 'text':
      return `text ${String(value)}`
    case 'integer':
      return `integer ${String(value)}`
    case 'fraction':
      return `fraction ${Number(value)}`
    case 'bytes':
      return `bytes ${createHash('sha256').update(bytesOf(value)).digest('hex')}`
  }
}

/** A text as Postgres takes it: without NUL characters, and with no half of a pair of surrogates. */
export function takenByPostgres(text: string): string {
  return withoutNul(text).toWellFormed()
}

function bytesOf(value: Exclude<StoredValue, null>): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new Error('a column of bytes has something else')
}
