/** What a page is made of, as a browser would find it: hostile text must be text, never one of these. */
export async function elementsOf(
  response: Response,
): Promise<{ tags: Set<string>; attributes: Set<string>; text: string }> {
  const tags = new Set<string>()
  const attributes = new Set<string>()
  let text = ''
  const rewritten = new HTMLRewriter()
    .on('*', {
      element(element) {
        tags.add(element.tagName)
        for (const [name] of element.attributes) attributes.add(name)
      },
      text(chunk) {
        text += chunk.text
      },
    })
    .transform(response)
  await rewritten.text()
  return { tags, attributes, text: decoded(text) }
}

function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll(/&#0?39;|&#x27;/g, "'")
    .replaceAll('&amp;', '&')
}
