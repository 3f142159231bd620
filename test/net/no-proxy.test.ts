import { expect, test } from 'bun:test'
import { readNoProxy } from '../../src/net/no-proxy.ts'

test.each([
  ['', 'https://dify.example.com', 'through the proxy'],
  ['*', 'https://dify.example.com', 'directly'],
  ['other.example, *', 'https://dify.example.com', 'directly'],
  ['example.com', 'https://dify.example.com', 'directly'],
  ['example.com', 'https://example.com', 'directly'],
  ['example.com', 'https://badexample.com', 'through the proxy'],
  ['.example.com', 'https://example.com', 'directly'],
  ['.example.com', 'wss://gateway.example.com', 'directly'],
  ['*.example.com', 'https://dify.example.com', 'directly'],
  ['*.example.com', 'https://example.com', 'through the proxy'],
  ['EXAMPLE.com.', 'https://Dify.Example.COM./v1', 'directly'],
  ['nas:8080', 'http://nas:8080/a', 'directly'],
  ['nas:8080', 'http://nas/a', 'through the proxy'],
  ['dify.example.com:443', 'https://dify.example.com', 'directly'],
  ['dify.example.com:443', 'http://dify.example.com', 'through the proxy'],
  ['*:8080', 'http://nas:8080', 'directly'],
  ['10.1.2.3', 'http://10.1.2.3:5001', 'directly'],
  ['10.0.0.0/8', 'http://10.1.2.3', 'directly'],
  ['10.0.0.0/8', 'http://11.1.2.3', 'through the proxy'],
  ['10.0.0.0/8:5001', 'http://10.1.2.3:5001', 'directly'],
  ['10.0.0.0/99', 'http://10.1.2.3', 'through the proxy'],
  ['fd00::/8', 'http://[fd12::1]:80', 'directly'],
  ['[fd12::1]:81', 'http://[fd12::1]:81', 'directly'],
  ['fd12::1', 'http://[fd12::2]', 'through the proxy'],
  ['a b\tc,dify.example.com', 'https://dify.example.com', 'directly'],
  // This machine, whatever is set.
  ['', 'http://localhost:5001', 'directly'],
  ['', 'http://dify.localhost', 'directly'],
  ['', 'http://127.0.0.2:5001', 'directly'],
  ['', 'http://[::1]:5001', 'directly'],
])('with NO_PROXY=%p, %s is asked %s', (noProxy, url, how) => {
  expect(readNoProxy(noProxy)(new URL(url)) ? 'directly' : 'through the proxy').toBe(how)
})
