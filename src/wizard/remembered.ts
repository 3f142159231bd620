import type { Db } from '../db/schema.ts'
import { listMappings, saveMapping, type HeadingMapping } from '../db/workflows/mappings.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Check, Mapping, UploadFile } from '../workbook/types.ts'
import { headingKey } from '../workbook/check/heading-keys.ts'
import { byColumn, byHeading, headingSet } from './columns.ts'
import { without } from './draft.ts'

// What people chose for a workflow is remembered twice: for the same set of headings everything, also which inputs
// were left empty; for other files, by each heading, which input it fed.

/**
 * What was chosen before for these headings; empty if the mapping found now needs nothing of it.
 * @param upload if Rowbot made its table of files, only what was chosen for such tables counts: that the “Type” of
 * somebody’s sheet has fed an input says nothing about the type of files
 */
export async function rememberedMapping(
  db: Db,
  { id }: Pick<Workflow, 'id'>,
  { headings, mapping, proposals }: Pick<Check, 'headings' | 'mapping' | 'proposals'>,
  { listsFiles = false }: Pick<UploadFile, 'listsFiles'>,
): Promise<Mapping> {
  const keys = listsFiles ? [] : headings.map(headingKey).filter((key) => key !== '')
  const whole = headingSet(headings)
  const found = await listMappings(db, id, [...new Set([whole, ...keys])])
  const same = found.find((one) => one.headings === whole)?.mapping ?? {}
  const chosen = { ...fedBefore(found, mapping, headings), ...byColumn(same, headings) }
  // A proposal that was declined is declined again.
  const isNeeded = Object.entries(chosen).some(
    ([name, column]) => mapping[name] !== column || proposals[name] !== undefined,
  )
  return isNeeded ? chosen : {}
}

/** Inputs that no column feeds now, by the columns that have fed them before, the latest choice first. */
function fedBefore(
  found: { headings: string; mapping: HeadingMapping }[],
  mapping: Mapping,
  headings: string[],
): Mapping {
  const used = new Set(Object.values(mapping))
  const chosen: Mapping = {}
  for (const one of found) {
    for (const [name, column] of Object.entries(byColumn(one.mapping, headings))) {
      const isOpen = mapping[name] === null && chosen[name] === undefined
      if (!isOpen || column === null || used.has(column) || one.mapping[name] !== one.headings) continue
      chosen[name] = column
      used.add(column)
    }
  }
  return chosen
}

/**
 * Remembers a mapping chosen by hand.
 * @param chosen.given inputs with one value for all rows: that value was for one task, so what is remembered of their
 * columns stays as it was
 */
export async function rememberMapping(
  db: Db,
  workflowId: string,
  { headings, mapping, given = [] }: Pick<Check, 'headings' | 'mapping'> & { given?: string[] },
  now: number,
): Promise<void> {
  const whole = headingSet(headings)
  const [before] = given.length > 0 ? await listMappings(db, workflowId, [whole]) : []
  const stays = Object.entries(before?.mapping ?? {}).filter(([name]) => given.includes(name))
  const chosen = { ...byHeading(without(mapping, ...given), headings), ...Object.fromEntries(stays) }
  if (Object.keys(chosen).length === 0) return
  await saveMapping(db, { workflowId, headings: whole }, chosen, now)
  for (const key of new Set(Object.values(chosen))) {
    if (key === null || key === whole) continue
    const own = Object.fromEntries(Object.entries(chosen).filter(([, heading]) => heading === key))
    await saveMapping(db, { workflowId, headings: key }, own, now)
  }
}
