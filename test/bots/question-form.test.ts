import { describe, expect, test } from 'bun:test'
import { modalOf as discordModal } from '../../src/bots/discord/render-form.ts'
import { inputsOf, questionForm } from '../../src/bots/question-form.ts'
import { modalOf as slackModal } from '../../src/bots/slack/render-form.ts'
import type { StoredForm } from '../../src/db/rows/forms.ts'
import type { RunFormField } from '../../src/engine/form.ts'
import { clip } from '../../src/messages/rich-text.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { faultInModal } from '../support/discord/rules.ts'
import { faultInView } from '../support/slack/check-blocks.ts'
import { faultsOfForm } from '../wizard/support/within-limits.ts'
import { aForm } from './support/questions.ts'

function stored(fields: RunFormField[]): StoredForm {
  return {
    ...aForm({ fields }),
    id: crypto.randomUUID(),
    taskId: 't1',
    executionId: 't1.31',
    attempt: 1,
    row: 1_048_576,
    alike: 'a',
    state: 'open',
    answer: null,
    askedAt: 0,
  }
}

const LONG = '表😀'.repeat(3_000)
const field = (more: Partial<RunFormField>): RunFormField => ({
  name: LONG,
  type: 'text',
  initial: LONG,
  options: [],
  ...more,
})

test.each(['en', 'zh-CN', 'zh-TW'])(
  'a form fits both platforms, whatever its fields are, in %s',
  (locale) => {
    const forms = [
      [field({}), field({ type: 'paragraph' }), field({ type: 'select', options: [LONG, `${LONG}2`, ' '] })],
      [
        field({ name: '', initial: '' }),
        field({ type: 'select', options: Array.from({ length: 60 }, (_, i) => `o${i}`) }),
      ],
      Array.from({ length: 9 }, () => field({})),
    ]
    for (const fields of forms) {
      const form = questionForm(stored(fields), 0, 1_048_576, textsFor(locale))
      expect(faultsOfForm(form)).toEqual([])
      expect(faultInModal(discordModal(form))).toBeUndefined()
      expect(faultInView(slackModal(form, '{}'))).toBeUndefined()
    }
  },
)

test('a short list is a select with what is chosen at first; only with others alike does it ask for which rows', () => {
  const options = ['low', 'high']
  const fields = [field({ name: 'risk', type: 'select', options, initial: 'high' })]
  const alone = questionForm(stored(fields), 1, 1, textsFor('en'))
  expect(alone).toMatchObject({ title: 'Row 1048576', submit: 'Reject' })
  expect(alone.fields).toEqual([
    {
      type: 'select',
      id: 'f0',
      label: 'risk',
      options: [
        { value: '0', label: 'low' },
        { value: '1', label: 'high' },
      ],
      selected: '1',
    },
  ])
  expect(questionForm(stored(fields), 1, 3, textsFor('en')).fields.at(-1)).toMatchObject({
    id: 'rows',
    options: [{ label: 'Only row 1,048,576' }, { label: 'All 3 that ask the same' }],
  })
})

test('a field that has several lines at first has several in the form', () => {
  const fields = [field({ initial: 'one' }), field({ initial: 'one\ntwo' })]
  const form = questionForm(stored(fields), 0, 1, textsFor('en'))
  expect(form.fields.map((one) => 'isLong' in one)).toEqual([false, true])
})

describe('what was chosen and typed', () => {
  const given = (more: Partial<RunFormField>, value: string | undefined) => {
    const fields = [field({ name: 'n', initial: '', type: 'select', ...more })]
    return inputsOf(stored(fields), value === undefined ? {} : { f0: value }, textsFor('en'))
  }
  const RATING = ['1', '2', '3', '4', '5']
  const HUNDRED = Array.from({ length: 100 }, (_, i) => String(i + 1))

  test('of a select is the option at its position, though options are numbers themselves', () => {
    expect(given({ options: RATING, initial: '3' }, '3')).toEqual({ n: '4' })
    expect(given({ options: RATING, initial: '3' }, '2')).toEqual({ n: '3' })
    expect(given({ options: RATING }, '')).toEqual({})
  })

  test('of a list that is too long for a select is what was typed', () => {
    expect(given({ options: HUNDRED, initial: '3' }, '7')).toEqual({ n: '7' })
    expect(() => given({ options: HUNDRED }, '0')).toThrow('must be one of the choices')
  })

  test('a text that was left as it is, though cut, is not among it; one that was emptied is', () => {
    expect(given({ type: 'paragraph', initial: LONG }, clip(LONG, 3_000))).toEqual({})
    expect(given({ type: 'text', initial: 'abc' }, '')).toEqual({ n: '' })
    expect(given({ type: 'text', initial: 'abc' }, undefined)).toEqual({})
  })
})
