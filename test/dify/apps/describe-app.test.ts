import { expect, test } from 'bun:test'
import { describeApp } from '../../../src/dify/apps/describe-app.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import type { AppMode } from '../../../src/engine/workflow.ts'
import { appNamed, sandboxForTests } from '../support/cast.ts'
import { serve } from '../support/serve.ts'

const here = sandboxForTests()

test('a workflow is described with its variables', async () => {
  const app = await describeApp({ baseUrl: here.sandbox.url, apiKey: keyOf('Product copywriter') })
  expect(app).toMatchObject({
    name: 'Product copywriter',
    mode: 'workflow',
    fileLimits: { document: 15, image: 10, audio: 50, video: 100, count: 10 },
  })
  expect(app.variables).toEqual([
    { name: 'name', label: 'Name', type: 'text-input', required: true, maxLength: 100 },
    { name: 'features', label: 'Key features', type: 'paragraph', required: true, maxLength: 1000 },
    {
      name: 'tone',
      label: 'Tone',
      type: 'select',
      required: false,
      default: 'formal',
      options: ['formal', 'casual', 'playful'],
    },
    { name: 'max_words', label: 'Max words', type: 'number', required: false },
  ])
})

test('every type of variable is understood', async () => {
  const { variables } = await describeApp({ baseUrl: here.sandbox.url, apiKey: keyOf('Every input') })
  expect(variables.map(({ type }) => type)).toEqual([
    'text-input',
    'paragraph',
    'select',
    'number',
    'checkbox',
    'json_object',
    'file',
    'file-list',
  ])
  expect(variables.find(({ name }) => name === 'picture')).toMatchObject({
    fileTypes: ['image'],
    remoteUrls: true,
  })
  expect(variables.find(({ name }) => name === 'documents')).toMatchObject({
    maxLength: 3,
    fileTypes: ['document', 'custom'],
    fileExtensions: ['.eml'],
    remoteUrls: false,
  })
  expect(variables.find(({ name }) => name === 'settings')?.jsonSchema).toMatchObject({ type: 'object' })
})

test('a chatflow has its question as an input', async () => {
  const app = await describeApp({ baseUrl: here.sandbox.url, apiKey: keyOf('Support assistant') })
  expect(app.variables[0]).toMatchObject({ name: 'query', type: 'paragraph', required: true })
})

test('a slash at the end and space around what was pasted do not matter', async () => {
  const app = await describeApp({
    baseUrl: ` ${here.sandbox.url}/ `,
    apiKey: ` ${keyOf('Slogan writer')}\n`,
  })
  expect(app.mode).toBe('completion')
})

test('a wrong key says where to find the right one', async () => {
  const error = await refusalOf({ baseUrl: here.sandbox.url, apiKey: 'app-wrong' })
  expect(error.message).toContain('does not know this API key')
  expect(error.hint).toContain('API Access')
})

test('an app that is not published says so', async () => {
  here.sandbox.misbehave('unpublished', { route: 'about' })
  const error = await refusalOf({ baseUrl: here.sandbox.url, apiKey: keyOf('Slogan writer') })
  expect(error.message).toContain('not available')
  expect(error.hint).toContain('publish')
})

test('the address of Dify’s own pages is not taken for that of its API', async () => {
  const error = await refusalOf({ baseUrl: here.sandbox.url.replace('/v1', ''), apiKey: 'app-any' })
  expect(error.hint).toContain('/v1')
})

test('a page with status 200 is not an API', async () => {
  await using server = serve(() => new Response('<title>Hello</title>'))
  const error = await refusalOf({ baseUrl: server.url, apiKey: 'app-any' })
  expect(error.message).toContain('not as Dify’s API does')
})

test('a server that is not there and one that never answers have different sentences', async () => {
  expect((await refusalOf({ baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'app-any' })).message).toContain(
    'cannot be reached',
  )
  await using server = serve(() => new Promise<Response>(() => {}))
  const signal = AbortSignal.timeout(30)
  const error = await refusalOf({ baseUrl: server.url, apiKey: 'app-any', signal })
  expect(error.message).toContain('did not answer in time')
})

test('a redirect is not followed with the key, but shown', async () => {
  await using server = serve(() => Response.redirect('https://dify.example.com/v1/info', 301))
  const error = await refusalOf({ baseUrl: server.url, apiKey: 'app-any' })
  expect(error.message).toContain('https://dify.example.com/v1/info')
})

for (const mode of ['chat', 'agent-chat', 'agent', 'advanced-chat']) {
  test(`an app of mode ${mode} is asked a question`, async () => {
    const app = await describeWith([{ paragraph: { variable: 'who', label: 'Who' } }], mode)
    expect(app.mode).toBe(mode as AppMode)
    expect(app.variables.map(({ name }) => name)).toEqual(['query', 'who'])
  })
}

for (const [mode, says] of [
  ['rag-pipeline', 'a knowledge pipeline'],
  ['something-new', 'something-new'],
] as const) {
  test(`an app of mode ${mode} is declined in words`, async () => {
    await using server = serve(() => Response.json({ name: 'Helper', description: '', tags: [], mode }))
    const error = await refusalOf({ baseUrl: server.url, apiKey: 'app-any' })
    expect(error.message).toContain(says)
    expect(error.hint).toContain('workflow, a chatflow, a chatbot, an agent or a text generator')
  })
}

test('a workflow that begins with a trigger has no inputs', async () => {
  const app = await describeWith([])
  expect(app.variables).toEqual([])
})

test('a select that Dify would refuse when it is left empty is required', async () => {
  const field = { label: 'Tone', options: ['formal', 'casual'], required: false }
  const { variables } = await describeWith([
    { select: { ...field, variable: 'a', default: '' } },
    { select: { ...field, variable: 'b', default: 'gone' } },
    { select: { ...field, variable: 'c', default: 'casual' } },
    { select: { ...field, variable: 'd', default: null } },
    { select: { ...field, variable: 'e', default: '', required: true } },
    { paragraph: { label: 'Text', variable: 'f', default: '', required: false } },
  ])
  expect(variables.map(({ name, required, default: given }) => [name, required, given])).toEqual([
    ['a', true, ''],
    ['b', true, 'gone'],
    ['c', false, 'casual'],
    ['d', false, undefined],
    ['e', true, undefined],
    ['f', false, undefined],
  ])
})

test('an optional input of an unknown type is ignored, a required one is an error', async () => {
  const field = { variable: 'v', label: 'Voice', required: false }
  expect((await describeWith([{ hologram: field }])).variables).toEqual([])
  expect(describeWith([{ hologram: { ...field, required: true } }])).rejects.toThrow('“Voice”')
})

test('nulls where a field is not set are not values', async () => {
  const field = {
    variable: 'text',
    label: null,
    required: null,
    max_length: null,
    default: null,
    options: null,
    allowed_file_types: null,
    json_schema: null,
  }
  const { variables } = await describeWith([{ paragraph: field }])
  expect(variables).toEqual([{ name: 'text', label: 'text', type: 'paragraph', required: false }])
})

test('a chatflow that has a variable named query keeps it apart from the question', async () => {
  const form = [{ paragraph: { variable: 'query', label: 'Filter', required: false } }]
  const { variables } = await describeWith(form, 'advanced-chat')
  expect(variables.map(({ name, required }) => [name, required])).toEqual([
    ['sys.query', true],
    ['query', false],
  ])
})

const FILES = {
  enabled: true,
  number_limits: 2,
  allowed_file_types: ['image', 'custom'],
  allowed_file_extensions: ['EML'],
  allowed_file_upload_methods: ['local_file'],
}

for (const mode of ['advanced-chat', 'chat', 'agent-chat', 'workflow', 'completion']) {
  test(`the files that a call of the mode ${mode} may bring are an input`, async () => {
    const { variables } = await describeWith([], mode, { file_upload: FILES })
    expect(variables.at(-1)).toEqual({
      name: 'files',
      label: 'Files',
      type: 'file-list',
      required: false,
      description: 'The files that come with the call.',
      attached: true,
      maxLength: 2,
      fileTypes: ['image', 'custom'],
      fileExtensions: ['.eml'],
      remoteUrls: false,
    })
  })
}

test('an app that takes no files with its calls has no input for them', async () => {
  for (const file_upload of [
    null,
    undefined,
    {},
    'off',
    { ...FILES, enabled: false },
    { image: { enabled: false } },
  ])
    expect((await describeWith([], 'workflow', { file_upload })).variables).toEqual([])
  const isOff = { ...FILES, enabled: false, image: { enabled: true, number_limits: 1 } }
  expect((await describeWith([], 'workflow', { file_upload: isOff })).variables).toEqual([])
})

test('older servers only tell of images', async () => {
  const image = { enabled: true, number_limits: 4, transfer_methods: ['remote_url'] }
  const { variables } = await describeWith([], 'chat', { file_upload: { image } })
  expect(variables.at(-1)).toMatchObject({
    attached: true,
    maxLength: 4,
    fileTypes: ['image'],
    remoteUrls: true,
    localFiles: false,
  })
})

test('an app that has a variable named files keeps it apart from the attached ones', async () => {
  const form = [{ 'file-list': { variable: 'files', label: 'Files', required: true } }]
  const { variables } = await describeWith(form, 'advanced-chat', { file_upload: FILES })
  expect(variables.map(({ name, label, attached }) => [name, label, attached])).toEqual([
    ['query', 'Query', undefined],
    ['files', 'Files', undefined],
    ['sys.files', 'Attached files', true],
  ])
})

test('a list of files without a limit of its own has the server’s', async () => {
  const form = [
    { 'file-list': { variable: 'a', label: 'A' } },
    { 'file-list': { variable: 'b', label: 'B', max_length: 3 } },
  ]
  const limits = { system_parameters: { workflow_file_upload_limit: 10 } }
  const { variables } = await describeWith(form, 'workflow', limits)
  expect(variables.map(({ maxLength }) => maxLength)).toEqual([10, 3])
})

async function describeWith(form: unknown[], mode = 'workflow', more: object = {}) {
  await using server = serve((request) =>
    request.url.endsWith('/info')
      ? Response.json({ name: 'App', description: null, tags: [], mode })
      : Response.json({ user_input_form: form, system_parameters: null, ...more }),
  )
  return await describeApp({ baseUrl: server.url, apiKey: 'app-any' })
}

async function refusalOf(access: Parameters<typeof describeApp>[0]): Promise<UserError> {
  const error: unknown = await describeApp(access).catch((thrown: unknown) => thrown)
  if (error instanceof UserError) return error
  throw new Error(`expected a UserError, got ${String(error)}`)
}

function keyOf(name: string): string {
  return appNamed(here.sandbox, name).key
}
