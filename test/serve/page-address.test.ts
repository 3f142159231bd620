import { expect, test } from 'bun:test'
import { pageAddress, signInLink } from '../../src/serve/page-address.ts'

test.each([
  ['127.0.0.1', undefined, 'http://127.0.0.1:8000'],
  ['0.0.0.0', undefined, 'http://127.0.0.1:8000'],
  ['::', undefined, 'http://127.0.0.1:8000'],
  ['::1', undefined, 'http://[::1]:8000'],
  ['192.0.2.7', undefined, 'http://192.0.2.7:8000'],
  ['127.0.0.1', 'https://rowbot.example.com/batches', 'https://rowbot.example.com/batches'],
])('served at %s with the public address %p, the page is opened at %s', (host, publicUrl, address) => {
  expect(pageAddress({ host, port: 8000, publicUrl })).toBe(address)
})

test('a token of any characters arrives as it is', () => {
  const token = 'a+b&c=d/e #%ü'
  expect(new URL(signInLink('http://127.0.0.1:8000', token)).searchParams.get('token')).toBe(token)
})
