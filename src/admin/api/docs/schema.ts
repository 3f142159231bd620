import { type Html, html, joined } from '../../view/html.ts'

/** The part of a JSON schema that the docs show. */
export type JsonSchema = Record<string, unknown>

const REF = '#/components/schemas/'

/** An object’s fields, one a line. Undefined: it is not an object, or has no fields. */
export function fieldTable(schema: JsonSchema): Html | undefined {
  const { properties, required } = schema
  if (typeof properties !== 'object' || properties === null) return undefined
  const needed = new Set(Array.isArray(required) ? required : [])
  // `as`: every property of a schema is a schema.
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

/** A field’s description, and its default. */
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
  // `as`: `items` and `additionalProperties` of a schema are schemas.
  if (type === 'array') return html`list of ${typeOf(items as JsonSchema)}${isNull}`
  if (type === 'object' && typeof additionalProperties === 'object')
    return html`object of ${typeOf(additionalProperties as JsonSchema)}${isNull}`
  if (schema['format'] === 'binary') return html`file`
  return html`${typeof type === 'string' ? type : 'anything'}${rangeOf(schema)}${isNull}`
}

function linkTo(name: string): Html {
  return html`<a href="#schema-${name}">${name}</a>`
}

/** Without the limits of JavaScript’s numbers: 9007199254740991 means nothing to a person. */
function rangeOf({ minimum, maximum }: JsonSchema): string {
  const from = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? String(minimum) : ''
  const to = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? String(maximum) : ''
  if (from === '' && to === '') return ''
  return to === '' ? ` from ${from}` : ` ${from}–${to}`
}
