/** What stands at a path of an answer, if anything does. */
export function valueAt(answered: unknown, ...path: (string | number)[]): unknown {
  let here = answered
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Object.getOwnPropertyDescriptor(here, key)?.value
  }
  return here
}

export function textAt(answered: unknown, ...path: (string | number)[]): string {
  const found = valueAt(answered, ...path)
  return typeof found === 'string' ? found : ''
}

export function listAt(answered: unknown, ...path: (string | number)[]): unknown[] {
  const found = valueAt(answered, ...path)
  return Array.isArray(found) ? found : []
}
