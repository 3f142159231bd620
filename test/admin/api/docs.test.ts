import { describe, expect, test } from 'bun:test'
import Ajv from 'ajv/dist/2020'
import type { OpenApi, Operation } from '../../../src/admin/api/openapi.ts'
import { aProgram } from './support/program.ts'

async function theDocument() {
  const program = await aProgram({ runs: false })
  const { json } = await program.ask('GET', '/docs/openapi.json')
  const document = json as OpenApi // what the route answers with; the tests below look into it
  const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ verb, path, operation })),
  )
  return { ...program, document, operations }
}

describe('the OpenAPI document', () => {
  test('names every route of the seed, and what came since', async () => {
    const { operations } = await theDocument()
    const routes = operations.map(({ verb, path }) => `${verb} ${path}`)
    for (const route of [
      'get /api/batch/',
      'post /api/batch/upload',
      'post /api/batch/execute',
      'get /api/batch/{task_id}/status',
      'post /api/batch/{task_id}/stop',
      'patch /api/batch/{task_id}',
      'delete /api/batch/{task_id}',
      'post /api/batch/{task_id}/run-again',
      'get /api/batch/{task_id}/download',
      'get /api/usage',
      'get /api/usage.csv',
      'put /api/usage/limits',
      'post /api/workflows/import',
      'post /api/erase',
      'post /api/people/export',
      'get /api/audit.csv',
      'get /api/audit.jsonl',
    ])
      expect(routes).toContain(route)
    expect(routes).toHaveLength(46)
  })

  test('is whole: ids are unique, parameters of paths are there, every reference leads somewhere', async () => {
    const { document, operations } = await theDocument()
    expect(document.openapi).toBe('3.1.1')
    expect(document.components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
    expect(document.security).toEqual([{ token: [] }])
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((one) => one.in === 'path')
      expect(inPath.map(({ name }) => name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
      )
      expect(inPath.every(({ required }) => required)).toBe(true)
      expect(document.tags).toContainEqual({ name: operation.tags[0] ?? '' })
    }
    const text = JSON.stringify(document)
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      expect(document.components.schemas).toHaveProperty(name ?? '')
    expect(text).not.toMatch(/"\$(?:defs|schema)"|"\$ref":"(?!#\/components)/)
  })

  test('says of every route what it answers well, and how it answers a fault', async () => {
    const { operations } = await theDocument()
    for (const { verb, operation } of operations) {
      const statuses = Object.keys(operation.responses)
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true)
      expect(statuses).toContain('401')
      if (verb !== 'get') expect(statuses).toContain('403')
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(description).not.toBe('')
        if (Number(status) >= 400 && status !== '409') expect(content).toEqual(FAULT)
      }
    }
  })

  test('describes what is really answered', async () => {
    const { document, operations, ask, submit, uploaded, workflow } = await theDocument()
    const { id } = await submit(3)
    await uploaded()
    await ask('POST', '/api/tokens', { name: 'nightly' })
    const ajv = new Ajv({ strict: false, validateFormats: false })
    ajv.addSchema({ $id: 'doc', ...document })
    const values: Record<string, string> = { task_id: id, row: '2', workflow_id: workflow.id }
    const told = operations.filter(({ verb, operation }) => verb === 'get' && isJson(operation))
    expect(told).toHaveLength(12)
    for (const { path, operation } of told) {
      const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
      const { json } = await ask('GET', url)
      const schema = JSON.stringify(operation.responses['200']?.content?.['application/json']?.schema)
      const validate = ajv.compile(JSON.parse(schema.replaceAll('"#/', '"doc#/')))
      expect([path, validate(json), validate.errors]).toEqual([path, true, null])
      const strayed = Object.assign({}, json, { total: 'x', items: 3, task_id: 4, failed: 'x', row: 'x' })
      expect(validate(strayed)).toBe(false)
    }
  })

  test('is read by a person too, on a page without a script or an address from elsewhere', async () => {
    const { browse, operations } = await theDocument()
    const response = await browse('/docs', { as: 'viewer' })
    const text = await response.text()
    for (const { verb, path, operation } of operations) {
      expect(text).toContain(`<code>${verb.toUpperCase()} ${path}</code>`)
      expect(text).toContain(`id="${operation.operationId}"`)
    }
    for (const [, id] of text.matchAll(/href="#([\w-]+)"/g)) expect(text).toContain(`id="${id}"`)
    expect(text).not.toMatch(/(?:src|href)="https?:/)
    expect((await browse('/docs', { as: 'nobody' })).status).toBe(303)
  })
})

const FAULT = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Fault' } } }

function isJson({ responses }: Operation): boolean {
  return responses['200']?.content?.['application/json'] !== undefined
}
