import { expect, test } from 'bun:test'
import { consoleUrlOf } from '../../src/app/console-url.ts'

const ID = '5a9d0b0c-1111-4000-8000-00005a9db0c5'
const APP = `https://dify.example.com/app/${ID}`

test.each([
  [APP],
  [`  ${APP}/workflow `],
  [`${APP}/logs?page=2#x`],
  [`${APP}/overview/`],
  [`https://user:secret@dify.example.com/app/${ID}/develop`],
])('“%s” is of the app', (copied) => {
  expect(consoleUrlOf(copied)).toBe(APP)
})

test('Dify may have another port, and be under a path', () => {
  expect(consoleUrlOf(`http://10.0.0.3:8080/ai/app/${ID}/workflow`)).toBe(`http://10.0.0.3:8080/ai/app/${ID}`)
})

test.each([
  [''],
  ['dify.example.com'],
  ['https://dify.example.com/apps'],
  ['https://dify.example.com/app/new'],
  [`javascript://x/app/${ID}`],
  [`https://dify.example.com/v1?next=/app/${ID}`],
  [`${APP}/${'x'.repeat(500)}`],
])('“%s” is not', (copied) => {
  expect(() => consoleUrlOf(copied)).toThrow('That is not the address of an app in Dify.')
})
