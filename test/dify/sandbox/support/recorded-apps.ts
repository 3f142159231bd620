import { input, type SandboxApp } from '../../../../src/dify/sandbox/app.ts'
import type { AppMode } from '../../../../src/engine/workflow.ts'
import { textOf } from '../../../../src/dify/sandbox/apps/text.ts'

const Q = input('text-input', 'q', 'q', { required: true, max_length: 2000 })
const PARAGRAPH = input('paragraph', 'q', 'q', { required: true, max_length: 2000 })
const WHO = input('text-input', 'who', 'who', { max_length: 100 })

const DOCUMENTS = {
  allowed_file_types: ['document'],
  allowed_file_extensions: [],
  allowed_file_upload_methods: ['local_file', 'remote_url'],
}

/** Apps that ask for what the recorded ones asked for, by their recorded names. */
export const RECORDED_APPS: readonly SandboxApp[] = [
  app('01-echo', 'workflow', [Q]),
  app('03-if', 'workflow', [Q]),
  app('04-slow', 'workflow', [Q]),
  app('05-fails', 'workflow', [Q]),
  app('06-partial', 'workflow', [Q]),
  app('08-human', 'workflow', [Q]),
  app('09-chatflow', 'advanced-chat', [WHO]),
  app('11-llm', 'workflow', [Q]),
  app('12-chatflow-llm', 'advanced-chat', [WHO]),
  app('13-completion', 'completion', [PARAGRAPH]),
  app('14-chat', 'chat', [WHO]),
  app('07-file', 'workflow', [
    input('file', 'doc', 'doc', { required: true, max_length: 1, ...DOCUMENTS }),
    input('file-list', 'docs', 'docs', { max_length: 3, ...DOCUMENTS }),
  ]),
]

function app(name: string, mode: AppMode, form: SandboxApp['form']): SandboxApp {
  return {
    name,
    key: `app-${name}`,
    mode,
    description: '',
    form,
    delayMs: 0,
    work(inputs, query) {
      const text = `An answer to ${textOf(inputs['q'])}${query}, long enough for pieces.`
      return { outputs: mode === 'workflow' ? { text } : { answer: text }, text }
    },
  }
}
