/** Bot tokens, and the tokens of interactions, which stand in addresses: both act for the bot. */
export function redacted(text: string): string {
  return text
    .replace(/[\w-]{24,}\.[\w-]{6}\.[\w-]{27,}/g, '…')
    .replace(/(\/(?:interactions|webhooks)\/\d+\/)[^/\s?"]+/g, '$1…')
}
