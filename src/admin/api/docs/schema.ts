import { type Html, html, joined } from '../../view/html.ts'

/** A JSON schema, as much of it as is shown. */
export type JsonSchema = Record<string, unknown>

const REF = '#/components/schemas/'

/** What an object has, one line each. Undefined: it is none, or has nothing. */
export function fieldTable(schema: JsonSchema): Html | undefined {
  const { properties, required } = schema
  if (typeof properties !== 'object' || properties === null) return undefined
  const needed = new Set(Array.isArray(required) ? required : [])
  // `as`: of a schema, each property is one.
  const fields = Object.entries(properties as Record<string, JsonSchema>)
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">Type</th>
        <th scope="col">What it is</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ([name, field]) =>
          html`<tr>
            <td><code>${name}</code></td>
            <td>${typeOf(field)}${needed.has(name) ? '' : ', optional'}</td>
            <td>${whatIs(field)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** What is said of it, and what it is when it is not given. */
export function whatIs({ description, default: usual }: JsonSchema): Html {
  const said = [
    ...(typeof description === 'string' ? [html`${description}`] : []),
    ...(usual === undefined ? [] : [html`default <code>${JSON.stringify(usual)}</code>`]),
  ]
  return html`${joined(said, '; ')}`
}

/** `integer 1–10`, `one of pending, running`, `list of Task` with a link to it. */
export function typeOf(schema: JsonSchema): Html {
  const { $ref, anyOf, enum: words, const: only, items, additionalProperties } = schema
  if (typeof $ref === 'string') return linkTo($ref.replace(REF, ''))
  if (Array.isArray(anyOf)) return html`${joined(anyOf.map(typeOf), ' or ')}`
  if (Array.isArray(words))
    return html`${joined(
      words.map((word) => html`<code>${String(word)}</code>`),
      ', ',
    )}`
  if (only !== undefined) return html`<code>${JSON.stringify(only)}</code>`
  const types = [schema['type']].flat()
  const isNull = types.includes('null') ? ' or null' : ''
  const type = types.find((one) => one !== 'null')
  // `as`: of an array’s and a record’s schema these are schemas.
  if (type === 'array') return html`list of ${typeOf(items as JsonSchema)}${isNull}`
  if (type === 'object' && typeof additionalProperties === 'object')
    return html`object of ${typeOf(additionalProperties as JsonSchema)}${isNull}`
  if (schema['format'] === 'binary') return html`file`
  return html`${typeof type === 'string' ? type : 'anything'}${rangeOf(schema)}${isNull}`
}

function linkTo(name: string): Html {
  return html`<a href="#schema-${name}">${name}</a>`
}

/** Not those of the machine: 9007199254740991 tells a person nothing. */
function rangeOf({ minimum, maximum }: JsonSchema): string {
  const from = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? String(minimum) : ''
  const to = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? String(maximum) : ''
  if (from === '' && to === '') return ''
  return to === '' ? ` from ${from}` : ` ${from}–${to}`
}
