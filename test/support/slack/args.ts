/** The library sends forms, with everything that is not a text as JSON. */
export function argsOf(body: string): Record<string, unknown> {
  const args: Record<string, unknown> = {}
  for (const [name, text] of new URLSearchParams(body)) args[name] = /^[[{]/.test(text) ? parsed(text) : text
  return args
}

export function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
