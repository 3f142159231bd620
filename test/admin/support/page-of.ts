/** What a person finds on a page: its forms with what they would send, and every element for a closer look. */
export interface Page {
  html: string
  forms: Form[]
  elements: { tag: string; attributes: [string, string][] }[]
}

export interface Form {
  action: string
  isMultipart: boolean
  fields: Record<string, string>
  selects: { name: string; options: { value: string; label: string; isSelected: boolean }[] }[]
  buttons: { name: string; value: string; label: string }[]
}

export function pageOf(html: string): Page {
  const page: Page = { html, forms: [], elements: [] }
  const form = () => page.forms.at(-1)
  new HTMLRewriter()
    .on('*', {
      element(element) {
        page.elements.push({ tag: element.tagName, attributes: [...element.attributes].map(pair) })
      },
    })
    .on('form', {
      element(element) {
        page.forms.push({
          action: plain(element.getAttribute('action')),
          isMultipart: element.getAttribute('enctype') === 'multipart/form-data',
          fields: {},
          selects: [],
          buttons: [],
        })
      },
    })
    .on('form input', {
      element(element) {
        const name = plain(element.getAttribute('name'))
        const current = form()
        if (current && element.getAttribute('type') !== 'file')
          current.fields[name] = plain(element.getAttribute('value'))
      },
    })
    .on('form select', {
      element(element) {
        form()?.selects.push({ name: plain(element.getAttribute('name')), options: [] })
      },
    })
    .on('form option', {
      element(element) {
        const select = form()?.selects.at(-1)
        const isSelected = element.hasAttribute('selected')
        const value = plain(element.getAttribute('value'))
        select?.options.push({ value, label: '', isSelected })
        const current = form()
        if (isSelected && current && select) current.fields[select.name] = value
      },
      text({ text }) {
        const option = form()?.selects.at(-1)?.options.at(-1)
        if (option) option.label += text
      },
    })
    .on('form button', {
      element(element) {
        const [name, value] = ['name', 'value'].map((one) => plain(element.getAttribute(one)))
        form()?.buttons.push({ name: name ?? '', value: value ?? '', label: '' })
      },
      text({ text }) {
        const button = form()?.buttons.at(-1)
        if (button) button.label += text
      },
    })
    .transform(html)
  for (const { buttons, selects } of page.forms)
    for (const labelled of [...buttons, ...selects.flatMap(({ options }) => options)])
      labelled.label = plain(labelled.label).replaceAll(/\s+/g, ' ').trim()
  return page
}

/** The words of a page, without its markup. */
export function textOf(html: string): string {
  const [, main = html] = /<main[^>]*>([^]*)<\/main>/.exec(html) ?? []
  return plain(main.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '))
}

function pair(attribute: string[]): [string, string] {
  return [attribute[0] ?? '', attribute[1] ?? '']
}

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
  '&#96;': '`',
}

function plain(text: string | null): string {
  return (text ?? '').replaceAll(/&(?:amp|lt|gt|quot|#x27|#39|#96);/g, (entity) => ENTITIES[entity] ?? entity)
}
