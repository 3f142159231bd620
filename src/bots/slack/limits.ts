/** Limits beyond which Slack refuses a whole message, form or home tab. Texts are clipped to them, ids never. */
export const SLACK_LIMITS = {
  /** https://slack.com/help/articles/201330736: 1 GB; a workspace may take less, and then refuses */
  fileBytes: 1_000_000_000,
  /** https://docs.slack.dev/reference/block-kit/blocks */
  blocksInMessage: 50,
  blocksInView: 100,
  /** of all texts in the blocks of a message together; measured, not documented: beyond about 13,200 it is refused */
  blocksChars: 12_500,
  /** https://docs.slack.dev/reference/methods/chat.postMessage: longer texts are cut off */
  messageTextChars: 4_000,
  /** https://docs.slack.dev/reference/block-kit/blocks/header-block */
  headerChars: 150,
  /** https://docs.slack.dev/reference/block-kit/blocks/actions-block */
  actionsElements: 25,
  /** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
  buttonTextChars: 75,
  buttonUrlChars: 3_000,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
  optionChars: 75,
  /** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element */
  options: 100,
  placeholderChars: 150,
  /** https://docs.slack.dev/reference/block-kit/blocks/table-block */
  tableRows: 100,
  tableColumns: 20,
  tableChars: 10_000,
  /** for block_id, action_id and callback_id */
  idChars: 255,
  /** https://docs.slack.dev/reference/views/modal-views */
  viewTitleChars: 24,
  privateMetadataChars: 3_000,
  /** https://docs.slack.dev/reference/block-kit/blocks/input-block */
  inputLabelChars: 2_000,
  inputHintChars: 2_000,
  /** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
  plainTextInputChars: 3_000,
} as const

/** As much of a text as fits, with an ellipsis at the cut. Never cuts a surrogate pair in two. */
export function clip(text: string, chars: number): string {
  if (text.length <= chars) return text
  const start = text.slice(0, chars - 1)
  return `${start.replace(/[\uD800-\uDBFF]$/, '')}…`
}
