import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { compile } from './build/compile.ts'
import { targetHere, TARGETS } from './build/targets.ts'

/**
 * `bun run build [TARGET…]`: makes the executables in `dist`, all or those named (`linux-x64`; `here`: for this machine), and `SHA256SUMS` of what
 * it has made. Runtimes for other machines than this one are fetched by Bun from npm, once.
 */
const DIST = join(import.meta.dir, '../dist')

const wanted = process.argv.slice(2).map((name) => (name === 'here' ? (targetHere()?.name ?? name) : name))
const unknown = wanted.filter((name) => !TARGETS.some((target) => target.name === name))
if (unknown.length > 0) {
  console.error(
    `No target is called ${unknown.join(', ')}. There are ${TARGETS.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(1)
}
await mkdir(DIST, { recursive: true })
const sums: string[] = []
for (const target of TARGETS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const path = await compile(target, DIST)
  const file = Bun.file(path)
  sums.push(
    `${createHash('sha256')
      .update(await file.bytes())
      .digest('hex')}  ${basename(path)}`,
  )
  console.log(`dist/${basename(path)}  ${Math.round(file.size / 1e6)} MB`)
}
await Bun.write(join(DIST, 'SHA256SUMS'), `${sums.join('\n')}\n`)
