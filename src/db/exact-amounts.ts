/** How the name of a column with an amount of money ends. Amounts are bigint in the code, other integers are numbers. */
export const NANO = '_nano'

/** The row, in which what is no amount has become a number. */
export function withNumbers<R>(row: R): R {
  const values = row as Record<string, unknown> // the driver gives an object for each row
  for (const name in values) {
    const value = values[name]
    if (typeof value === 'bigint' && !name.endsWith(NANO)) values[name] = Number(value)
  }
  return row
}
