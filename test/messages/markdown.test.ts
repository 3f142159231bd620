import { expect, test } from 'bun:test'
import { parseMarkdown } from '../../src/messages/markdown.ts'
import { markdown } from '../../src/admin/view/markdown.ts'
import { lengthOf } from '../../src/messages/rich-text.ts'
import { markdownLines } from '../../src/bots/markdown-lines.ts'
import { cpuClock } from '../support/own-time.ts'

const spansOf = (text: string) =>
  parseMarkdown(text).flatMap((block) =>
    'line' in block ? block.line : 'lines' in block ? block.lines.flat() : [],
  )

test('paragraphs, headings, lists, quotations and code are told apart', () => {
  const text =
    '# Is this right?\nReply to **Mei**:\n\n> Dear *Mei*\n\n- one\n  2. two\n```\na  b\n```\n---\nend'
  expect(parseMarkdown(text)).toEqual([
    { kind: 'heading', line: [{ text: 'Is this right?' }] },
    { kind: 'paragraph', lines: [[{ text: 'Reply to ' }, { text: 'Mei', bold: true }, { text: ':' }]] },
    { kind: 'quote', line: [{ text: 'Dear ' }, { text: 'Mei', italic: true }] },
    { kind: 'item', mark: '•', depth: 0, line: [{ text: 'one' }] },
    { kind: 'item', mark: '2.', depth: 1, line: [{ text: 'two' }] },
    { kind: 'code', text: 'a  b' },
    { kind: 'paragraph', lines: [[{ text: 'end' }]] },
  ])
})

test.each([
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['snake_case_name', 'snake_case_name'],
  ['**not closed', '**not closed'],
  [String.raw`\*plain\*`, '*plain*'],
  ['a ` b', 'a ` b'],
  ['[no link](javascript:alert)', 'no link'],
])('%s is text', (text, shown) => {
  const spans = spansOf(text)
  expect(spans.map((span) => span.text).join('')).toBe(shown)
  expect(spans.every(({ bold, italic, code, url }) => !bold && !italic && !code && !url)).toBeTrue()
})

test('links lead to websites only, and say where', () => {
  expect(spansOf('see [this](https://example.com/a?b=1) or https://example.com/c.')).toEqual([
    { text: 'see ' },
    { text: 'this', url: 'https://example.com/a?b=1' },
    { text: ' or ' },
    { text: 'https://example.com/c', url: 'https://example.com/c' },
    { text: '.' },
  ])
  expect(markdownLines('[bank](https://evil.example)', 500).lines).toEqual([
    ['bank (', { link: 'https://evil.example', url: 'https://evil.example' }, ')'],
  ])
})

test('nothing in it is markup on the page', () => {
  const { value } = markdown(
    '<img src=x onerror=alert(1)> **<b>** `</code>` [x](https://e.example/"onclick=)\n- <i>\n> <u>',
  )
  expect(value).not.toMatch(/<(img|i|u)[ >]|"onclick/)
  expect(value).toContain('&lt;img')
  expect(value).toContain('rel="noopener noreferrer nofollow"')
})

test('a long text is cut, and it is known that there is more', () => {
  const { lines, isCut } = markdownLines('word '.repeat(1_000), 200)
  expect(isCut).toBeTrue()
  expect(lines.reduce((sum, line) => sum + lengthOf(line), 0)).toBeLessThanOrEqual(200)
})

test.each(['*', '**', '_', '`', '[', '![', '>', '- ', 'h', '\\', '[a](', 'https://'])(
  '20,000 characters of “%s” are read in no time',
  (sign) => {
    const cpuMs = cpuClock()
    parseMarkdown(sign.repeat(20_000 / sign.length))
    expect(cpuMs()).toBeLessThan(1_500)
  },
)
