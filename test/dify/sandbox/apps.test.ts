import { expect, test } from 'bun:test'
import { productCopywriter } from '../../../src/dify/sandbox/apps/product-copywriter.ts'
import { slowSummariser } from '../../../src/dify/sandbox/apps/slow-summariser.ts'
import { firstWords, itemsIn, wordsIn } from '../../../src/dify/sandbox/apps/text.ts'
import { ticketClassifier } from '../../../src/dify/sandbox/apps/ticket-classifier.ts'
import { SandboxFiles } from '../../../src/dify/sandbox/file-store.ts'
import { SignedLinks } from '../../../src/dify/sandbox/signed-links.ts'

const NO_FILES = new SandboxFiles(new SignedLinks(() => '', 300)).forRun()

test('the copywriter writes in the tone that was asked for, within the words that were', () => {
  const inputs = { name: 'Kettle', features: '- steel\n- 2 l; quick', tone: 'playful', max_words: 6 }
  expect(productCopywriter.work(inputs, '', [], NO_FILES).outputs).toEqual({
    title: 'Kettle! Yes, with steel!',
    description: 'Psst! Kettle is here, and it…',
    words: 6,
    note: expect.stringContaining('Sandbox'),
  })
})

test('the classifier gives category, urgency, tags and details', () => {
  const text = 'URGENT: I was charged twice, I want a refund!'
  expect(ticketClassifier.work({ text }, '', [], NO_FILES).outputs).toMatchObject({
    category: 'billing',
    urgency: 'high',
    confidence: 1,
    tags: ['charged', 'refund'],
    details: { words: 9, exclamation: true },
  })
})

test('a ticket about nothing is “other”, and marked as not sure', () => {
  expect(ticketClassifier.work({ text: 'Hello' }, '', [], NO_FILES).outputs).toMatchObject({
    category: 'other',
    confidence: 0.3,
  })
})

test('the summariser gives the first and the longest sentence', () => {
  const text = 'First. Then something much longer came. End.'
  expect(slowSummariser.work({ text }, '', [], NO_FILES).outputs).toMatchObject({
    summary: 'First. Then something much longer came.',
    sentences: 3,
  })
})

test('the same inputs give the same outputs', () => {
  const inputs = { name: 'Kettle', features: 'steel' }
  expect(productCopywriter.work(inputs, '', [], NO_FILES)).toEqual(
    productCopywriter.work(inputs, '', [], NO_FILES),
  )
})

test('words and lists are found in any script', () => {
  expect(wordsIn('电水壶 is nice')).toHaveLength(5)
  expect(itemsIn('不锈钢，两升；快速、安全')).toEqual(['不锈钢', '两升', '快速', '安全'])
  expect(firstWords('one two.', 2)).toBe('one two.')
  expect(firstWords('one two three', 2)).toBe('one two…')
})
