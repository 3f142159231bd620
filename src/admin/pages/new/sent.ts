/** What a form of the page sends. */
export interface Sent {
  values: Record<string, string>
  file: File | undefined
}

export function sentOf(body: unknown): Sent {
  const values: Record<string, string> = Object.create(null)
  let file: File | undefined
  for (const [name, given] of Object.entries(body ?? {})) {
    // Of several of one name, the last: no form of ours has them.
    const value: unknown = Array.isArray(given) ? given.at(-1) : given
    if (typeof value === 'string') values[name] = value
    // A field that was left empty comes as an empty file without a name.
    else if (name === 'file' && value instanceof File && (value.size > 0 || value.name)) file = value
  }
  return { values, file }
}
