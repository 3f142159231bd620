import type { Rowbot } from '../app/rowbot.ts'

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Screen {
  /** a line of the result */
  print(line: string): void
  /** a remark; left out with --json */
  note(line: string): void
  /** a problem that does not stop the command; on standard error, also with --json */
  warn(line: string): void
  /** a status line that is overwritten on a terminal; elsewhere, an occasional line */
  live(line: string, isLast?: boolean): void
}

interface Stream {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

const PLAIN_EVERY_MS = 5_000

/** @param quiet only results, for programs that read them */
export function createScreen(out: Stream, err: Stream, quiet = false, now: () => number = Date.now): Screen {
  let liveLine = ''
  let plainAt = Number.NEGATIVE_INFINITY
  const erase = () => {
    if (liveLine) err.write('\r\u001B[2K')
    liveLine = ''
  }
  const warn = (line: string) => {
    erase()
    err.write(`${inert(line)}\n`)
  }
  const note = (line: string) => {
    if (!quiet) warn(line)
  }
  return {
    print(line) {
      erase()
      out.write(`${quiet ? inertJson(line) : inert(line)}\n`)
    },
    note,
    warn,
    live(line, isLast = false) {
      if (quiet || line === liveLine) return
      if (isLast && err.isTTY) return note(line)
      if (err.isTTY) {
        liveLine = line
        err.write(`\r\u001B[2K${clipped(inert(line), err.columns)}`)
      } else if (isLast || now() - plainAt >= PLAIN_EVERY_MS) {
        plainAt = now()
        err.write(`${inert(line)}\n`)
      }
    },
  }
}

/**
 * Text from a cell or from Dify must not control the terminal: removes control characters except line ends and tabs.
 */
export function inert(text: string): string {
  return text.replaceAll(CONTROL, '')
}

/** The same for JSON without losing anything: escapes control characters that JSON.stringify leaves in. */
function inertJson(text: string): string {
  return text.replaceAll(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const CONTROL = /[^\P{Cc}\n\t]/gu

/** A line that wraps could not be overwritten. */
function clipped(line: string, columns?: number): string {
  const width = columns || 80 // 0 if the terminal does not say
  if (Bun.stringWidth(line) < width) return line
  let fitted = line
  while (Bun.stringWidth(fitted) > width - 2) fitted = [...fitted].slice(0, -1).join('')
  return `${fitted}…`
}

/** What every command is given. */
export interface Io {
  /** the bot on this environment’s data folder; created once, when a command needs it */
  open: () => Promise<Rowbot>
  /** @param quiet only results on standard output, and no remarks */
  screen: (quiet: boolean) => Screen
}

/** Receives a command’s exit code. */
export type Done = (code: number) => void
