/** A Python that has openpyxl: the system's first, for others may be before it in the path without the package. */
export function openpyxlPython(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((python) => {
    try {
      return Bun.spawnSync([python, '-c', 'import openpyxl']).success
    } catch {
      return false // not installed
    }
  })
}
