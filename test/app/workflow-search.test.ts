import { expect, test } from 'bun:test'
import { labelsOf } from '../../src/app/workflow-labels.ts'
import { foundWorkflows, rankedWorkflows, workflowsMeant } from '../../src/app/workflow-search.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { workflowNamed } from '../support/workflow-named.ts'
import { cpuClock } from '../support/own-time.ts'

const texts = textsFor('en')

function found(workflows: Workflow[], typed: string): string[] {
  return foundWorkflows(workflows, typed, { labels: labelsOf(workflows, texts), texts }).map(
    ({ label }) => label,
  )
}

test('what fits the file comes first, then what was used lately, then the rest by name', () => {
  const [a, b, c, d, e] = ['Flow 10', 'Flow 2', 'Recent', 'Fits', 'Fits and recent'].map((name) =>
    workflowNamed(name),
  )
  if (!a || !b || !c || !d || !e) throw new Error('unreachable')
  const all = [a, b, c, d, e]
  const ranked = rankedWorkflows(all, {
    labels: labelsOf(all, texts),
    texts,
    fits: ({ name }) => name.startsWith('Fits'),
    recent: ['gone', c.id, e.id],
  })
  expect(ranked.map(({ label, group }) => `${group}: ${label}`)).toEqual([
    'fitting: Fits and recent',
    'fitting: Fits',
    'recent: Recent',
    'all: Flow 2',
    'all: Flow 10',
  ])
})

test.each([
  ['summ', ['Summarize']],
  ['EXTRACT invoice', ['Invoice extractor']],
  ['resume', ['Résumé check']],
  ['ＲÉSUMÉ', ['Résumé check']],
  ['译', ['产品翻译']],
  ['cust letters', ['Reply']],
  ['chatflow', ['Reply']],
  ['dify.example', ['Summarize']],
  ['glossary', ['产品翻译']],
  ['letters invoice', []],
  ['···', []],
] as const)('%s finds %p', (typed, names) => {
  const all = [
    workflowNamed('Summarize', { baseUrl: 'https://dify.example.com/v1' }),
    workflowNamed('Invoice extractor'),
    workflowNamed('Résumé check'),
    workflowNamed('产品翻译', { needs: ['glossary'] }),
    workflowNamed('Reply', { mode: 'advanced-chat', description: 'Answers the letters of customers' }),
  ]
  expect(found(all, typed)).toEqual([...names])
})

test('a beginning ranks above a word, a word above a part of one, a name above a description', () => {
  const all = [
    workflowNamed('A', { description: 'for a port' }),
    workflowNamed('Airport list'),
    workflowNamed('My port'),
    workflowNamed('Port check'),
    workflowNamed('Port'),
  ]
  expect(found(all, 'port')).toEqual(['Port', 'Port check', 'My port', 'Airport list', 'A'])
})

test('a label can be typed whole: nothing else is meant then', () => {
  const all = [
    workflowNamed('Translate'),
    workflowNamed('Translate', { mode: 'advanced-chat' }),
    workflowNamed('Translate more'),
  ]
  const labels = labelsOf(all, texts)
  const meant = (typed: string) => workflowsMeant(all, typed, labels).map(({ id }) => labels.get(id))
  expect(meant('translate · CHATFLOW')).toEqual(['Translate · chatflow'])
  expect(meant('translate')).toEqual(['Translate · workflow', 'Translate · chatflow'])
  expect(meant('translate m')).toEqual(['Translate more'])
  expect(meant(all[0]?.id.slice(0, 8) ?? '')).toEqual(['Translate · workflow'])
  expect(meant('nothing')).toEqual([])
})

test('a thousand workflows are searched in a blink', () => {
  const all = Array.from({ length: 1_000 }, (_, i) =>
    workflowNamed(`Flow ${i % 300}`, {
      description: 'What it does. '.repeat(30),
      needs: ['text', `tone ${i}`],
    }),
  )
  const cpuMs = cpuClock()
  expect(found(all, 'does 299').length).toBeGreaterThan(0)
  expect(cpuMs()).toBeLessThan(10_000)
})
