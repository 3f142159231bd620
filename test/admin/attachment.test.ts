import { expect, test } from 'bun:test'
import { attachment } from '../../src/admin/http/download.ts'

test.each([
  ['products.results.xlsx', 'products.results.xlsx', 'products.results.xlsx'],
  ['产品 "一".csv', '__ _.csv', '%E4%BA%A7%E5%93%81%20%E4%B8%80.csv'],
  ['\u202Excod.exe\u202C.xlsx', 'xcod.exe.xlsx', 'xcod.exe.xlsx'],
  ['../../etc/passwd\r\nx: y.csv', 'etc passwd x y.csv', 'etc%20passwd%20x%20y.csv'],
  [`${'x'.repeat(200)}.marked.xlsx`, `${'x'.repeat(80)}.marked.xlsx`, `${'x'.repeat(80)}.marked.xlsx`],
  ['\ud800.csv', '_.csv', '%EF%BF%BD.csv'],
])('%p is kept as a file of a safe name', (name, plain, encoded) => {
  const { headers } = attachment(new Blob(['x']), name)
  expect(headers.get('content-disposition')).toBe(
    `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
  )
})
