import { expect, test } from 'bun:test'
import { runBody } from '../../../src/dify/run/payload.ts'
import type { Inputs } from '../../../src/engine/task.ts'
import type { Variable, VariableType } from '../../../src/engine/workflow.ts'

test('values go out as they are, by name', () => {
  const inputs: Inputs = { a: 'x', b: 3, c: true, d: { deep: [1] } }
  expect(sent(inputs)).toEqual(inputs)
})

test('an optional value that is empty is left out, so that Dify’s default holds', () => {
  expect(sent({ a: '', b: 'x' }, [variable('a', 'select'), variable('b')])).toEqual({ b: 'x' })
})

test('a required text may be empty', () => {
  expect(sent({ a: '' }, [{ ...variable('a'), required: true }])).toEqual({ a: '' })
})

test('nought and false are values', () => {
  expect(sent({ a: 0, b: false }, [variable('a', 'number'), variable('b', 'checkbox')])).toEqual({
    a: 0,
    b: false,
  })
})

test('a number for a text becomes text, as Dify takes nothing else', () => {
  const types: VariableType[] = ['text-input', 'paragraph', 'select']
  for (const type of types) expect(sent({ a: 42 }, [variable('a', type)])).toEqual({ a: '42' })
  expect(sent({ a: 42 }, [variable('a', 'number')])).toEqual({ a: 42 })
})

test('NUL characters are taken out, however deep', () => {
  expect(sent({ a: 'x\u0000y', b: { 'k\u0000': ['\u0000z'] } })).toEqual({ a: 'xy', b: { k: ['z'] } })
})

test('what Dify fills in by itself is not sent', () => {
  expect(sent({ a: 'x' }, [variable('a', 'external_data_tool')])).toEqual({})
})

test('a chatflow’s question goes beside its inputs, and no model is paid to name the conversation', () => {
  expect(runBody('advanced-chat', { query: 'Why?', b: 'x' }, [], 'u')).toEqual({
    inputs: { b: 'x' },
    query: 'Why?',
    user: 'u',
    response_mode: 'streaming',
    auto_generate_name: false,
  })
})

test('a chatflow’s own variable named query stays an input', () => {
  const variables = [variable('sys.query', 'paragraph'), variable('query')]
  expect(runBody('advanced-chat', { query: 'filter', 'sys.query': 'Why?' }, variables, 'u')).toMatchObject({
    inputs: { query: 'filter' },
    query: 'Why?',
  })
})

test('attached files go beside the inputs of every kind of app, and not among them', () => {
  const attached: Variable = { ...variable('files', 'file-list'), attached: true }
  const file = { type: 'image', transfer_method: 'remote_url', url: 'https://a.com/b.png' } as const
  for (const mode of ['advanced-chat', 'chat', 'workflow', 'completion'] as const) {
    const body = runBody(mode, { files: [file], b: 'x' }, [attached, variable('b')], 'u')
    expect(body).toMatchObject({ inputs: { b: 'x' }, files: [file] })
    expect(body.inputs).not.toHaveProperty('files')
    expect(runBody(mode, { b: 'x' }, [attached, variable('b')], 'u')).not.toHaveProperty('files')
  }
})

test('an app’s own variable named files stays an input', () => {
  const attached: Variable = { ...variable('sys.files', 'file-list'), attached: true }
  const file = (url: string) => ({ type: 'image', transfer_method: 'remote_url', url }) as const
  const inputs = { files: [file('https://a.com/1.png')], 'sys.files': [file('https://a.com/2.png')] }
  expect(runBody('advanced-chat', inputs, [variable('files', 'file-list'), attached], 'u')).toMatchObject({
    inputs: { files: inputs.files },
    files: inputs['sys.files'],
  })
  expect(runBody('advanced-chat', inputs, [variable('files', 'file-list')], 'u')).not.toHaveProperty('files')
})

test('a workflow’s variable named query is an input like any other', () => {
  expect(sent({ query: 'x' })).toEqual({ query: 'x' })
})

function sent(inputs: Inputs, variables: Variable[] = []) {
  return runBody('workflow', inputs, variables, 'u').inputs
}

function variable(name: string, type: VariableType = 'text-input'): Variable {
  return { name, label: name, type, required: false }
}
