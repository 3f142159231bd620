import { join } from 'node:path'
import { generatedPages } from './docs/pages.ts'

/** `bun run docs`: writes anew what docs/ has from the code (settings, commands), and prints which pages have changed. */
const ROOT = join(import.meta.dir, '..')
let written = 0
for (const { path, text } of await generatedPages(ROOT)) {
  const file = Bun.file(join(ROOT, path))
  if ((await file.text()) === text) continue
  await file.write(text)
  console.log(`Written: ${path}`)
  written += 1
}
if (written === 0) console.log('The pages are up to date.')
