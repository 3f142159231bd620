import { join } from 'node:path'
import { mapLiterals } from './literals.ts'
import { taiwanese } from './taiwan.ts'

/** Of these every file has a file of the same name in the sister folder. */
const FROM = 'src/messages/texts/zh'
const TO = 'src/messages/texts/zh-tw'
/** In these, constants named `zh` or `…_ZH`, if any, are followed by the same in the Chinese of Taiwan. */
const WITH_TWINS = 'src/bots/**/*.ts'

export interface TextFile {
  /** below the project’s folder */
  path: string
  text: string
}

/** All source files with Chinese of Taiwan, as they must be for the simplified Chinese as it is now. */
export async function chineseOfTaiwan(root: string): Promise<TextFile[]> {
  const made: TextFile[] = []
  for await (const name of new Bun.Glob('*.ts').scan(join(root, FROM))) {
    const source = await Bun.file(join(root, FROM, name)).text()
    made.push({ path: `${TO}/${name}`, text: sisterOf(name, source) })
  }
  for await (const path of new Bun.Glob(WITH_TWINS).scan(root)) {
    const text = withTwins(await Bun.file(join(root, path)).text())
    if (text.includes(MARK)) made.push({ path, text })
  }
  return made.toSorted((a, b) => a.path.localeCompare(b.path))
}

function sisterOf(name: string, source: string): string {
  const types = [...source.matchAll(TYPE)].map(([, type = '']) => type)
  const rest = source.replaceAll(TYPE, '')
  const used = types.filter((type) => new RegExp(String.raw`\b${type}\b`).test(rest))
  const imports = used.length > 0 ? `import type { ${used.join(', ')} } from '../zh/${name}'\n` : ''
  return `// Written by “bun run texts” from ../zh/${name}: change that file, or scripts/zh-tw/words.ts.\n${imports}${mapLiterals(rest, taiwanese)}`
}

/** A type is defined once, in the simplified file. */
const TYPE = /(?:\/\*\* .*\*\/\n)?(?:export )?(?:interface|type) (\w+) (?:= .*|\{\n[^]*?\n\})\n\n?/g

export function withTwins(source: string): string {
  const without = source.replaceAll(TWIN, '')
  return without.replaceAll(ORIGINAL, (original) => {
    const renamed = original.replace(/^const zh\b/, 'const zhTw').replace(/^(const \w+_ZH)\b/, '$1_TW')
    return `${original}\n${MARK}\n${mapLiterals(renamed, taiwanese)}`
  })
}

/** The formatter leaves twins alone, as their lines are longer or shorter than the originals’. */
const MARK = '// oxfmt-ignore: written by “bun run texts” from the constant above'
const ORIGINAL = /^const (?:zh|\w+_ZH)\b.* = \{\n[^]*?\n\}.*\n/gm
const TWIN = /^\/\/ oxfmt-ignore: written by “bun run texts”.*\nconst .* = \{\n[^]*?\n\}.*\n\n?/gm
