import { expect, test } from 'bun:test'
import { SaxesParser } from 'saxes'
import { FileRefusal } from '../../../src/workbook/read/refusal.ts'
import { attribute, attributes, XmlReader } from '../../../src/workbook/read/xml.ts'
import { random } from '../../support/random.ts'

const SAMPLE =
  '<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- a > b --><r:root xmlns:r="u" a="1 > 0" b=\'"q"\'>\r\n' +
  'x &lt;&amp;&#65;&#x4e2d; y<![CDATA[<not a="tag">]]><r:empty/><r:one k="v" />😀<r:two  k = "&quot;v&quot;">t</r:two ></r:root>\n'

test('a document reads the same as with a general parser, however it is cut into pieces', () => {
  const whole = saxesEvents(SAMPLE)
  for (let size = 1; size <= SAMPLE.length; size++) {
    const pieces = Array.from({ length: Math.ceil(SAMPLE.length / size) }, (_, i) =>
      SAMPLE.slice(i * size, (i + 1) * size),
    )
    expect(ourEvents(pieces)).toEqual(whole)
  }
})

test('a damaged document that both take has the same text in both', () => {
  const next = random(7)
  let compared = 0
  const letters = '<>&"\'/!?=; a1[]'
  for (let i = 0; i < 3000; i++) {
    const at = next(SAMPLE.length)
    const damaged = SAMPLE.slice(0, at) + letters[next(letters.length)] + SAMPLE.slice(at + next(2))
    const theirs = attempt(() => saxesEvents(damaged))
    const ours = attempt(() => ourEvents([damaged]))
    // What we take and they do not is markup that nobody looks at: an odd attribute, a name, a comment.
    if (!theirs || !ours) continue
    expect(textOf(ours)).toBe(textOf(theirs))
    compared++
  }
  expect(compared).toBeGreaterThan(500)
})

test('an attribute is found alone as among all', () => {
  const tags = [
    ' r="A1" s="3" t="s"',
    ` t='s'  r = "A1"`,
    ' rr="no" r="A1"',
    ' a="r=" r="A1"',
    ' x:r="no" r="A1"',
  ]
  for (const tag of tags) {
    expect(attribute(tag, 'r')).toBe('A1')
    expect(attributes(tag)['r']).toBe('A1')
  }
  expect(attribute(' s="1"', 'r')).toBeUndefined()
})

/** Text joined, so that where it was cut does not matter. */
function ourEvents(pieces: string[]): string[] {
  const events: string[] = []
  const reader = new XmlReader({
    open: (name, source) => events.push(`<${name} ${JSON.stringify(Object.entries(attributes(source)))}`),
    text: (text) => addText(events, text),
    close: (name) => events.push(`>${name}`),
  })
  for (const piece of pieces) reader.write(piece)
  reader.end()
  return events
}

function saxesEvents(source: string): string[] {
  const events: string[] = []
  const parser = new SaxesParser({ xmlns: false, position: false })
  const local = (name: string) => name.replace(/^r:/, '')
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) =>
    events.push(`<${local(name)} ${JSON.stringify(Object.entries(attributes))}`),
  )
  let depth = 0
  parser.on('opentagstart', () => depth++)
  parser.on('text', (text) => depth > 0 && addText(events, text))
  parser.on('cdata', (text) => addText(events, text))
  parser.on('closetag', ({ name }) => {
    depth--
    events.push(`>${local(name)}`)
  })
  parser.write(source).close()
  return events
}

function addText(events: string[], text: string): void {
  if (events.at(-1)?.startsWith('"')) events.push(`"${(events.pop() ?? '').slice(1)}${text}`)
  else events.push(`"${text}`)
}

function textOf(events: string[]): string {
  return events.filter((event) => event.startsWith('"')).join('')
}

function attempt(read: () => string[]): string[] | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof FileRefusal || (error instanceof Error && error.name === 'Error')) return undefined
    throw error
  }
}
