import type { Rowbot } from '../app/rowbot.ts'

/** Where a command writes: results on standard output, everything that only accompanies them on standard error. */
export interface Screen {
  /** a line of the result */
  print(line: string): void
  /** a line beside it: left out with --json */
  note(line: string): void
  /** what is wrong though the command goes on: on standard error, with --json too */
  warn(line: string): void
  /** the one line that is written over, on a terminal; elsewhere a line now and then */
  live(line: string, isLast?: boolean): void
}

interface Stream {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

const PLAIN_EVERY_MS = 5_000

/** @param quiet nothing but results: for programs that read them */
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

/** A cell, a heading or a word of Dify's must not steer the terminal: no control characters but line ends and tabs. */
export function inert(text: string): string {
  return text.replaceAll(CONTROL, '')
}

/** The same in JSON, where nothing may be lost: JSON.stringify leaves some of them as they are. */
function inertJson(text: string): string {
  return text.replaceAll(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const CONTROL = /[^\P{Cc}\n\t]/gu

/** A line that wraps cannot be written over. */
function clipped(line: string, columns?: number): string {
  const width = columns || 80 // 0 where the terminal does not say
  if (Bun.stringWidth(line) < width) return line
  let fitted = line
  while (Bun.stringWidth(fitted) > width - 2) fitted = [...fitted].slice(0, -1).join('')
  return `${fitted}…`
}

/** What a command has at hand. */
export interface Io {
  /** the bot on the data folder of this environment; made once, when a command needs it */
  open: () => Promise<Rowbot>
  /** @param quiet nothing but results on standard output, nothing beside them */
  screen: (quiet: boolean) => Screen
}

/** Takes a command's exit code. */
export type Done = (code: number) => void
