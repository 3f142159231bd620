import { expect, test } from 'bun:test'
import { escape, markdown } from '../../../src/bots/discord/markdown.ts'
import { contentOf, messageOf, tableAsText } from '../../../src/bots/discord/render.ts'
import { modalOf } from '../../../src/bots/discord/render-form.ts'
import { PROMPT_LIMITS as MOST } from '../../../src/messages/limits.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import { faultInMessage, faultInModal } from '../../support/discord/rules.ts'
import { EPHEMERAL, V2 } from '../../support/discord/world.ts'

/** Longer than any of ours. */
const ID_CHARS = 40
const EMPTY: Prompt = { title: '', lines: [], selects: [], buttons: [] }

function faultOf(prompt: Prompt): string | undefined {
  return faultInMessage({ flags: V2 | EPHEMERAL, ...messageOf(prompt, 7) }, 0, { flags: 0 })
}

function fullest(char: string): Prompt {
  const columns = Array.from({ length: MOST.tableColumns })
  return {
    title: char.repeat(MOST.titleChars),
    lines: Array.from({ length: 26 }, () => [char.repeat(99)]),
    table: {
      headings: columns.map(() => 'h'),
      rows: Array.from({ length: MOST.tableRows }, (_, row) =>
        columns.map((_, i) => (row === i ? char.repeat(MOST.cellChars) : '')),
      ),
    },
    selects: Array.from({ length: MOST.selects }, (_, i) => ({
      id: `${i}`.repeat(ID_CHARS),
      label: 'l'.repeat(MOST.selectLabelChars),
      options: Array.from({ length: MOST.options }, (_, o) => ({
        value: `${o}`.padStart(i === 0 ? MOST.valueChars : 4, 'v'),
        label: '👩'.repeat(MOST.optionChars),
        description: 'd'.repeat(MOST.optionChars),
      })),
      selected: '3'.padStart(i === 0 ? MOST.valueChars : 4, 'v'),
    })),
    buttons: Array.from({ length: MOST.buttons }, (_, i) => ({
      id: `b${i}`.padEnd(ID_CHARS, '-'),
      label: 'b'.repeat(MOST.buttonChars),
    })),
  }
}

test('the fullest prompt that there may be is one that Discord takes, whatever its characters', () => {
  for (const char of ['a', '题', '*', '`', '👩', '\\']) expect(faultOf(fullest(char))).toBeUndefined()
})

test('a moment is shown by Discord in the reader’s time zone', () => {
  expect(markdown(['since ', { time: 1_732_600_920_400, text: '14:02' }])).toBe('since <t:1732600920:t>')
})

test('of a long prompt in plain characters nothing is left out', () => {
  const text = JSON.stringify(messageOf({ ...fullest('a'), selects: [] }))
  expect(text.match(/a{99}/g)).toHaveLength(27)
  expect(text).toContain('```')
})

test('what does not fit in bytes is left out by its worth: descriptions, the table, lines; never a button or an option', () => {
  for (const char of ['题', '👩']) {
    const { components } = messageOf(fullest(char), 7)
    expect(Buffer.byteLength(JSON.stringify(components))).toBeLessThanOrEqual(9_000)
    const text = JSON.stringify(components)
    expect(text).toMatch(/… \\*\+\d/)
    expect(text).not.toContain('ddd')
    expect(text.match(/"custom_id"/g)).toHaveLength(MOST.selects + MOST.buttons)
    expect(text.match(/"value"/g)).toHaveLength(MOST.selects * MOST.options)
  }
})

test('prompts of next to nothing are messages, too', () => {
  const oddities: Prompt[] = [
    EMPTY,
    { ...EMPTY, lines: [[], ['']] },
    { ...EMPTY, title: 'A' },
    { ...EMPTY, lines: [[{ code: '' }, { bold: ' ' }]] },
    { ...EMPTY, table: { headings: ['', ''], rows: [['', '']] } },
  ]
  for (const prompt of oddities) expect(faultOf(prompt)).toBeUndefined()
})

test.each([
  [
    '@everyone <@1> <@&2> <#3> <t:1> <:a:1>',
    String.raw`\@everyone \<\@1\> \<\@&2\> \<\#3\> \<t\:1\> \<\:a\:1\>`,
  ],
  ['[free](https://evil.example)', String.raw`\[free\]\(https\://evil.example\)`],
  ['**a** __b__ ~~c~~ ||d|| `e`', '\\*\\*a\\*\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\`'],
  ['# a\n> b', String.raw`\# a \> b`],
  ['1. first', String.raw`1\. first`],
  [String.raw`a\*b`, String.raw`a\\\*b`],
  ['a\u202Eb', 'a b'],
])('%j is shown as it is', (text, escaped) => {
  expect(escape(text)).toBe(escaped)
})

test('code ends where its text ends', () => {
  expect(markdown([{ code: 'a ``` b' }])).toBe('`a ˋˋˋ b`')
  expect(tableAsText({ headings: ['```'], rows: [['@everyone']] }, 400)).toBe('```\nˋˋˋ\n@everyone\n```')
})

test('a link leads where it says, and cannot be ended by its address', () => {
  const [text, url] = ['the page]', 'https://rowbot.example/batch/a)b?q=1 2']
  expect(markdown([{ link: text, url }])).toBe(
    String.raw`[the page\]](<https://rowbot.example/batch/a%29b?q=1%202>)`,
  )
})

test('columns of a table stand under their headings, in any script', () => {
  const table = { headings: ['名称', 'b'], rows: [['ab', 'c']] }
  expect(tableAsText(table, 400)).toBe('```\n名称  b\nab    c\n```')
})

test('only who is mentioned may be pinged', () => {
  const prompt: Prompt = { ...EMPTY, lines: [['@everyone ', { person: { id: '1', name: 'Mei' } }]] }
  expect(messageOf(prompt).allowed_mentions).toEqual({ parse: [], users: ['1'] })
})

test('a line beside a file that is too long keeps its mention', () => {
  expect(contentOf(['*'.repeat(1_500), { person: { id: '1', name: 'Mei' } }])).toContain('<@1>')
})

test('the fullest form is one that Discord takes', () => {
  const field = (i: number) => ({
    type: 'text' as const,
    id: `f${i}`,
    label: 'l'.repeat(MOST.fieldLabelChars),
    hint: 'h'.repeat(MOST.fieldHintChars),
    value: 'v'.repeat(9_000),
    maxLength: 9_000,
  })
  const fields = Array.from({ length: MOST.fields }, (_, i) => field(i))
  const form = { id: 'i'.repeat(100), title: 't'.repeat(MOST.formTitleChars), submit: 'Save', fields }
  expect(faultInModal(modalOf(form))).toBeUndefined()
  const file = { type: 'file' as const, id: 'file', label: 'Workbook' }
  expect(faultInModal(modalOf({ ...form, fields: [file] }))).toBeUndefined()
})
