import { expect, test } from 'bun:test'
import { PHONE_COLUMNS, phoneLines } from '../../src/messages/columns.ts'

test('a narrow table stands side by side, in any script', () => {
  expect(
    phoneLines([
      ['row', '名称', 'Tone'],
      ['2', '水壶', 'formal'],
      ['3', 'Lamp', ''],
    ]),
  ).toEqual(['row  名称  Tone', '2    水壶  formal', '3    Lamp'])
})

test('of a wider one the names stand above the values, row by row', () => {
  expect(
    phoneLines([
      ['row', 'Name', 'Key features', 'Tone'],
      ['2', 'Kettle 1.7 l', 'Boils a litre of water in 3 min…', 'formal'],
      ['3', 'Lamp', '折叠台灯，三档亮度，可充电，适合宿舍使用', ''],
    ]),
  ).toEqual([
    'row 2',
    'Name',
    '  Kettle 1.7 l',
    'Key features',
    '  Boils a litre of water in 3',
    '  min…',
    'Tone',
    '  formal',
    '',
    'row 3',
    'Name',
    '  Lamp',
    'Key features',
    '  折叠台灯，三档亮度，可充电，适',
    '  合宿舍使用',
    'Tone',
    '  –',
  ])
})

test('whatever the cells are, no line is wider than a phone', () => {
  const nasty = ['👩‍👩‍👧'.repeat(30), '题'.repeat(40), 'x'.repeat(40), 'a b '.repeat(10), '']
  for (const cell of nasty) {
    const lines = phoneLines([
      ['row', cell, 'h'],
      ['2', cell, cell],
    ])
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(PHONE_COLUMNS)
  }
})

test('a table of nothing is nothing', () => {
  expect(phoneLines([])).toEqual([''])
  expect(phoneLines([['a'.repeat(40)]])).toEqual([])
})
