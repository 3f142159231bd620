/** What the tests of the docs read of a page in Markdown. */
export interface MarkdownPage {
  /** where headings can be linked to, as GitHub names them */
  anchors: Set<string>
  /** targets of links and pictures, in order */
  links: string[]
  /** lines of blocks of code */
  lines: string[]
  /** pieces of code in a text */
  spans: string[]
}

export function readMarkdown(text: string): MarkdownPage {
  const blocks: string[] = []
  const prose = text.replaceAll(/^ *```.*\n([\s\S]*?)^ *```/gm, (_, block: string) => {
    blocks.push(...withoutBreaks(block).split('\n'))
    return ''
  })
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll(/\s+/g, ' '))
  const plain = prose.replaceAll(/`[^`]*`/g, '')
  const links = [
    ...[...plain.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
    ...[...plain.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, target = '']) => target),
  ]
  return { anchors: anchorsOf(prose), links, lines: blocks.map((line) => line.trim()), spans }
}

/** A command may go on in the next line. */
function withoutBreaks(block: string): string {
  return block.replaceAll(/\\\n\s*/g, '')
}

function anchorsOf(prose: string): Set<string> {
  const anchors = new Set<string>()
  const seen = new Map<string, number>()
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} (.*)$/gm)) {
    const slug = slugOf(heading)
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    anchors.add(times === 0 ? slug : `${slug}-${times}`)
  }
  return anchors
}

function slugOf(heading: string): string {
  const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim()
  return shown
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-')
}
