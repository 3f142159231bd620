interface Route {
  method: string
  path: string
}

/** The methods that this path has, for `Allow`; empty if there is no such path at all. */
export function methodsAt(pathname: string, routes: readonly Route[]): string[] {
  const parts = partsOf(pathname)
  const methods = routes.filter(({ path }) => fits(partsOf(path), parts)).map(({ method }) => method)
  return [...new Set(methods)].toSorted()
}

function fits(pattern: string[], parts: string[]): boolean {
  if (pattern.includes('*')) return false // it has every path under it, so it says nothing about this one
  if (pattern.length !== parts.length) return false
  return pattern.every((part, at) => part === parts[at] || part.startsWith(':'))
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}
