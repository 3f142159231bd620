import { describe, expect, test } from 'bun:test'
import type { Outputs } from '../../src/engine/task.ts'
import { Judge, judgedRow } from '../../src/judge/judge.ts'

/** As `row: output code`, for rows that were flagged. */
function flagged(rows: [inputs: Record<string, string>, outputs: Outputs][]): string[] {
  const judged = rows.map(([inputs, outputs]) => judgedRow(inputs, outputs))
  const judge = new Judge()
  for (const row of judged) judge.add(row)
  return judged.flatMap((row, i) =>
    judge.flags(row).map(({ output, code, count }) => `${i}: ${output} ${code}${count ? ` ${count}` : ''}`),
  )
}

const SUBJECTS = ['kettle', 'lamp', 'bicycle', 'jacket', 'mug', 'bookshelf', 'tent', 'chair', 'clock', 'vase']

/** Rows as a workflow gives them that describes products, then these answers. */
function among(answers: unknown[], usual = prose): [Record<string, string>, Outputs][] {
  const normal = Array.from({ length: 30 }, (_, i) => usual(i))
  return [...answers, ...normal].map((text, i) => [{ name: `product ${i}` }, { text }])
}

function prose(i: number): string {
  const subject = SUBJECTS[i % SUBJECTS.length]
  return `Meet the ${subject} number ${i}, made for people who like things simple. It lasts for years, it is easy to clean, and it looks good in any room.`
}

test('a task of good answers has nothing to look at', () => {
  expect(flagged(among([]))).toEqual([])
})

describe('among descriptions of products', () => {
  const cases: [string, unknown, string | undefined][] = [
    ['nothing', null, 'empty'],
    ['blanks', ' \n\t', 'empty'],
    ['an empty list', [], 'empty'],
    ['a refusal', 'I’m sorry, but I can’t assist with that.', 'refusal'],
    ['another', 'As an AI language model, I cannot write about weapons.', 'refusal'],
    ['one in Chinese', '很抱歉，作为AI助手，我无法为该产品撰写描述。', 'refusal'],
    ['one in Traditional Chinese', '抱歉，我無法協助處理這個請求。', 'refusal'],
    [
      'a letter in Chinese that says sorry',
      '很抱歉，我无法找到使用该邮箱的账户。请您核对邮箱地址后再次联系我们，我们会尽快为您处理，感谢您的理解与支持，祝您生活愉快，工作顺利，期待您的回复。',
      'script',
    ],
    ['a letter that says sorry', `I’m sorry, but we cannot send you the blue one. ${prose(1)}`, undefined],
    ['half an answer', `${prose(40)} Its handle stays cool, so that even small children can pour the`, 'cut'],
    ['an answer that ends with a comma', `${prose(41)} It comes in red,`, 'cut'],
    ['an answer that ends with hashtags', `${prose(42)}\n#kettle #kitchen`, undefined],
    ['an answer that ends with a signature', `${prose(43)}\n\nBest regards,\nThe kettle team`, undefined],
    [
      'an answer that ends with a list',
      `${prose(44)}\n- steel\n- 1.7 l, boils in three minutes flat, and is quiet while it does so`,
      undefined,
    ],
    ['an answer that ends with an emoji', `${prose(45)} Enjoy 🎉`, undefined],
    ['one word', 'Kettle', 'short'],
    [
      'another script',
      '这款水壶容量大，三分钟即可烧开，操作简单，适合每一个家庭使用，是厨房里的好帮手。',
      'script',
    ],
    ['a longer answer', Array.from({ length: 9 }, (_, i) => prose(50 + i)).join(' '), undefined],
  ]
  for (const [what, answer, code] of cases) {
    test(`${what} is ${code ?? 'fine'}`, () => {
      expect(flagged(among([answer]))).toEqual(code ? [`0: text ${code}`] : [])
    })
  }
})

test('a short answer to a short question is fine, and so is a headline for a headline', () => {
  const rows = among([
    'Saturday.',
    `${prose(1)} The lamp is back and better than it has ever been before in its life`,
  ])
  const question = 'What should one know about this product before buying it, in a few words?'
  for (const [i, [inputs]] of rows.entries()) inputs['question'] = `${question} ${i}.`
  expect(flagged(rows)).toEqual(['0: text short', '1: text cut'])
  rows[0] = [{ name: 'p 0', question: 'Which day?' }, { text: 'Saturday.' }]
  const [, headline] = rows
  if (headline)
    headline[0]['question'] =
      'The lamp is back and better than ever, say those who have one, in all countries of the world'
  expect(flagged(rows)).toEqual([])
})

test('every answer is empty: each row is one to look at', () => {
  expect(
    flagged([
      [{ a: 'x' }, { text: '' }],
      [{ a: 'y' }, { text: null }],
    ]),
  ).toEqual(['0: text empty', '1: text empty'])
})

test('a remark that most rows leave empty may be empty', () => {
  const rows = among([]).map(([inputs, outputs], i): [Record<string, string>, Outputs] => [
    inputs,
    { ...outputs, remark: i % 3 === 0 ? 'Check the price.' : '' },
  ])
  expect(flagged(rows)).toEqual([])
})

test('an answer that many other rows have, too, is one to look at; rows that ask the same may get the same', () => {
  const stock = 'A fine product for every home, with all that one could wish for.'
  expect(flagged(among(Array.from({ length: 6 }, () => stock)))).toEqual(
    Array.from({ length: 6 }, (_, i) => `${i}: text as-others 5`),
  )
  const alike = among(Array.from({ length: 6 }, () => stock))
  for (const row of alike.slice(0, 6)) row[0] = { name: 'the same product' }
  expect(flagged(alike)).toEqual([])
})

test('an answer that only repeats its input is one to look at, unless that is what the workflow does', () => {
  const rows = among([prose(99)])
  rows[0] = [{ name: ` ${prose(99).toUpperCase()}` }, { text: prose(99) }]
  expect(flagged(rows)).toEqual(['0: text as-input'])
  const echo = Array.from({ length: 30 }, (_, i): [Record<string, string>, Outputs] => [
    { name: prose(i) },
    { text: prose(i) },
  ])
  expect(flagged(echo)).toEqual([])
})

test('broken JSON is one to look at where the others are JSON, in a code fence or not', () => {
  const json = (i: number) => (i % 2 ? `{"price": ${i}}` : `\`\`\`json\n{"price": ${i}}\n\`\`\``)
  expect(flagged(among(['{"price": 12', 'The price is 12.'], json))).toEqual([
    '0: text no-json',
    '1: text no-json',
  ])
})

test('a value beside the few that all others have is one to look at, however those are written', () => {
  const label = (i: number) => ['positive', 'Negative', 'neutral.'][i % 3] ?? ''
  expect(flagged(among(['Positive', 'mixed'], label))).toEqual(['1: text odd-value'])
})

test('names, numbers and free texts are no few values', () => {
  expect(flagged(among([77], (i) => String(i * 7)))).toEqual([])
  expect(flagged(among(['Zoe'], (i) => `name ${i}`))).toEqual([])
})

test('another script is fine where an input of the row asks for it', () => {
  const chinese = '这款水壶容量大，三分钟即可烧开，操作简单，适合每一个家庭使用，是厨房里的好帮手。'
  const rows = among([chinese, `${chinese}颜色为红色。`])
  for (const [i, [inputs]] of rows.entries()) inputs['language'] = i < 2 ? 'zh' : 'en'
  expect(flagged(rows)).toEqual([])
})

test('with few rows nothing is called unusual, but empty answers and refusals are', () => {
  const rows = among(['Kettle', '', 'I’m sorry, but I can’t help with that.']).slice(0, 6)
  expect(flagged(rows)).toEqual(['1: text empty', '2: text refusal'])
})

test('of many short answers among long ones none is called short', () => {
  const mixed = (i: number) => (i % 10 === 0 ? `No ${i}.` : prose(i))
  expect(flagged(among(['Yes.'], mixed))).toEqual([])
})

test('each output is judged by its own column, in whatever order the rows come', () => {
  const rows = among(['']).map(([inputs, outputs]): [Record<string, string>, Outputs] => [
    inputs,
    { ...outputs, title: 'A short title' },
  ])
  expect(flagged(rows)).toEqual(['0: text empty'])
  expect(flagged(rows.toReversed())).toEqual(['30: text empty'])
})
