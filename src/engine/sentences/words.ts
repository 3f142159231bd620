/** Sentences of one subject, by code. What goes into one is already in the reader's language, where it is words. */
export type Sentences = Readonly<Record<string, (params: never) => string>>

export type Params<Say> = Say extends (...args: infer A) => string ? (A extends [] ? undefined : A[0]) : never

/** @param n how many; `one` may name the number itself, in words or digits */
export function plural(n: number, one: string, many: string): string {
  return n === 1 ? one : many
}

/** A size in whole MB. @param bytes */
export function mb(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MB`
}
