import { expect, test } from 'bun:test'
import type { AppMode, Workflow } from '../../src/engine/workflow.ts'
import { labelsOf } from '../../src/app/workflow-labels.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { workflowNamed } from '../support/workflow-named.ts'

const EN = textsFor('en')

function labels(...workflows: Workflow[]): string[] {
  const all = labelsOf(workflows, EN)
  return workflows.map(({ id }) => all.get(id) ?? '')
}

test('a name that nobody shares is the label', () => {
  expect(labels(workflowNamed('Translate'), workflowNamed('Summarize'))).toEqual(['Translate', 'Summarize'])
})

test('the shortest difference is taken: kind, inputs, or server', () => {
  expect(labels(workflowNamed('Translate', { mode: 'advanced-chat' }), workflowNamed('Translate'))).toEqual([
    'Translate · chatflow',
    'Translate · workflow',
  ])
  expect(
    labels(
      workflowNamed('Translate', { needs: ['text'] }),
      workflowNamed('Translate', { needs: ['text', 'tone'] }),
    ),
  ).toEqual(['Translate · needs text', 'Translate · needs text, tone'])
  expect(
    labels(
      workflowNamed('Translate'),
      workflowNamed('Translate', { baseUrl: 'https://dify.example.com/v1' }),
    ),
  ).toEqual(['Translate · 127.0.0.1:1', 'Translate · dify.example.com'])
})

test('two differences are named where one does not do', () => {
  expect(
    labels(
      workflowNamed('Translate', { mode: 'advanced-chat', needs: ['text', 'tone'] }),
      workflowNamed('Translate', { needs: ['text', 'tone'] }),
      workflowNamed('Translate', { needs: ['text'] }),
      workflowNamed('Translate', { mode: 'advanced-chat', needs: ['text'] }),
    ),
  ).toEqual([
    'Translate · chatflow · needs text, tone',
    'Translate · workflow · needs text, tone',
    'Translate · workflow · needs text',
    'Translate · chatflow · needs text',
  ])
})

test('names that differ only in case, width or accents are one name', () => {
  const both = labels(workflowNamed('café'), workflowNamed('ＣＡＦÉ', { mode: 'advanced-chat' }))
  expect(both).toEqual(['café · workflow', 'ＣＡＦÉ · chatflow'])
})

test('one app with two keys is told apart by its id', () => {
  const twins = [workflowNamed('Translate'), workflowNamed('Translate')]
  expect(labels(...twins)).toEqual(twins.map(({ id }) => `Translate · ${id.slice(0, 8)}`))
})

test('of many inputs, the one that differs is not cut off', () => {
  const many = Array.from({ length: 12 }, (_, i) => `input number ${i}`)
  const [, second] = labels(
    workflowNamed('Translate', { needs: many }),
    workflowNamed('Translate', { needs: [...many, 'glossary'] }),
  )
  expect(second).toStartWith('Translate · needs glossary, input number 0')
})

test('labels in Chinese', () => {
  const two = [workflowNamed('翻译', { needs: ['文本'] }), workflowNamed('翻译', { needs: ['文本', '语气'] })]
  expect([...labelsOf(two, textsFor('zh-CN')).values()]).toEqual([
    '翻译 · 需要 文本',
    '翻译 · 需要 文本、语气',
  ])
})

test('whatever the names are, no two labels are the same and none is longer than an option', () => {
  const modes: AppMode[] = ['workflow', 'advanced-chat', 'chat', 'completion']
  const names = ['Translate', 'translate ', '', ' ', 'x'.repeat(300), `${'x'.repeat(300)}y`, '水'.repeat(90)]
  const all = Array.from({ length: 500 }, (_, i) =>
    workflowNamed(names[i % names.length] ?? '', {
      mode: modes[i % modes.length] ?? 'workflow',
      needs: Array.from({ length: i % 5 }, (_, at) => `${'long input '.repeat(i % 3)}${at}`),
      baseUrl: i % 2 ? 'https://a.example.com/v1' : 'sandbox:',
    }),
  )
  const shown = labels(...all)
  expect(new Set(shown.map((label) => label.toLowerCase())).size).toBe(500)
  expect(shown.filter((label) => label.length > 75 || label === '')).toEqual([])
})
