import type { FileType } from '../../engine/task.ts'
import { count, didYouMean, list, most, named, quote, quoteFile, say, type FaultTexts } from './words.ts'

const TYPES: Record<FileType, string> = {
  image: 'an image',
  document: 'a document',
  audio: 'an audio file',
  video: 'a video',
  custom: 'a file of another type',
}

/** Of files: those that cells name, those that came along, and pictures. */
export const FILES = {
  'required-picture': (fault) =>
    say(
      `The cell holds a picture; ${fault.label} is required.`,
      'Type the value instead or, for a file, its address.',
    ),
  'not-an-address': (fault) =>
    say(`${quote(fault.value)} is not the address of a file.`, 'Give an address that begins with https://.'),
  'not-https': (fault) =>
    say(`${quote(fault.value)} does not begin with https://.`, 'Give an address that does.'),
  'share-folder': (fault) =>
    say(
      `${quote(fault.value)} is a link to a folder of ${fault.service}.`,
      'Give the link of the file itself.',
    ),
  'share-page': (fault) =>
    say(
      `${quote(fault.value)} opens a page of ${fault.service}, not a file.`,
      'Give an address that downloads the file.',
    ),
  'file-type': (fault) =>
    say(`${quote(fault.value)} is not a file that ${fault.label} takes: ${list(fault.allowed)}.`),
  'no-such-file': (fault) =>
    say(
      `No file named ${quoteFile(fault.value)} came along with the sheet (${fault.count === 1 ? '1 file' : `${count(fault.count)} files`} did).`,
      didYouMean(fault.guess) ?? 'Send it along, or correct the name.',
    ),
  'no-files': (fault) =>
    say(
      `${quoteFile(fault.value)} is the name of a file, and no files came along with the sheet.`,
      'Send the file along with the sheet, or give an address that begins with https://.',
    ),
  'file-twice': (fault) =>
    say(
      `${quoteFile(fault.value)} is there more than once: ${list(fault.paths)}.`,
      'Write the name with its folder, or rename one of the files.',
    ),
  'only-links': (fault) =>
    say(
      `${fault.label} takes only links, and ${quoteFile(fault.value)} is the name of a file.`,
      'Give an address that begins with https://, or allow local uploads in the workflow.',
    ),
  'empty-file': (fault) => say(`${quoteFile(fault.value)} is empty: it has 0 bytes.`, 'Send it again.'),
  'large-file': (fault) =>
    say(
      `${quoteFile(fault.value)} is larger than ${count(fault.max)} MB, the most that the server takes for ${TYPES[fault.as]}.`,
      'Send a smaller file, or raise the limit of the Dify server.',
    ),
  'misnamed-file': (fault) =>
    say(
      `${quoteFile(fault.value)} is ${fault.as === 'html' ? 'a web page (HTML)' : fault.as === '' ? 'something else' : `a file of the type ${fault.as.toUpperCase()}`}, not ${fault.extension.toUpperCase()} as its name says.`,
      fault.as === 'html'
        ? 'It may be a sign-in page: download the file once more.'
        : 'Send the right file, or give it the right ending.',
    ),
  'unused-files': (fault) =>
    say(
      `${fault.count === 1 ? '1 file that came along is' : `${count(fault.count)} files that came along are`} not used by any row: ${named(fault.names, fault.count)}.`,
    ),
  'files-alike': (fault) => say(`Different files have the same name: ${list(fault.names)}.`),
  'too-many-files': (fault) => say(`${most(fault)} files; ${fault.label} takes ${count(fault.max)}.`),
  'share-link': (fault) =>
    say(
      `Share links of ${fault.service} are sent as links to the download${fault.as ? `, as ${fault.as}` : ''}.`,
      'The files must be shared with everyone who has the link.',
    ),
  'guessed-file-type': (fault) =>
    say(
      `The address does not tell the type of its file: it is sent as ${TYPES[fault.as]}.`,
      'Dify refuses a file of another type. Addresses that end in .pdf, .png and the like tell theirs.',
    ),
  'picture-in-cell': () => say('The cell holds a picture, so it counts as empty.'),
  'picture-over-cell': () => say('A picture lies over the rows and is not sent.'),
  'renamed-picture': (fault) =>
    say(
      `${quoteFile(fault.value)} is ${fault.as.toUpperCase()} by its content: it is sent with that ending.`,
    ),
} satisfies Partial<FaultTexts>
