import { expect, test } from 'bun:test'
import { mrkdwn, textOf } from '../../../src/bots/slack/mrkdwn.ts'
import { blocksOf, blocksWithin, tableAsText } from '../../../src/bots/slack/render.ts'
import { modalOf } from '../../../src/bots/slack/render-form.ts'
import { PROMPT_LIMITS as MOST } from '../../../src/messages/limits.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import { faultInMessage, faultInView } from '../../support/slack/check-blocks.ts'
import { saysOf } from '../../support/slack/message.ts'

/** Longer than any of ours. */
const ID_CHARS = 40
const EMPTY: Prompt = { title: '', lines: [], selects: [], buttons: [] }
const NASTY = '<!channel> <@U1> *bold* `code` &amp; <http://x|y> :tada: \u0000 👩‍👩‍👧'

test('the fullest prompt that there may be is one that Slack takes, as a message and on the home tab', () => {
  const prompt: Prompt = {
    title: '题'.repeat(MOST.titleChars),
    lines: Array.from({ length: 26 }, () => [{ code: '&<>'.repeat(33) }]),
    table: {
      headings: Array.from({ length: MOST.tableColumns }, () => 'h'),
      rows: Array.from({ length: MOST.tableRows }, () => Array.from({ length: MOST.tableColumns }, () => '')),
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
      ...(i === 0 && { style: 'danger' as const }),
    })),
  }
  expect(faultInMessage(textOf(prompt), blocksWithin(prompt, 'stamp', 'table').blocks)).toBeUndefined()
  expect(faultInView({ type: 'home', blocks: blocksOf(prompt, 'stamp', 'text') })).toBeUndefined()
})

test('prompts of next to nothing are messages, too', () => {
  const oddities: Prompt[] = [
    EMPTY,
    { ...EMPTY, lines: [[], ['']] },
    { ...EMPTY, title: 'A' },
    { ...EMPTY, lines: [[{ code: '' }, { link: '', url: 'https://example.com' }]] },
    { ...EMPTY, table: { headings: ['', ''], rows: [['', '']] } },
  ]
  for (const prompt of oddities) {
    expect(faultInMessage(textOf(prompt), blocksOf(prompt, 'stamp'))).toBeUndefined()
    expect(faultInMessage(textOf(prompt), blocksOf(prompt, 'stamp', 'text'))).toBeUndefined()
  }
})

test('a name that turns the direction of its line turns neither our words nor those of others', () => {
  const name = '\u202Egnp.exe\u2066'
  const prompt: Prompt = {
    title: name,
    lines: [
      [{ bold: name }, ' · running · ', { code: name }, name, { link: name, url: 'https://example.com' }],
    ],
    selects: [{ id: 's', label: name, options: [{ value: '1', label: name }], selected: '1' }],
    buttons: [{ id: 'b', label: name }],
  }
  const shown = JSON.stringify([blocksOf(prompt, 'stamp'), textOf(prompt), mrkdwn(prompt.lines[0] ?? [])])
  expect(shown).toContain(' gnp.exe ')
  expect(shown).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
})

test('a moment is shown by Slack in the reader’s time zone; notifications have the text', () => {
  const prompt: Prompt = { ...EMPTY, lines: [['since ', { time: 1_732_600_920_400, text: '14:02' }]] }
  const blocks = blocksOf(prompt, 'stamp')
  expect(faultInMessage(textOf(prompt), blocks)).toBeUndefined()
  expect(JSON.stringify(blocks)).toContain(
    '{"type":"date","timestamp":1732600920,"format":"{time}","fallback":"14:02"}',
  )
  expect(textOf(prompt)).toBe('since 14:02')
})

test('nothing that a cell contains is markup: it is shown as it is', () => {
  const table = { headings: [NASTY], rows: [[NASTY]] }
  const prompt: Prompt = { ...EMPTY, lines: [[NASTY, { bold: NASTY }, { code: NASTY }]], table }
  for (const style of ['table', 'text'] as const) {
    const blocks = blocksOf(prompt, 'stamp', style)
    expect(JSON.stringify(blocks)).not.toContain('mrkdwn')
    // As text, a wide table is broken into lines for a phone.
    const said = saysOf({ blocks, text: '' }).replaceAll(/\s/g, '')
    expect(said.split(NASTY.replaceAll(/\s/g, ''))).toHaveLength(6)
  }
  expect(textOf(prompt)).not.toMatch(/<[!@h]/)
})

test('lines, names and links stand as they were meant', () => {
  const line = [
    'done ',
    { bold: '3' },
    ' for ',
    { person: { id: 'U1', name: 'mei' } },
    { link: 'page', url: 'https://x.example' },
  ]
  const [block] = blocksOf({ ...EMPTY, lines: [line, [], ['end']] }, 'stamp')
  expect(block).toEqual({
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'done ' },
          { type: 'text', text: '3', style: { bold: true } },
          { type: 'text', text: ' for ' },
          { type: 'user', user_id: 'U1' },
          { type: 'link', url: 'https://x.example', text: 'page' },
          { type: 'text', text: '\n\nend' },
        ],
      },
    ],
  })
})

test('a notification begins with what happened to which task, not with the title', () => {
  const notice = 'products-q3 is done: 233 done, 3 failed'
  const prompt: Prompt = {
    ...EMPTY,
    title: 'products-q3 · completed in 13 min',
    notice,
    lines: [['233 done']],
  }
  expect(textOf(prompt)).toBe(`${notice}\n233 done`)
  expect(JSON.stringify(blocksOf(prompt, 'stamp'))).not.toContain(notice)
})

test('a select is another block at every showing, so that Slack shows what counts and not what was clicked', () => {
  const prompt: Prompt = {
    ...EMPTY,
    selects: [{ id: 's', label: 'Sheet', options: [{ value: 'a', label: 'A' }], selected: 'a' }],
  }
  const [first] = blocksOf(prompt, 'stamp1')
  const [second] = blocksOf(prompt, 'stamp2')
  expect(first?.block_id).not.toBe(second?.block_id)
})

test('a form is a view that Slack takes, with each fault to be shown at its field', () => {
  const view = modalOf(
    {
      id: 'draft:k7f2:n1:exact',
      title: 't'.repeat(MOST.formTitleChars),
      submit: 'Save',
      fields: [
        {
          type: 'text',
          id: 'name',
          label: 'l'.repeat(MOST.fieldLabelChars),
          hint: 'h'.repeat(MOST.fieldHintChars),
          value: 'x'.repeat(5_000),
          maxLength: 4_000,
        },
        { type: 'text', id: 'empty', label: 'Empty', value: '', maxLength: 10 },
        { type: 'file', id: 'file', label: 'Workbook' },
      ],
    },
    '{"channel":"C1"}',
  )
  expect(faultInView(view)).toBeUndefined()
  expect(view.blocks.map(({ block_id }) => block_id)).toEqual(['name', 'empty', 'file'])
})

test('the check of blocks sees what Slack would refuse', () => {
  const text = { type: 'plain_text', text: 'A' }
  const button = { type: 'button', action_id: 'a', text }
  const refused: [string, unknown[]][] = [
    ['an unknown block', [{ type: 'nope' }]],
    ['a property too much', [{ type: 'header', text, level: 2 }]],
    ['a long header', [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }]],
    ['an empty text', [{ type: 'header', text: { type: 'plain_text', text: '' } }]],
    ['two buttons with one id', [{ type: 'actions', block_id: 'b', elements: [button, button] }]],
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'header', text }))],
    ['an empty cell', [{ type: 'table', rows: [[{ type: 'raw_text', text: '' }]] }]],
  ]
  for (const [name, blocks] of refused)
    expect([name, faultInMessage('words', blocks)]).not.toEqual([name, undefined])
})

test('columns of a table as text stand under their headings, in any script', () => {
  const table = {
    headings: ['名称', 'b'],
    rows: [
      ['ab', 'c'],
      ['', 'd'],
    ],
  }
  const text = '名称  b\nab    c\n      d'
  expect(tableAsText(table).elements).toEqual([
    { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] },
  ])
})

test('a number has a field for numbers, which begins empty where what stood there is none', () => {
  const elementOf = (value: string) => {
    const field = { type: 'text', id: 'value', label: 'Size', value, maxLength: 9, isNumber: true } as const
    const { blocks } = modalOf({ id: 'x', title: 'One value', fields: [field], submit: 'Save' }, '{}')
    return blocks[0]
  }
  const number = { type: 'number_input', action_id: 'value', is_decimal_allowed: true }
  expect(elementOf('-2.5')).toMatchObject({ element: { ...number, initial_value: '-2.5' } })
  expect(elementOf('1,204')).toMatchObject({ element: number })
  expect(elementOf('1,204')).not.toMatchObject({ element: { initial_value: expect.anything() } })
})
