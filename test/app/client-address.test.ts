import { expect, test } from 'bun:test'
import { clientAddress, trustedProxies } from '../../src/app/client-address.ts'
import { readConfig } from '../../src/app/config.ts'

const PROXIES = ['loopback', '10.0.0.0/8', 'fd00::/8', '192.0.2.7']

test.each([
  ['203.0.113.5', '198.51.100.1', '203.0.113.5', 'a stranger says what they like'],
  ['127.0.0.1', null, '127.0.0.1', 'nothing is said'],
  ['127.0.0.1', '198.51.100.1', '198.51.100.1', 'a proxy on this machine'],
  ['127.0.0.1', '1.1.1.1, 198.51.100.1', '198.51.100.1', 'what the client has written itself'],
  ['127.0.0.1', '1.1.1.1, 198.51.100.1, 10.2.3.4', '198.51.100.1', 'two proxies in a row'],
  ['::ffff:10.0.0.9', '198.51.100.1:4711', '198.51.100.1', 'IPv4 in IPv6, and a port'],
  ['fd00::1', '"[2001:DB8::5]:99"', '2001:db8::5', 'IPv6 with brackets and a port'],
  ['192.0.2.7', 'unknown', '192.0.2.7', 'what is no address'],
  ['10.0.0.1', '198.51.100.1, evil, 10.0.0.2', '10.0.0.2', 'the last that is known'],
  ['10.0.0.1', '10.0.0.3', '10.0.0.3', 'somebody inside'],
  ['', '198.51.100.1', '', 'no connection'],
])('asked from %p with %p the client is %p: %s', (peer, forwarded, client) => {
  expect(clientAddress(peer, forwarded, trustedProxies(PROXIES) ?? never)).toBe(client)
})

test('nobody is trusted unless the settings say so, and a setting that cannot be read is refused by name', () => {
  const { http } = readConfig({})
  expect(http.trustedProxies).toEqual([])
  expect(clientAddress('127.0.0.1', '198.51.100.1', trustedProxies([]) ?? never)).toBe('127.0.0.1')
  for (const wrong of ['10.0.0.0/33', 'proxy.example.com', '10.0.0.0/', '10.0.0.1/8/8', '*'])
    expect(() => readConfig({ ROWBOT_TRUSTED_PROXIES: wrong })).toThrow('ROWBOT_TRUSTED_PROXIES must be')
})

function never(): never {
  throw new Error('these are valid')
}
