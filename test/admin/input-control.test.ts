import { expect, test } from 'bun:test'
import { inputControl } from '../../src/admin/new-task/input-control.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'

test.each(['', 'abc', '\nabc', '\n\nabc\n'])(
  'a longer text is the same however often it is shown: %j',
  (value) => {
    const variable = { name: 'a', label: 'A', type: 'paragraph' as const, required: true }
    const shown = inputControl(variable, { field: 'a', id: 'a', value, isWrong: false }, textsFor('en'))
    // As a browser reads it: without the line break that the field begins with.
    const [, inside = ''] = /<textarea[^>]*>\n?([^<]*)</.exec(String(shown)) ?? []
    expect(inside).toBe(value)
  },
)
