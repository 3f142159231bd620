import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const About = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().default('its package does not say'),
  dependencies: z.record(z.string(), z.string()).default({}),
})

/**
 * The licences of everything that is inside an executable: those of Rowbot, Bun and each package that Rowbot runs with,
 * with their texts, which most of them ask for where they are passed on.
 */
export async function licencesOf(root: string): Promise<string> {
  const parts = [
    `Rowbot\n\n${await Bun.file(join(root, 'LICENSE')).text()}`,
    `Bun ${Bun.version}\n\nMIT, with parts under other licences, JavaScriptCore (LGPL-2) among them:\nhttps://github.com/oven-sh/bun/blob/main/LICENSE.md\n`,
  ]
  const folders = [...(await packagesOf(root))].filter((folder) => folder !== root)
  for (const folder of folders.toSorted()) {
    const { name, version, license } = await aboutOf(folder)
    parts.push(`${name} ${version} (${license})\n\n${await textIn(folder)}`)
  }
  return parts.map((part) => `${part.trim()}\n`).join(`\n${'-'.repeat(80)}\n\n`)
}

/** The folders of a package and of all that it depends on, as they are installed. */
async function packagesOf(folder: string, found = new Set<string>()): Promise<Set<string>> {
  if (found.has(folder)) return found
  found.add(folder)
  for (const name of Object.keys((await aboutOf(folder)).dependencies)) {
    const place = placeOf(name, folder)
    if (place) await packagesOf(place, found)
  }
  return found
}

/** Beside the package or above it, as it is resolved when it runs. */
function placeOf(name: string, from: string): string | undefined {
  const place = join(from, 'node_modules', name)
  if (existsSync(join(place, 'package.json'))) return place
  return dirname(from) === from ? undefined : placeOf(name, dirname(from))
}

async function aboutOf(folder: string) {
  return About.parse(await Bun.file(join(folder, 'package.json')).json())
}

async function textIn(folder: string): Promise<string> {
  const names = (await readdir(folder))
    .filter((name) => /^(?:licen[sc]e|copying|notice)/i.test(name))
    .toSorted()
  const texts = await Promise.all(names.map((name) => Bun.file(join(folder, name)).text()))
  return texts.length > 0 ? texts.join('\n') : 'Its package has no text of the licence.'
}
