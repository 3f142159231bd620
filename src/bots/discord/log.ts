/** Removes bot tokens, and the tokens of interactions, which are part of URLs: both can act as the bot. */
export function redacted(text: string): string {
  return text
    .replace(/[\w-]{24,}\.[\w-]{6}\.[\w-]{27,}/g, '…')
    .replace(/(\/(?:interactions|webhooks)\/\d+\/)[^/\s?"]+/g, '$1…')
}
