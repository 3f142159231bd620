import type { Prompt } from './prompt.ts'
import { PROMPT_LIMITS } from './prompt-limits.ts'
import { clip } from './text.ts'

/** One or a few sentences, with nothing to click. */
export function sentences(...lines: string[]): Prompt {
  return titled('', ...lines)
}

export function titled(title: string, ...lines: string[]): Prompt {
  return {
    title: clip(title, PROMPT_LIMITS.titleChars),
    lines: lines.map((line) => [clip(line, MAX_CHARS)]),
    selects: [],
    buttons: [],
  }
}

const MAX_CHARS = 1_000
