import { UserError } from '../engine/user-error.ts'

/** One reason to refuse what was sent: a sentence, and what to do. */
type Refuse<Part extends unknown[]> = (...parts: Part) => readonly [message: string, hint: string]

/** Every reason, in the language of the person who sent the files. `zip` and `name` are names as they know them. */
export interface IntakeSentences {
  nothing: Refuse<[]>
  tooMany: Refuse<[count: number, most: number]>
  tooLarge: Refuse<[megabytes: number]>
  sheetTooLarge: Refuse<[name: string, megabytes: number]>
  notFetched: Refuse<[names: string, count: number, of: number]>
  workbookAmong: Refuse<[name: string]>
  zipDamaged: Refuse<[zip: string]>
  zipEmpty: Refuse<[zip: string]>
  zipTooMany: Refuse<[zip: string, most: number]>
  zipBomb: Refuse<[zip: string, name: string]>
  zipPassword: Refuse<[zip: string, name: string]>
  zipPath: Refuse<[zip: string, name: string]>
  zipLink: Refuse<[zip: string, name: string]>
  zipTwice: Refuse<[zip: string, name: string]>
  zipMethod: Refuse<[zip: string, name: string]>
  zipEntryDamaged: Refuse<[zip: string, name: string]>
}

export const IN_ENGLISH: IntakeSentences = {
  nothing: () => ['There is no file in it.', 'Send a workbook, or the files that each become a row.'],
  tooMany: (count, most) => [
    `That is ${count} files, and ${most} are the limit.`,
    'Send fewer at once, or raise ROWBOT_MAX_FILES.',
  ],
  tooLarge: (megabytes) => [
    `The files are larger than ${megabytes} MB together.`,
    'Send fewer at once, or raise ROWBOT_MAX_FILES_MB.',
  ],
  sheetTooLarge: (name, megabytes) => [
    `“${name}” is larger than ${megabytes} MB.`,
    'Split it, or raise ROWBOT_MAX_FILE_MB.',
  ],
  notFetched: (names, count, of) => [
    count === 1
      ? `“${names}” could not be fetched.`
      : `${count} of ${of} files could not be fetched: ${names}.`,
    'Nothing was taken. Send all of them again.',
  ],
  workbookAmong: (name) => [
    `“${name}” is a workbook, and only further files are added here.`,
    'Send it where another file is asked for; here, send the files that its cells name.',
  ],
  zipDamaged: (zip) => [`“${zip}” is damaged or cut short.`, 'Pack it again and send that.'],
  zipEmpty: (zip) => [`“${zip}” has no files in it.`, 'Pack the files again and send that.'],
  zipTooMany: (zip, most) => [
    `“${zip}” has more than ${most} files in it, which is the limit.`,
    'Send fewer at once, or raise ROWBOT_MAX_FILES.',
  ],
  zipBomb: (zip, name) => [
    `“${name}” in “${zip}” unpacks to more than 200 times its size.`,
    'No ordinary file does that, so nothing was taken. Send it unpacked if you need it.',
  ],
  zipPassword: (zip, name) => [
    `“${name}” in “${zip}” is protected by a password.`,
    'Pack the files without a password and send that.',
  ],
  zipPath: (zip, name) => [
    `“${name}” in “${zip}” has a path that leads out of the ZIP.`,
    'Pack the files again, with names inside the ZIP.',
  ],
  zipLink: (zip, name) => [
    `“${name}” in “${zip}” is a link, not a file.`,
    'Pack the file that it points to.',
  ],
  zipTwice: (zip, name) => [
    `“${name}” is in “${zip}” twice.`,
    'Pack it again with a name of its own for each file.',
  ],
  zipMethod: (zip, name) => [
    `“${name}” in “${zip}” is packed in a way that Rowbot cannot unpack.`,
    'Pack the files as an ordinary ZIP (deflate) and send that.',
  ],
  zipEntryDamaged: (zip, name) => [`“${name}” in “${zip}” is damaged.`, 'Pack it again and send that.'],
}

/** A sentence as the error that is shown. */
export function refusal([message, hint]: readonly [string, string]): UserError {
  return new UserError(message, hint)
}
