/*
 * Compares reading, checking and writing with exceljs as its README shows it (the workbook in memory) and with its
 * streaming reader. Every case runs in its own process, so that memory is measured separately: `bun run bench
 * workbook`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CASES, cellsOf, HEADINGS, makeInput } from './workbook/cases.ts'
import { KINDS, makeKind } from './workbook/kinds.ts'

const SIZES = [1_000, 10_000, 100_000]
const READERS = ['read-rowbot', 'read-exceljs', 'read-exceljs-stream'] as const
const WRITERS = ['write-rowbot', 'write-own', 'write-exceljs'] as const

/** Rows with an answer of 5 MB each: what counts is memory, not time. */
const LARGE_ROWS = 240

const TICK_MS = 5

/** What a case measures in its process. */
export interface Measure {
  milliseconds: number
  peakMegabytes: number
  /** the longest time that the main thread was blocked */
  stallMilliseconds: number
  rows: number
}

/** Prints a table of every case and size, relative to exceljs in memory, and to SheetJS for the formats that exceljs does not read. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-bench-'))
  try {
    for (const rows of SIZES) await makeInput(join(folder, `${rows}.xlsx`), rows)
    table('read and check', READERS, 'read-exceljs', folder)
    await kindsTable(folder)
    table('write', WRITERS, 'write-exceljs', folder)
    for (const [name, what] of [
      ['write-rowbot-large', 'a new workbook'],
      ['write-own-large', 'the person’s own'],
    ] as const) {
      const large = measure(name, join(folder, name), LARGE_ROWS)
      console.log(`\nwrite ${LARGE_ROWS} answers of 5 MB into ${what}: ${large.peakMegabytes} MB at the peak`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function table(title: string, cases: readonly string[], base: string, folder: string): void {
  console.log(heading(`${title}, 8 columns`))
  for (const rows of SIZES) {
    const input = join(folder, `${rows}.xlsx`)
    const measures = new Map(cases.map((name) => [name, measure(name, input, rows)] as const))
    for (const [name, found] of measures) console.log(line(name, found, measures.get(base)))
  }
}

/** The other formats beside SheetJS, which reads them all, and does not check them. */
async function kindsTable(folder: string): Promise<void> {
  console.log(heading('read and check, others'))
  for (const kind of KINDS) {
    const input = await makeKind(folder, kind, cellsOf, HEADINGS)
    const alone = measure('read-sheetjs', input, kind.rows)
    console.log(line(`read-rowbot .${kind.extension}`, measure('read-rowbot', input, kind.rows), alone))
    console.log(line(`read-sheetjs .${kind.extension}`, alone, alone))
  }
}

function heading(title: string): string {
  return `\n${title.padEnd(24)}       rows        ms   peak MB   stall ms     time   memory`
}

function measure(name: string, input: string, rows: number): Measure {
  const run = Bun.spawnSync([process.execPath, import.meta.path, name, input, String(rows)], {
    stderr: 'inherit',
  })
  if (!run.success) throw new Error(`${name} of ${rows} rows failed`)
  return JSON.parse(run.stdout.toString()) as Measure // `as`: this file prints it below
}

function line(name: string, found: Measure, base: Measure | undefined): string {
  const ratio = (part: number, whole: number | undefined) =>
    `${(part / (whole || 1)).toFixed(2)} ×`.padStart(8)
  return [
    name.padEnd(24),
    found.rows.toLocaleString('en').padStart(10),
    found.milliseconds.toLocaleString('en').padStart(9),
    String(found.peakMegabytes).padStart(9),
    String(found.stallMilliseconds).padStart(10),
    ratio(found.milliseconds, base?.milliseconds),
    ratio(found.peakMegabytes, base?.peakMegabytes),
  ].join(' ')
}

if (import.meta.main) {
  const [name, input, rows] = process.argv.slice(2)
  const found = CASES.find((known) => known.name === name)
  if (!found || !input) await run()
  else console.log(JSON.stringify(await measured(() => found.run(input, Number(rows)))))
}

async function measured(run: () => Promise<number>): Promise<Measure> {
  let stall = 0
  let last = performance.now()
  const timer = setInterval(() => {
    stall = Math.max(stall, performance.now() - last - TICK_MS)
    last = performance.now()
  }, TICK_MS)
  const start = performance.now()
  const rows = await run()
  const milliseconds = Math.round(performance.now() - start)
  stall = Math.max(stall, performance.now() - last - TICK_MS)
  clearInterval(timer)
  const peakMegabytes = Math.round((await peakKilobytes()) / 1024)
  return { milliseconds, peakMegabytes, stallMilliseconds: Math.round(stall), rows }
}

/** On Linux, maxRSS includes the parent’s memory before the start, so it is read from the kernel instead. */
async function peakKilobytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS)
}
