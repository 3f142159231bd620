/** One check of `rowbot doctor`. */
export interface DoctorResult {
  /** `warning`: it works, or could not be checked, and the sentence says which */
  kind: 'fine' | 'warning' | 'bad'
  /** what was found: one or two sentences */
  sentence: string
  fix?: Fix
}

/** What a person does about a fault. */
export interface Fix {
  /** the page, and what to click there: `Server Settings → Roles → …` */
  where: string
  /** the text to paste there, alone, so that it can be copied */
  paste?: string
}

const MARKS = { fine: '✔', warning: '!', bad: '✖' } satisfies Record<DoctorResult['kind'], string>

export function fine(sentence: string): DoctorResult {
  return { kind: 'fine', sentence }
}

export function warning(sentence: string, fix?: Fix): DoctorResult {
  return { kind: 'warning', sentence, ...(fix && { fix }) }
}

export function bad(sentence: string, fix: Fix): DoctorResult {
  return { kind: 'bad', sentence, fix }
}

/** For a terminal: the sentence, then where to click, then what to paste, each on its own line. */
export function linesOf({ kind, sentence, fix }: DoctorResult): string[] {
  return [
    `${MARKS[kind]} ${sentence}`,
    ...(fix ? [`    ${fix.where}`] : []),
    ...(fix?.paste === undefined ? [] : [`    Paste: ${fix.paste}`]),
  ]
}

/** Why a platform gave no answer, as the end of a sentence. */
export function whyUnanswered(
  called: { kind: 'limited'; retryAfterMs: number } | { kind: 'unsure'; error: string },
): string {
  return called.kind === 'limited'
    ? `it asks to wait ${Math.ceil(called.retryAfterMs / 1_000)} s. Try again then.`
    : `it cannot be reached (${called.error}).`
}
