import type { Operation } from '../openapi.ts'
import { type Html, html } from '../../view/html.ts'
import { fieldTable, type JsonSchema, typeOf, whatIs } from './schema.ts'

export interface OperationShown {
  verb: string
  path: string
  operation: Operation
  /** where it is to be had, for the command to try it */
  origin: string
}

/** One route: what it takes, what it answers, and how to try it. */
export function operationArticle({ verb, path, operation, origin }: OperationShown): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(requestBody?.content ?? {})
  return html`<article id="${operationId}">
    <h3>${summary}</h3>
    <p><code>${verb.toUpperCase()} ${path}</code></p>
    ${description === undefined ? '' : html`<p>${description}</p>`}
    ${parameters.length === 0 ? '' : parameterTable(parameters)}
    ${
      requestBody
        ? html`<h4>Body, ${type}${requestBody.required ? '' : ', optional'}</h4>
            ${fieldTable(schema)}`
        : ''
    }
    <h4>Answers</h4>
    <dl class="facts">${Object.entries(responses).map(([status, response]) => answer(status, response))}</dl>
    <details>
      <summary>curl</summary>
      <pre><code>${curlOf(verb, path, operation, origin)}</code></pre>
    </details>
  </article>`
}

/** `GET`, in its colour */
export function verbMark(verb: string): Html {
  return html`<span class="verb ${verb}">${verb.toUpperCase()}</span>`
}

function parameterTable(parameters: Operation['parameters']): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Parameter</th>
        <th scope="col">In</th>
        <th scope="col">Type</th>
        <th scope="col">What it is</th>
      </tr>
    </thead>
    <tbody>
      ${parameters.map(
        ({ name, in: where, required, schema, description }) =>
          html`<tr>
            <td><code>${name}</code></td>
            <td>${where}</td>
            <td>${typeOf(schema)}${required ? '' : ', optional'}</td>
            <td>${whatIs({ ...schema, description })}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function answer(status: string, { description, content = {} }: Operation['responses'][string]): Html {
  const kinds = Object.entries(content)
  const [[, { schema }] = ['', { schema: {} }]] = kinds
  const shown = kinds.some(([type]) => type === 'application/json')
    ? typeOf(schema)
    : html`${kinds.map(([type]) => type).join(' or ')}`
  return html`<div>
    <dt>${status}</dt>
    <dd>${shown} ${description} ${inline(schema)}</dd>
  </div>`
}

/** An object without a name is told here. */
function inline(schema: JsonSchema): Html | undefined {
  return schema['$ref'] === undefined ? fieldTable(schema) : undefined
}

/** Shown in the place of what only the reader knows. */
const SAMPLES: Record<string, string> = {
  task_id: 'k7f2',
  workflow_id: '$WORKFLOW_ID',
  upload_id: '$UPLOAD_ID',
  api_key: '$DIFY_API_KEY',
  row: '2',
}
const FILES = new Set(['download', 'template'])

/** A command to try a route with, as far as it can be written without knowing anything. */
export function curlOf(verb: string, path: string, operation: Operation, origin: string): string {
  const url = `${origin}${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? name)}`
  const { content = {} } = operation.requestBody ?? {}
  const json = content['application/json']?.schema
  const last = path.split('/').at(-1) ?? ''
  return [
    'curl',
    ...(verb === 'get' ? [] : [`-X ${verb.toUpperCase()}`]),
    ...(last === 'events' ? ['-N'] : FILES.has(last) ? ['-OJ'] : []),
    '-H "Authorization: Bearer $ROWBOT_TOKEN"',
    ...(last === 'execute' ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(content['multipart/form-data'] ? ['-F file=@products.xlsx'] : []),
    ...(json && operation.requestBody?.required ? [`--json "${sample(json)}"`] : []),
    `"${url}"`,
  ].join(' ')
}

/** What must be there, and where nothing must, what may. Quoted for the shell, so that its variables are filled in. */
function sample({ required, properties }: Record<string, unknown>): string {
  const names = Array.isArray(required) ? required.map(String) : Object.keys(properties ?? {}).slice(0, 1)
  const fields = names.map(
    (name) => `\\"${name}\\":${SAMPLES[name] === undefined ? 'true' : `\\"${SAMPLES[name]}\\"`}`,
  )
  return `{${fields.join(',')}}`
}
