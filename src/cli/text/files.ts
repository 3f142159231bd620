import { ROWBOT } from '../../engine/this-program.ts'
import type { FileCounts } from '../../db/rows/output-files.ts'

/** `1 file`, `3 files` */
export function filesText(files: number): string {
  return files === 1 ? '1 file' : `${files.toLocaleString('en')} files`
}

/** What a person must know of the files among a task's outputs. */
export function fileLines(taskId: string, { waiting, failed, again }: FileCounts): string[] {
  const lines = []
  if (waiting > 0) lines.push(`${filesText(waiting)} ${waiting === 1 ? 'is' : 'are'} not fetched yet.`)
  if (failed > 0) {
    const hint = again > 0 ? ` Fetch again: ${ROWBOT} fetch ${taskId}` : ''
    lines.push(`${filesText(failed)} could not be fetched.${hint}`)
  }
  return lines
}

/** A fault's first line. */
export function inText(fault: unknown): string {
  return (fault instanceof Error ? fault.message : String(fault)).split('\n', 1)[0] ?? ''
}
