/*
 * What Slack takes, as JSON Schema: only the blocks that we send, each with no property more than Slack knows, and with
 * Slack's own numbers (docs.slack.dev/reference/block-kit), not ours. Slack refuses a whole message for one mistake.
 */

const object = (properties: object, optional: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
})
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength })
const plain = (maxLength: number) =>
  object({ type: { const: 'plain_text' }, text: text(maxLength) }, { emoji: { type: 'boolean' } })
const list = (items: object, maxItems: number) => ({ type: 'array', minItems: 1, maxItems, items })
const id = text(255)

const style = object({}, { bold: { type: 'boolean' }, code: { type: 'boolean' } })
const richText = {
  anyOf: [
    object({ type: { const: 'text' }, text: text(4_000) }, { style }),
    object({
      type: { const: 'date' },
      timestamp: { type: 'integer', minimum: 1 },
      format: { type: 'string', minLength: 1 },
      fallback: { type: 'string', minLength: 1 },
    }),
    object({ type: { const: 'user' }, user_id: { type: 'string', pattern: '^[UW][A-Z0-9]+$' } }),
    object({ type: { const: 'link' }, url: text(3_000) }, { text: text(3_000) }),
  ],
}
const option = object({ text: plain(75), value: text(150) }, { description: plain(75) })
const button = {
  anyOf: [
    object(
      { type: { const: 'button' }, action_id: id, text: plain(75) },
      { style: { enum: ['primary', 'danger'] } },
    ),
    object({ type: { const: 'button' }, action_id: id, text: plain(75), url: text(3_000) }),
  ],
}
const menu = { action_id: id, placeholder: plain(150) }
const groups = list(object({ label: plain(75), options: list(option, 100) }), 100)
const select = {
  anyOf: [
    object(
      { type: { const: 'static_select' }, ...menu, options: list(option, 100) },
      { initial_option: option },
    ),
    object({ type: { const: 'static_select' }, ...menu, option_groups: groups }, { initial_option: option }),
    object(
      { type: { const: 'external_select' }, ...menu },
      { initial_option: option, min_query_length: { type: 'integer', minimum: 0 } },
    ),
  ],
}
/** The answer to a block_suggestion. */
export const SUGGESTIONS = {
  anyOf: [
    object({ options: { type: 'array', maxItems: 100, items: option } }),
    object({ option_groups: groups }),
  ],
}
const input = {
  anyOf: [
    object(
      { type: { const: 'static_select' }, action_id: id, options: list(option, 100) },
      { initial_option: option },
    ),
    object(
      { type: { const: 'plain_text_input' }, action_id: id },
      {
        initial_value: text(3_000),
        max_length: { type: 'integer', minimum: 1, maximum: 3_000 },
        multiline: { type: 'boolean' },
      },
    ),
    object({
      type: { const: 'file_input' },
      action_id: id,
      max_files: { type: 'integer', minimum: 1, maximum: 10 },
    }),
  ],
}

const header = object({ type: { const: 'header' }, text: plain(150) })
const rich = object({
  type: { const: 'rich_text' },
  elements: list(
    {
      anyOf: [
        object({ type: { const: 'rich_text_section' }, elements: list(richText, 1_000) }),
        object({ type: { const: 'rich_text_preformatted' }, elements: list(richText, 1_000) }),
      ],
    },
    100,
  ),
})
const actions = object({
  type: { const: 'actions' },
  block_id: id,
  elements: list({ anyOf: [button, select] }, 25),
})
const cell = object({ type: { const: 'raw_text' }, text: text(10_000) })
const table = object(
  { type: { const: 'table' }, rows: list(list(cell, 20), 100) },
  { column_settings: list(object({}, { is_wrapped: { type: 'boolean' } }), 20) },
)
const inputBlock = object(
  { type: { const: 'input' }, block_id: id, label: plain(2_000), element: input },
  { hint: plain(2_000), optional: { type: 'boolean' } },
)

export const MESSAGE_BLOCKS = {
  type: 'array',
  maxItems: 50,
  items: { anyOf: [header, rich, actions, table] },
}
export const HOME_VIEW = object({
  type: { const: 'home' },
  blocks: { type: 'array', maxItems: 100, items: { anyOf: [header, rich, actions] } },
})
export const MODAL_VIEW = object({
  type: { const: 'modal' },
  callback_id: id,
  private_metadata: { type: 'string', maxLength: 3_000 },
  title: plain(24),
  submit: plain(24),
  blocks: list(inputBlock, 100),
})
