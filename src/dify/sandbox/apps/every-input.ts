import { input, SANDBOX_NOTE, type SandboxApp } from '../app.ts'

/** Every kind of variable that Dify has. The picture may be an address; the documents must be uploaded. */
export const everyInput: SandboxApp = {
  name: 'Every input',
  key: 'app-sandbox-every-input',
  mode: 'workflow',
  description: 'Takes one input of every type and says what it got. Sandbox: no model is called.',
  form: [
    input('text-input', 'short_text', 'Short text', { required: true, max_length: 48 }),
    input('paragraph', 'long_text', 'Long text', { max_length: 2000 }),
    input('select', 'choice', 'Choice', { options: ['red', 'green', 'blue'] }),
    input('number', 'amount', 'Amount', { default: 1 }),
    input('checkbox', 'agreed', 'Agreed'),
    input('json_object', 'settings', 'Settings', {
      json_schema: '{"type":"object","properties":{"depth":{"type":"integer"}}}',
    }),
    input('file', 'picture', 'Picture', {
      allowed_file_types: ['image'],
      allowed_file_upload_methods: ['remote_url', 'local_file'],
    }),
    input('file-list', 'documents', 'Documents', {
      max_length: 3,
      allowed_file_types: ['document', 'custom'],
      allowed_file_extensions: ['.eml'],
      allowed_file_upload_methods: ['local_file'],
    }),
  ],
  delayMs: 300,
  work(inputs) {
    const given = Object.entries(inputs).filter(([, value]) => value !== null && value !== undefined)
    const kinds = Object.fromEntries(given.map(([name, value]) => [name, kindOf(value)]))
    const summary = given.map(([name]) => `${name} (${kinds[name]})`).join(', ')
    const received = Object.fromEntries(given)
    return { outputs: { summary, kinds, received, count: given.length, note: SANDBOX_NOTE }, text: summary }
  },
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `list of ${value.length}`
  return typeof value
}
