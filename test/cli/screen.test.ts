import { expect, test } from 'bun:test'
import { createScreen } from '../../src/cli/screen.ts'

function aScreen({ quiet = false, isTTY = false, columns = 80 } = {}) {
  const written = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    columns,
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

test('a line that is written over is cut where it would wrap, whatever its script', () => {
  for (const [line, cut] of [
    ['0123456789', '01234567…'],
    ['商品目录翻译', '商品目录…'],
    ['商a品目录翻译', '商a品目…'],
    ['商品目录', '商品目录'],
  ] as const) {
    const { screen, written } = aScreen({ isTTY: true, columns: 10 })
    screen.live(line)
    expect(written.err).toBe(`\r\u001B[2K${cut}`)
  }
})
