import { UserError } from '../engine/user-error.ts'
import type { Limits } from '../workbook/limits.ts'
import type { FileStore } from './file-store.ts'
import type { TableWords } from './table-of-files.ts'

/** A file that somebody sends; nothing of it is read yet. */
export interface SentFile {
  /** as they named it; with folders if it was sent in some */
  name: string
  /** The bytes in pieces. @throws UserError if it cannot be fetched; its message is shown */
  open(): Promise<AsyncIterable<Uint8Array>>
  /** of a file of this machine: where it is, so that it can be cloned */
  path?: string
  /** it was found in a folder that was sent, whose name is not part of its own */
  inFolder?: boolean
}

/** What a file’s pieces throw if its connection broke: it is fetched once more, from its start. */
export class BrokenOff extends UserError {}

/** What a table of files says, in the language of the person who sent them. */
export interface IntakeWords extends TableWords {
  /** what a table of so many loose files is called; default: `40 files` */
  filesName?: (count: number) => string
}

export interface GatherOptions {
  store: FileStore
  limits: Limits
  words: IntakeWords
  /** no sheet is looked for: a workbook is a file like any other */
  withoutSheet?: boolean
  /** a ZIP is a file like any other, and is not opened */
  withoutUnpacking?: boolean
  /** is told how much has arrived, in bytes of files that are complete or under way */
  progress?: (bytes: number) => void
}
