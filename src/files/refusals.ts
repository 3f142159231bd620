import { say, type Coded } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'

/** Every reason to refuse what was sent. `zip` and `name` are names as the person knows them. */
export const REFUSED = {
  nothing: () => refused(say('no-file-in-it'), say('do-send-workbook-or-files')),
  tooMany: (count: number, most: number) =>
    refused(say('too-many-files', { count, most }), say('do-send-fewer')),
  tooLarge: (bytes: number) =>
    refused(say('files-too-large', { megabytes: megabytes(bytes) }), say('do-raise-files-mb')),
  sheetTooLarge: (name: string, bytes: number) =>
    refused(say('sheet-too-large', { name, megabytes: megabytes(bytes) }), say('do-split-or-raise')),
  sheetGone: (name: string) => refused(say('file-not-kept', { name }), say('do-send-all-again')),
  notFetched: (names: string[], count: number, of: number) =>
    refused(say('files-not-received', { names, count, of }), say('do-send-all-again')),
  workbookAmong: (name: string) =>
    refused(say('workbook-among-files', { name }), say('do-send-workbook-elsewhere')),
  zipDamaged: (zip: string) => refused(say('zip-damaged', { zip }), say('do-pack-again')),
  zipEmpty: (zip: string) => refused(say('zip-empty', { zip }), say('do-pack-files-again')),
  zipTooMany: (zip: string, most: number) =>
    refused(say('zip-too-many', { zip, most }), say('do-send-fewer')),
  zipBomb: (zip: string, name: string) => refused(say('zip-bomb', { zip, name }), say('do-send-unpacked')),
  zipPassword: (zip: string, name: string) =>
    refused(say('zip-password', { zip, name }), say('do-pack-without-password')),
  zipPath: (zip: string, name: string) =>
    refused(say('zip-path', { zip, name }), say('do-pack-names-inside')),
  zipLink: (zip: string, name: string) => refused(say('zip-link', { zip, name }), say('do-pack-its-file')),
  zipTwice: (zip: string, name: string) => refused(say('zip-twice', { zip, name }), say('do-pack-own-names')),
  zipMethod: (zip: string, name: string) =>
    refused(say('zip-method', { zip, name }), say('do-pack-ordinary')),
  zipEntryDamaged: (zip: string, name: string) =>
    refused(say('zip-entry-damaged', { zip, name }), say('do-pack-again')),
}

function refused(message: Coded, hint: Coded): UserError {
  return new UserError(message, hint)
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20)
}
