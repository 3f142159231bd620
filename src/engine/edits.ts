/** A person's value in place of an output's. */
export interface Edit {
  value: unknown
  /** name of the person */
  by: string
  at: number
}
export type Edits = Record<string, Edit>

/** A person has looked at the answer and found it right. */
export interface Kept {
  by: string
  at: number
}
