import type { Numbers } from '../numbers.ts'

/** What is said about files that somebody sends. Why they are refused: engine/sentences/intake.ts. */
export const files = (n: Numbers) => ({
  /** headings of the table with a row for each file */
  file: 'File',
  type: 'Type',
  size: 'Size',
  /** what the table is called */
  filesName: (count: number) => `${n.count(count)} ${count === 1 ? 'file' : 'files'}`,
  /** a link was sent in place of a file */
  links: {
    google:
      'That is a link to Google, and I follow no links. There, choose File → Download → Microsoft Excel (.xlsx), and send me that file.',
    microsoft:
      'That is a link to Microsoft 365, and I follow no links. There, choose File → Create a copy → Download a copy, and send me that file.',
    slack:
      'That is a link to something in Slack, and I follow no links. Open the ⋯ menu of the message that has the file, and choose “Run as batch”; or download the file and send it to me.',
    discord:
      'That is a link to something in Discord, and I follow no links. Right-click the message that has the file, and choose Apps, “Run batch”; or download the file and send it to me.',
    cloud: 'That is a link to a file, and I follow no links. Download it there, and send it to me.',
    file: 'That is a link to a file, and I follow no links. Download it, and send it to me.',
  },
})
