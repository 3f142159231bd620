import { expect, test } from 'bun:test'
import { callOf } from '../../src/engine/this-program.ts'

test.each([
  ['/home/mei/rowbot/src/main.ts', 'bun rowbot'],
  [String.raw`C:\Users\mei\rowbot\src\main.ts`, 'bun rowbot'],
  ['/$bunfs/root/rowbot-linux-x64', 'rowbot'],
  [String.raw`B:\~BUN\root\rowbot-windows-x64.exe`, 'rowbot'],
  ['/usr/local/lib/node_modules/rowbot/src/main.ts', 'rowbot'],
  ['/home/mei/.bun/install/global/node_modules/rowbot/src/main.ts', 'rowbot'],
  ['/tmp/bunx-1000-rowbot@latest/node_modules/rowbot/src/main.ts', 'bunx rowbot'],
  ['/srv/app/node_modules/rowbot/src/main.ts', 'bunx rowbot'],
])('what is started as %s is called by “%s”', (main, call) => {
  expect(callOf(main)).toBe(call)
})
