import { expect, test } from 'bun:test'
import { isPublic, lookupPublic } from '../../../src/dify/client/addresses.ts'
import { mimeTypeOf, nameOfFile } from '../../../src/dify/client/file-names.ts'

for (const [ip, open] of [
  ['8.8.8.8', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['2606:4700:4700::1111', true],
  ['::1', false],
  ['::', false],
  ['fe80::1%eth0', false],
  ['fd00::1', false],
  ['::ffff:127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['nonsense', false],
] as const) {
  test(`${ip} is ${open ? 'public' : 'not public'}`, () => {
    expect(isPublic(ip)).toBe(open)
  })
}

test('a name that resolves to this machine is refused when it is connected to', async () => {
  const { promise, resolve } = Promise.withResolvers<Error | null>()
  lookupPublic('localhost', { all: true }, resolve)
  expect(await promise).toMatchObject({ code: 'EPRIVATE' })
})

test('a file is named by its server, else by its address', () => {
  const url = 'https://example.com/files/My%20Report.pdf?x=1'
  expect(nameOfFile(url, undefined)).toBe('My Report.pdf')
  expect(nameOfFile(url, 'attachment; filename="other.docx"')).toBe('other.docx')
  expect(nameOfFile(url, "attachment; filename*=UTF-8''%E6%8A%A5.pdf; filename=x.pdf")).toBe('报.pdf')
  expect(nameOfFile(url, 'attachment; filename="../../etc/passwd"')).toBe('.._.._etc_passwd')
  expect(nameOfFile('https://example.com/', undefined)).toBe('file')
  expect(nameOfFile('https://example.com/%E0%A4%A', undefined)).toBe('%E0%A4%A')
})

test('a file has the type that its server says, else that of its ending', () => {
  expect(mimeTypeOf('a.pdf', 'application/pdf; charset=x')).toBe('application/pdf')
  expect(mimeTypeOf('a.PDF', 'application/octet-stream')).toBe('application/pdf')
  expect(mimeTypeOf('a.png', undefined)).toBe('image/png')
  expect(mimeTypeOf('a.xyz', 'rubbish')).toBe('application/octet-stream')
})
