const WORKBOOK = /\.(xlsx|csv|xlsm|xlsb|xls|ods|tsv|numbers)$/i

/** Those that may be workbooks; if none looks like one, the first, so that its person is told why. */
export function workbooksAmong<T extends { name: string }>(files: T[]): T[] {
  const workbooks = files.filter(({ name }) => WORKBOOK.test(name))
  return workbooks.length > 0 ? workbooks : files.slice(0, 1)
}
