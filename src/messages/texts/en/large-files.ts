import type { Numbers } from '../numbers.ts'
import type { Rich } from './wizard.ts'

/** A file that a chat does not take. */
export interface LargeFileFacts {
  what: 'result' | 'files'
  bytes: number
  /** Slack, Discord */
  chat: string
}

/** Results that are too large for a chat: what is done instead, and the page behind the link. */
export const largeFiles = (n: Numbers) => {
  const tooLarge = ({ what, bytes, chat }: LargeFileFacts) =>
    what === 'result'
      ? `The result (${n.size(bytes)}) is too large for ${chat}`
      : `The files that the rows gave (${n.size(bytes)}) are too large for ${chat}`
  return {
    zipped: (facts: LargeFileFacts) => `${tooLarge(facts)}, so it is here as CSV in a ZIP.`,
    inNew: (facts: LargeFileFacts) => `${tooLarge(facts)} in your workbook, so it is here in a new one.`,
    part: (facts: LargeFileFacts, part: number, parts: number, rows: { from: number; to: number }) =>
      `${part === 1 ? `${tooLarge(facts)} as one file. ` : ''}Part ${part} of ${parts}: rows ${n.count(rows.from)} to ${n.count(rows.to)}`,
    /** to the person alone */
    link: <S>(facts: LargeFileFacts, link: S): Rich<S> => [
      `${tooLarge(facts)}. `,
      link,
      ' It is for you, works for 24 hours and needs no sign-in, so please do not pass it on.',
    ],
    download: 'Download it here.',
    linkSent: <S>(facts: LargeFileFacts, person: S): Rich<S> => [
      `${tooLarge(facts)}; I sent `,
      person,
      ' a link.',
    ],
    linkSentToYou: (facts: LargeFileFacts) => `${tooLarge(facts)}; I sent you a link in a direct message.`,
    unreachable: <S>(facts: LargeFileFacts, person: S): Rich<S> => [
      `${tooLarge(facts)}. I wanted to send `,
      person,
      ' a link, but may not send you direct messages. Allow them, or write to me directly: then you get it.',
    ],
    unreachableYou: (facts: LargeFileFacts) =>
      `${tooLarge(facts)}. I wanted to send you a link, but may not send you direct messages. Allow them, or ask me for it directly.`,
    page: {
      title: 'Your result',
      of: (file: string) => `From ${file}`,
      forWhom: (name: string) => `For ${name}, until `,
      result: 'Download the result',
      csv: 'As CSV',
      files: 'Download the files (ZIP)',
      rights: 'Whoever has this link gets the file. Do not pass it on.',
      end: 'End this link',
      endedTitle: 'This link has ended',
      ended: 'This link has ended. Ask for Results again in the thread.',
      wait: (seconds: number) => `Too many wrong links. Try again in ${n.count(seconds)} seconds.`,
    },
    list: {
      title: 'Links to the result',
      item: (name: string) => `For ${name}, until `,
      end: 'Revoke',
    },
  }
}
