/** Why files that somebody sends are refused. `zip` and `name` are names as the person knows them. */
export const INTAKE = {
  'no-file-in-it': () => 'There is no file in it.',
  'do-send-workbook-or-files': () => 'Send a workbook, or the files that each become a row.',
  'too-many-files': ({ count, most }: { count: number; most: number }) =>
    `That is ${count} files, and ${most} are the limit.`,
  'files-too-large': ({ megabytes }: { megabytes: number }) =>
    `The files are larger than ${megabytes} MB together.`,
  'do-raise-files-mb': () => 'Send fewer at once, or raise ROWBOT_MAX_FILES_MB.',
  'sheet-too-large': ({ name, megabytes }: { name: string; megabytes: number }) =>
    `“${name}” is larger than ${megabytes} MB.`,
  'do-split-or-raise': () => 'Split it, or raise ROWBOT_MAX_FILE_MB.',
  'files-not-received': ({ count, of, names }: { count: number; of: number; names: string[] }) =>
    `${count} of ${of} files could not be fetched: ${names.join(', ')}.`,
  'do-send-all-again': () => 'Nothing was taken. Send all of them again.',
  'workbook-among-files': ({ name }: { name: string }) =>
    `“${name}” is a workbook, and only further files are added here.`,
  'do-send-workbook-elsewhere': () =>
    'Send it where another file is asked for; here, send the files that its cells name.',
  'zip-damaged': ({ zip }: { zip: string }) => `“${zip}” is damaged or cut short.`,
  'do-pack-again': () => 'Pack it again and send that.',
  'zip-empty': ({ zip }: { zip: string }) => `“${zip}” has no files in it.`,
  'do-pack-files-again': () => 'Pack the files again and send that.',
  'zip-too-many': ({ zip, most }: { zip: string; most: number }) =>
    `“${zip}” has more than ${most} files in it, which is the limit.`,
  'zip-bomb': ({ zip, name }: { zip: string; name: string }) =>
    `“${name}” in “${zip}” unpacks to more than 200 times its size.`,
  'do-send-unpacked': () =>
    'No ordinary file does that, so nothing was taken. Send it unpacked if you need it.',
  'zip-password': ({ zip, name }: { zip: string; name: string }) =>
    `“${name}” in “${zip}” is protected by a password.`,
  'do-pack-without-password': () => 'Pack the files without a password and send that.',
  'zip-path': ({ zip, name }: { zip: string; name: string }) =>
    `“${name}” in “${zip}” has a path that leads out of the ZIP.`,
  'do-pack-names-inside': () => 'Pack the files again, with names inside the ZIP.',
  'zip-link': ({ zip, name }: { zip: string; name: string }) =>
    `“${name}” in “${zip}” is a link, not a file.`,
  'do-pack-its-file': () => 'Pack the file that it points to.',
  'zip-twice': ({ zip, name }: { zip: string; name: string }) => `“${name}” is in “${zip}” twice.`,
  'do-pack-own-names': () => 'Pack it again with a name of its own for each file.',
  'zip-method': ({ zip, name }: { zip: string; name: string }) =>
    `“${name}” in “${zip}” is packed in a way that Rowbot cannot unpack.`,
  'do-pack-ordinary': () => 'Pack the files as an ordinary ZIP (deflate) and send that.',
  'zip-entry-damaged': ({ zip, name }: { zip: string; name: string }) => `“${name}” in “${zip}” is damaged.`,
} as const
