import type { Numbers } from '../numbers.ts'

/** What is said about files that somebody sends; why they are refused is said by the intake itself, in English. */
export const files = (n: Numbers) => ({
  /** headings of the table with a row for each file */
  file: 'File',
  type: 'Type',
  size: 'Size',
  /** what the table is called */
  filesName: (count: number) => `${n.count(count)} ${count === 1 ? 'file' : 'files'}`,
})
