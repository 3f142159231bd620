/** What a browser makes of an answer: elements by name, attributes, and the text that is read. */
export interface Shown {
  text: string
  elements: { name: string; attributes: Record<string, string> }[]
}

export async function shownOf(response: Response): Promise<Shown> {
  const elements: Shown['elements'] = []
  let text = ''
  await new HTMLRewriter()
    .on('*', {
      element({ tagName, attributes }) {
        elements.push({ name: tagName, attributes: Object.fromEntries(attributes) })
      },
    })
    .onDocument({
      text(chunk) {
        text += chunk.text
      },
    })
    .transform(response)
    .text()
  return { text: decoded(text).replaceAll(/\s+/g, ' '), elements }
}

/** The parser hands text on as it was written. */
function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&')
}
