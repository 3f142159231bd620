import type { Numbers } from '../numbers.ts'

/** What one of the two came to; the price is a text. */
interface SideFacts {
  prices: string[]
  seconds: number | undefined
  failed: number
}

/** Two workflows that run the same rows, and what each of them gave. */
export const comparison = (n: Numbers) => ({
  compareWith: 'Compare with…',
  select: 'Compare with',
  none: 'Compare with none',
  /** in steps, of the second workflow */
  both: <S>(a: S, b: S): (string | S)[] => ['A: ', a, ' · B: ', b],
  bothRun: 'Both run the same rows, and you see the results beside each other.',
  canRun: (good: number, rows: number) =>
    good === rows
      ? `B can run ${rows === 1 ? 'the row' : `all ${n.count(rows)} rows`}, too`
      : `B can run ${n.count(good)} of ${n.count(rows)} rows`,
  cannotRun: 'B can run none of these rows. Choose another workflow, or add what it needs to the file.',
  start: (rows: number) => `Compare on ${n.count(rows)} rows`,
  startAll: (rows: number) => `Compare on all ${n.count(rows)}`,
  startSome: 'Compare on…',
  paidTwice: 'Each row is run, and paid, in both.',
  form: {
    title: 'Compare on some rows',
    label: 'How many rows to compare',
    hint: (max: number) => `1 to ${n.count(max)}, chosen to differ`,
    submit: 'Compare',
  },
  comparing: 'comparing',
  compared: (rows: number) => `compared on ${rows === 1 ? '1 row' : `${n.count(rows)} rows`}`,
  title: 'Two workflows side by side',
  notice: (a: string, b: string) => `${a} and ${b} are compared`,
  of: (letter: string, settled: number, total: number) =>
    `${letter}: ${n.count(settled)} of ${n.count(total)}`,
  side: ({ prices, seconds, failed }: SideFacts) =>
    [
      ...prices,
      ...(seconds === undefined ? [] : [`${n.rough(seconds)} s a row`]),
      `${n.count(failed)} failed`,
    ].join(', '),
  same: (percent: number, same: number, of: number) =>
    `${n.count(percent)} % the same (${n.count(same)} of ${n.count(of)})`,
  nothingInCommon: 'Their outputs cannot be compared: they have no name in common.',
  nothingSucceeded: 'No row has succeeded in both.',
  stoppedBecause: (letter: string, error: string) => `${letter} was stopped by a fault: ${error}`,
  goOn: (letter: string, rows: number) => `Go on with ${letter} on all ${n.count(rows)}`,
  resume: (letter: string) => `Resume ${letter}`,
  /** A’s limit is raised: `A: +$5.00` */
  raise: (letter: string, amount: string) => `${letter}: ${amount}`,
  /** where one of the two has gone on */
  wentOn: (letter: string, workflow: string) => `${letter} (${workflow}) went on with all rows.`,
  isSideOf: (letter: string, other: string) => `${letter} of a comparison with ${other}`,
  download: 'Download the comparison',
  see: 'See the comparison',
  isSame: 'same',
  differs: 'differs',
  added: 'only in B',
  removed: 'only in A',
  more: (rows: number) =>
    rows === 1 ? '1 more row is in the file.' : `${n.count(rows)} more rows are in the file.`,
  table: { row: 'row', same: 'same?' },
})
