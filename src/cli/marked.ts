import { writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Rowbot } from '../rowbot.ts'
import { checkTarget, written } from './files.ts'
import type { CheckOptions, UploadFile } from '../workbook/types.ts'
import { writeMarkedCopy } from '../workbook/workbook.ts'

/** `products.xlsx` → `products.marked.xlsx`, beside it or in `folder`. */
export function markedPath(upload: string, folder = dirname(upload)): string {
  return join(folder, `${basename(upload, extname(upload))}.marked.xlsx`)
}

/**
 * Writes the person's workbook with its bad cells marked, and gives a remark where its looks were lost on the way.
 * `source` is the workbook itself, which is never written over.
 */
export async function saveMarkedCopy(
  bot: Rowbot,
  upload: UploadFile,
  options: CheckOptions,
  { path, source }: { path: string; source: string },
): Promise<string> {
  checkTarget(path, source)
  const { bytes, plain } = await writeMarkedCopy(upload, options, bot.config.limits)
  await written(path, 'Name another place: --marked FILE', () => writeFile(path, bytes))
  return plain ? `${path} (a plain copy of the values)` : path
}
