import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'

/** A quarter of each side, in grey: a moved or missing part shows, another digit does not. */
const SCALE = 0.25
/** A point has changed by so much of 255, and so many of 1,000 points may. */
const POINT = 48
const PER_MILLE = 8

/** Pictures of screens that are kept with the tests, small and grey, and what looks otherwise now. */
export class Looks {
  /** the names of screens that look otherwise, with how much of them does */
  readonly changed: string[] = []

  private constructor(
    private readonly folder: string,
    /** an empty page in which pictures are compared */
    private readonly table: Page,
    /** false: the pictures were made by another browser or with other fonts, which nothing can be said of */
    private readonly isComparable: boolean,
    private readonly isWriting: boolean,
  ) {}

  static async open(context: BrowserContext, folder: string): Promise<Looks> {
    const madeWith = `Chromium ${context.browser()?.version()}, fonts ${fontsHere()}\n`
    const note = Bun.file(join(folder, 'made-with.txt'))
    const isWriting = process.env['LOOKS'] === 'write'
    mkdirSync(folder, { recursive: true })
    if (isWriting) await note.write(madeWith)
    const isComparable = (await note.exists()) && (await note.text()) === madeWith
    return new Looks(folder, await context.newPage(), isComparable, isWriting)
  }

  async compare(page: Page, name: string): Promise<void> {
    if (!this.isComparable) return
    await page.evaluate(IN_PAGE)
    await page.evaluate('looks.hideTimes()')
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide' })
    const now = await this.#small(png)
    const path = join(this.folder, `${name}.png`)
    if (this.isWriting) {
      await Bun.write(path, Buffer.from(now, 'base64'))
      return
    }
    const kept = existsSync(path) ? Buffer.from(await Bun.file(path).bytes()).toString('base64') : undefined
    const differs = kept === undefined ? 1_000 : await this.#difference(kept, now)
    if (differs > PER_MILLE) this.changed.push(`${name}: ${differs} of 1,000 points`)
  }

  /** Sentences about what reaches beyond the window. */
  async tooWide(page: Page): Promise<string[]> {
    await page.evaluate(IN_PAGE)
    return page.evaluate<string[]>('looks.tooWide()')
  }

  async #small(png: Buffer): Promise<string> {
    await this.table.evaluate(IN_PAGE)
    return this.table.evaluate<string>(`looks.small(${JSON.stringify(png.toString('base64'))}, ${SCALE})`)
  }

  #difference(one: string, other: string): Promise<number> {
    return this.table.evaluate<number>(
      `looks.difference(${JSON.stringify(one)}, ${JSON.stringify(other)}, ${POINT})`,
    )
  }
}

/** What a page looks like depends on all fonts that are installed. */
function fontsHere(): string {
  const listed = Bun.spawnSync(['sh', '-c', 'fc-list : family style | sort'], { env: process.env })
  return createHash('sha256').update(listed.stdout).digest('hex').slice(0, 12)
}

const IN_PAGE = readFileSync(join(import.meta.dir, 'looks-in-page.js'), 'utf8')
