import { toText } from '../json.ts'

/** Two sheets with the same set have the same columns, in whatever order. */
export function headingSet(headings: string[]): string {
  return toText(headings.toSorted())
}

/**
 * Where each column of one sheet is in another with the same set of headings. Of columns with the same heading the first
 * is the first, and so on.
 */
export function placesIn(headings: string[], others: string[]): number[] {
  const places = Map.groupBy(others.keys(), (column) => others[column] ?? '')
  return headings.map((heading) => places.get(heading)?.shift() ?? -1)
}
