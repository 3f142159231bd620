import { join } from 'node:path'
import { commandsHere, commandsThere } from './commands.ts'
import { settingsByTopic } from './settings.ts'

const BEGIN = (name: string) => `<!-- ${name}: written by “bun run docs” -->`
const END = (name: string) => `<!-- end of ${name} -->`

/** Pages with a part that is made from the code, between two comments that name it. The rest is written by hand. */
const PAGES = [
  { path: 'docs/settings.md', parts: { settings: settingsByTopic } },
  { path: 'docs/cli.md', parts: { commands: commandsHere, 'commands elsewhere': commandsThere } },
]

/** The pages as they should be now. */
export async function generatedPages(root: string): Promise<{ path: string; text: string }[]> {
  return Promise.all(
    PAGES.map(async ({ path, parts }) => {
      const before = await Bun.file(join(root, path)).text()
      const text = Object.entries(parts).reduce((page, [name, made]) => withPart(page, name, made()), before)
      return { path, text }
    }),
  )
}

/** @throws Error if the page has no place for it: it would be lost without a word */
export function withPart(page: string, name: string, text: string): string {
  const begin = page.indexOf(BEGIN(name))
  const end = page.indexOf(END(name))
  if (begin < 0 || end < begin) throw new Error(`The page has no ${BEGIN(name)} … ${END(name)}`)
  return `${page.slice(0, begin)}${BEGIN(name)}\n\n${text.trim()}\n\n${page.slice(end)}`
}
