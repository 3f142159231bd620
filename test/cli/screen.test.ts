import { expect, test } from 'bun:test'
import { createScreen } from '../../src/cli/screen.ts'

function aScreen({ quiet = false, isTTY = false } = {}) {
  const written = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string) => (written[name] += text),
  })
  return { written, screen: createScreen(stream('out'), stream('err'), quiet) }
}

const EVIL = 'a\u001B]0;owned\u0007b\u009B31m\tc\r\nd'

test('what a cell or Dify says cannot steer the terminal', () => {
  const { screen, written } = aScreen()
  screen.print(EVIL)
  screen.note(EVIL)
  screen.live(EVIL)
  expect(written.out).toBe('a]0;ownedb31m\tc\nd\n')
  expect(written.err).toBe('a]0;ownedb31m\tc\nd\n'.repeat(2))
})

test('JSON loses nothing, and cannot steer it either', () => {
  const { screen, written } = aScreen({ quiet: true })
  screen.print(JSON.stringify(EVIL))
  expect(/\p{Cc}/u.test(written.out.trimEnd())).toBe(false)
  expect(JSON.parse(written.out)).toBe(EVIL)
})

test('with --json a note is left out and a warning is not', () => {
  const { screen, written } = aScreen({ quiet: true })
  screen.note('by the way')
  screen.warn('a key is no good')
  expect(written).toEqual({ out: '', err: 'a key is no good\n' })
})
