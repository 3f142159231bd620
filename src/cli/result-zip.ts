import { ROWBOT } from '../engine/this-program.ts'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeResultZip, zipNameOf } from '../app/result-files.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { countOutputFiles } from '../db/rows/output-files.ts'
import { isResultZip } from '../files/result-files.ts'
import { inText } from './text/files.ts'

/** Where the files of a result went, or why they could not be written. Neither: there are none. */
export interface ZipBeside {
  path?: string
  /** a sentence */
  problem?: string
}

/** Writes the ZIP with a task's files beside its result, in place of an earlier one. The result itself is never lost by it. */
export async function writeZipBeside(bot: Rowbot, taskId: string, result: string): Promise<ZipBeside> {
  const path = join(dirname(result), zipNameOf(result))
  try {
    if (existsSync(path) && !(await isResultZip(path))) {
      const { fetched } = await countOutputFiles(bot.db, taskId)
      if (fetched === 0) return {}
      const elsewhere = `Write the result under another name: ${ROWBOT} result ${taskId} --out FILE`
      return { problem: `${path} is not a ZIP of a result, and stays as it is. ${elsewhere}` }
    }
    if (await writeResultZip(bot.db, bot.files, taskId, path)) return { path }
    await rm(path, { force: true }) // of an earlier result
    return {}
  } catch (fault) {
    const again = `The result itself is there. For its files: ${ROWBOT} result ${taskId} --out FILE`
    return { problem: `${path} cannot be written: ${inText(fault)}. ${again}` }
  }
}
