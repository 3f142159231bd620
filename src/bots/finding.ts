/** Of `rowbot doctor`: one thing that was looked at. */
export interface Finding {
  ok: boolean
  /** what is so, and where it is not well what to do: one or two sentences */
  sentence: string
}

export function fine(sentence: string): Finding {
  return { ok: true, sentence }
}

export function bad(sentence: string): Finding {
  return { ok: false, sentence }
}
