/** A sheet name that Excel and exceljs accept and that is not in `taken` (lower case). */
export function sheetName(name: string, taken: Set<string>): string {
  const legal = name
    .replaceAll(/[*?:\\/[\]]/g, '_')
    .replaceAll(/^'|'$/g, '_')
    .trim()
  const base = legal === '' || /^history$/i.test(legal) ? `${legal}_` : legal
  for (let i = 1; ; i++) {
    const ending = i === 1 ? '' : ` (${i})`
    const candidate = base.slice(0, 31 - ending.length) + ending
    if (taken.has(candidate.toLowerCase())) continue
    taken.add(candidate.toLowerCase())
    return candidate
  }
}
