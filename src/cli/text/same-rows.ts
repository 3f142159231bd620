import type { EarlierTask } from '../../db/tasks/earlier-task.ts'
import type { Check, SeenRows } from '../../workbook/types.ts'

interface Same {
  earlier: EarlierTask | undefined
  seen: SeenRows | undefined
  options: { onlyNew?: boolean; each?: boolean }
}

/** Rows that need no call, and how to have it so or otherwise. */
export function sameLines(
  { equal, good }: Pick<Check, 'equal' | 'good'>,
  { earlier, seen, options }: Same,
): string[] {
  const lines: string[] = []
  if (equal > 0) {
    const rows = equal === 1 ? '1 row asks' : `${equal.toLocaleString('en')} rows ask`
    lines.push(
      `${rows} the same as another: ${options.each ? 'each is called' : 'called once (--each calls all)'}`,
    )
  }
  if (!earlier || !seen || seen.unchanged + seen.changed === 0) return lines
  const when = new Date(earlier.createdAt).toLocaleDateString('en', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
  })
  if (earlier.isOlder)
    return [...lines, `Seen on ${when}, but the workflow has been published anew since: all rows are new`]
  const { unchanged, changed, fresh } = seen
  lines.push(
    `Seen on ${when} (task ${earlier.id}): ${unchanged} ${unchanged === 1 ? 'row' : 'rows'} unchanged, ${changed} changed, ${fresh} new`,
  )
  const called = good - unchanged - (options.each ? 0 : (seen.equal ?? 0))
  if (options.onlyNew) lines.push(`${called} of ${good} rows are called`)
  else if (unchanged > 0) lines.push(`--only-new calls ${called} of ${good} rows`)
  return lines
}
