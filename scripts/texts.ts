import { join } from 'node:path'
import { chineseOfTaiwan } from './zh-tw/files.ts'

/** `bun run texts`: writes the Chinese of Taiwan anew, after the simplified Chinese has changed, and prints which files. */
const ROOT = join(import.meta.dir, '..')
let written = 0
for (const { path, text } of await chineseOfTaiwan(ROOT)) {
  const file = Bun.file(join(ROOT, path))
  if ((await file.exists()) && (await file.text()) === text) continue
  await file.write(text)
  console.log(`Written: ${path}`)
  written += 1
}
if (written === 0) console.log('The Chinese of Taiwan is up to date.')
