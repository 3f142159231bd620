import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResultRow } from '../../../src/engine/task.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { Zip } from '../../../src/workbook/read/zip.ts'
import type { OwnWorkbook, ResultHeader } from '../../../src/workbook/types.ts'
import { writeOwnFile } from '../../../src/workbook/write/result.ts'
import { checked } from './inspect.ts'
import { HEADER, resultRow } from './results.ts'
import { upload } from './xlsx.ts'

/** Writes a result into a workbook as the worker does: its bytes, or the reason why that is not possible. */
export async function ownResult(
  bytes: Uint8Array,
  chunks: ResultRow[][],
  { sheet, headingRow, ...header }: Partial<OwnWorkbook & ResultHeader> = {},
): Promise<Uint8Array | string> {
  const found = await checked(bytes, {
    ...(sheet !== undefined && { sheet }),
    ...(headingRow !== undefined && { headingRow }),
  }).catch(() => undefined)
  const path = join(await mkdtemp(join(tmpdir(), 'rowbot-')), 'out.xlsx')
  const own = {
    file: upload(bytes),
    limits: DEFAULT_LIMITS,
    sheet: sheet ?? found?.sheet ?? 'Sheet1',
    headingRow: headingRow ?? found?.headingRow ?? 1,
  }
  const writer = writeOwnFile(
    path,
    `${path}.part`,
    { ...HEADER, headings: found?.headings ?? [], ...header },
    own,
  )
  await writer.next()
  for (const rows of [...chunks, undefined]) {
    const { value } = await writer.next(rows)
    if (value && !value.ready) return value.why.message
  }
  return Bun.file(path).bytes()
}

/** The result itself; fails with the reason if there is none. */
export async function ownBytes(...given: Parameters<typeof ownResult>): Promise<Uint8Array> {
  const result = await ownResult(...given)
  if (typeof result === 'string') throw new Error(`not possible, because ${result}`)
  return result
}

/** A result row for each of these rows of the sheet. */
export function resultRows(...rows: number[]): ResultRow[][] {
  return [rows.map((row) => resultRow(row))]
}

/** The parts of an archive that differ from those of another, or are not in it. */
export function changedParts(before: Uint8Array, after: Uint8Array): string[] {
  const old = new Zip(before, DEFAULT_LIMITS)
  const zip = new Zip(after, DEFAULT_LIMITS)
  return zip.names.filter((name) => !Bun.deepEquals(old.read(name), zip.read(name))).toSorted()
}

export function partText(bytes: Uint8Array, name: string): string {
  return new TextDecoder().decode(new Zip(bytes, DEFAULT_LIMITS).read(name))
}
