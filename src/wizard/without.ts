/** The same without these keys. */
export function without<T, K extends keyof T>(from: T, ...keys: K[]): Omit<T, K> {
  const rest = { ...from }
  for (const key of keys) delete rest[key]
  return rest
}
