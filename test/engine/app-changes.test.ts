import { describe, expect, test } from 'bun:test'
import { appChanges, type VersionedApp } from '../../src/engine/app-changes.ts'
import { inEnglish } from '../../src/engine/sentence.ts'
import type { Variable } from '../../src/engine/workflow.ts'

const TONE: Variable = {
  name: 'tone',
  label: 'Tone',
  type: 'select',
  required: false,
  options: ['formal', 'casual'],
}
const TEXT: Variable = { name: 'text', label: 'Text', type: 'paragraph', required: true, maxLength: 500 }
const FILES: Variable = {
  name: 'docs',
  label: 'Documents',
  type: 'file-list',
  required: false,
  maxLength: 3,
  fileTypes: ['document'],
}
const APP: VersionedApp = {
  name: 'Translate',
  description: 'Translates.',
  mode: 'workflow',
  variables: [TEXT, TONE, FILES],
  fileLimits: { document: 15 },
  serverVersion: '1.15.0',
  version: 'v1',
}

function said(now: Partial<VersionedApp>, before: Partial<VersionedApp> = {}): string[] {
  return appChanges({ ...APP, ...before }, { ...APP, ...now }).changes.map(inEnglish)
}

function ofTone(change: Partial<Variable>): string[] {
  return said({ variables: [TEXT, { ...TONE, ...change }, FILES] })
}

test('an app that is the same has not changed', () => {
  expect(appChanges(APP, structuredClone(APP))).toEqual({ changes: [], isSerious: false })
})

describe('says what of the app is otherwise', () => {
  test.each<[Partial<VersionedApp>, string, isSerious: boolean]>([
    [{ name: 'Translate 2' }, 'It is called “Translate 2” now; it was “Translate”.', false],
    [{ mode: 'advanced-chat' }, 'Its kind is chatflow now; it was workflow.', true],
    [{ description: '' }, 'Its description is another one.', false],
    [{ fileLimits: { document: 20 } }, 'Its server takes files of another size or number.', false],
    [{ serverVersion: '1.16.1' }, 'Its server is Dify 1.16.1 now; it was 1.15.0.', false],
    [
      { version: 'v2' },
      'It was published again: rows last ran with version v2; at the last sync it was v1.',
      false,
    ],
    [
      { variables: [TEXT, TONE, FILES, { name: 'n', label: '', type: 'number', required: true }] },
      'New input “n” (number, required).',
      true,
    ],
    [{ variables: [TEXT, FILES] }, 'The input “Tone” is gone.', true],
    [{ variables: [TONE, TEXT, FILES] }, 'Its inputs are in another order.', true],
  ])('%j', (now, sentence, isSerious) => {
    expect(said(now)).toEqual([sentence])
    expect(appChanges(APP, { ...APP, ...now }).isSerious).toBe(isSerious)
  })

  test('what is not known on one side is no change', () => {
    expect(said({}, { version: null })).toEqual([])
    const { serverVersion: _, ...silent } = APP
    expect(appChanges(APP, silent).changes).toEqual([])
    expect(appChanges(silent, APP).changes).toEqual([])
  })
})

describe('says what of an input is otherwise', () => {
  test.each<[Partial<Variable>, string]>([
    [{ label: 'Style' }, 'Input “Style”: called “Style”, was “Tone”.'],
    [{ type: 'text-input' }, 'Input “Tone”: short text, was choice.'],
    [{ required: true }, 'Input “Tone”: required, was optional.'],
    [{ options: ['formal', 'dry'] }, 'Input “Tone”: new choices: “dry”; choices gone: “casual”.'],
    [{ options: ['casual', 'formal'] }, 'Input “Tone”: its choices are in another order.'],
    [{ default: 'formal' }, 'Input “Tone”: another value if left empty.'],
    [{ description: 'How it sounds' }, 'Input “Tone”: another description.'],
    [{ remoteUrls: false }, 'Input “Tone”: other rules for what it takes.'],
    [
      { required: true, default: 'formal' },
      'Input “Tone”: required, was optional; another value if left empty.',
    ],
  ])('%j', (change, sentence) => {
    expect(ofTone(change)).toEqual([sentence])
  })

  test('of a text how long it may be, of files how many and which', () => {
    const { maxLength: _, ...endless } = TEXT
    expect(said({ variables: [endless, TONE, { ...FILES, maxLength: 1, fileTypes: ['image'] }] })).toEqual([
      'Input “Text”: takes any length, was up to 500 characters.',
      'Input “Documents”: takes up to 1 file, was up to 3 files; takes files of the kinds image, was document.',
    ])
  })

  test('of many choices the first, and long names in short', () => {
    const options = Array.from({ length: 400 }, (_, i) => `choice ${i} ${'x'.repeat(200)}`)
    const [sentence = ''] = ofTone({ options })
    expect(sentence.length).toBeLessThan(1_600)
    expect(sentence).toContain('“…”')
  })
})
