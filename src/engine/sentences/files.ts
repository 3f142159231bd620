import { mb } from './words.ts'

/** Files that a row sends, and files that its run gave. */
export const FILES = {
  uploading: ({ error }: { error: string }) => `Uploading a file: ${error}`,
  'upload-without-place': () => 'Dify did not say where it put the uploaded file.',
  'file-not-kept': ({ name }: { name: string }) => `The file “${name}” is no longer kept.`,
  'upload-damaged': ({ id }: { id: string }) =>
    `The file of upload ${id} cannot be decrypted: it was changed in the database, or is damaged.`,
  'do-restore-upload': () => 'Restore the database from a backup, or send the file again.',
  'file-damaged': ({ name }: { name: string }) =>
    `The file “${name}” was changed where Rowbot keeps it, and cannot be sent.`,
  'bucket-missing': () => 'The bucket of Rowbot’s files does not exist.',
  'bucket-refuses': ({ code }: { code: string }) =>
    `The bucket of Rowbot’s files refuses Rowbot’s key (${code}).`,
  'bucket-away': ({ code }: { code: string }) => `The bucket of Rowbot’s files does not answer (${code}).`,
  'kept-file-damaged': () => 'The place of Rowbot’s files gave other bytes than were kept there.',
  'do-wait-for-files': () =>
    'Try again in a minute. If that does not help, ask an admin to check the place of the files.',

  'address-refused': ({ address, why }: { address: string; why: string }) => `“${address}” ${why}`,
  'address-none': () => 'is not an address.',
  'address-not-https': () => 'is not an https address, and only those are fetched.',
  'address-password': () => 'has a password in it, and such addresses are not fetched.',
  'address-private': () => 'is inside a private network.',
  'link-redirects': ({ address }: { address: string }) => `“${address}” redirects too many times.`,
  'link-status': ({ address, status }: { address: string; status: number }) =>
    `“${address}” cannot be fetched (HTTP ${status}).`,
  'link-unreachable': ({ address, why }: { address: string; why: string }) =>
    `“${address}” cannot be fetched: ${why}.`,
  'unknown-reason': () => 'unknown reason',
  'link-too-large': ({ address, bytes }: { address: string; bytes: number }) =>
    `“${address}” is larger than the ${mb(bytes)} that Dify takes.`,
  'link-to-web-page': ({ address }: { address: string }) =>
    `“${address}” leads to a web page, not to a file. Perhaps one has to sign in there first.`,
  'link-not-an-image': ({ address, type }: { address: string; type: string }) =>
    `“${address}” leads to a file of type ${type}, not to an image.`,
  'link-not-a-sound': ({ address, type }: { address: string; type: string }) =>
    `“${address}” leads to a file of type ${type}, not to a sound.`,
  'link-not-a-video': ({ address, type }: { address: string; type: string }) =>
    `“${address}” leads to a file of type ${type}, not to a video.`,

  'output-without-link': () => 'Dify gave no link to the file.',
  'output-link-refused': ({ host, why }: { host: string; why: string }) =>
    `The link to the file is to ${host}, which ${why}`,
  'output-link-nowhere': () => 'The link to the file leads nowhere.',
  'output-link-redirects': () => 'The link to the file redirects too many times.',
  'output-link-private': () => 'The link to the file is inside a private network.',
  'output-link-ended': ({ status }: { status: number }) =>
    `Dify’s link to the file has ended (HTTP ${status}).`,
  'output-server-status': ({ status }: { status: number }) => `The file’s server answered HTTP ${status}.`,
  'output-server-unreachable': ({ why }: { why: string }) => `The file’s server cannot be reached: ${why}.`,
  'output-too-large': ({ bytes }: { bytes: number }) =>
    `The file is larger than the ${mb(bytes)} that are fetched.`,
  'outputs-too-large': ({ bytes }: { bytes: number }) =>
    `The files of this task are larger than ${mb(bytes)} together; the rest is not fetched.`,
  'output-took-too-long': () => 'Fetching the file took too long.',
  'output-broke': () => 'The connection broke before the file’s end.',
  'output-web-page': () => 'The link to the file gave a web page instead, such as a sign-in page.',
  'too-many-output-files': ({ max }: { max: number }) => `Only the first ${max} files of a row are fetched.`,
  'output-not-fetched': ({ why }: { why: string }) => `The file could not be fetched: ${why}.`,

  'no-such-column': ({ column }: { column: string }) => `There is no column “${column}”.`,
  'several-columns-headed': ({ heading }: { heading: string }) =>
    `More than one column is headed “${heading}”.`,
  'do-name-column-by-letters': ({ letters }: { letters: string }) =>
    `Name it by its letters, such as ${letters}.`,
  'do-name-a-column': ({ headings }: { headings: string }) => `There are ${headings}.`,
  'did-you-mean': ({ name }: { name: string }) => `Did you mean “${name}”?`,
  'too-many-columns': ({ most }: { most: number }) => `At most ${most} columns can name a row.`,
} as const
