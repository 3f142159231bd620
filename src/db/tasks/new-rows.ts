import { inputHash, keyColumnsOf, keyHash } from '../../engine/input-hash.ts'
import type { Submission } from '../../engine/engine.ts'
import { type EarlierAnswer, findAnswers, listAnsweredRows } from '../rows/carried.ts'
import type { Db, Trx } from '../schema.ts'
import type { NewRow } from './tasks.ts'

/** Works out, part by part, which rows of a submission are called and which have, or will have, another row's answer. */
export class NewRows {
  readonly keyColumns: number[]
  /** rows that come with their answers from the earlier task */
  readonly #carried = new Set<number>()
  /** rows that send the same as one before them */
  readonly #followers = new Set<number>()
  /** numbers of the rows that are called */
  readonly #called = new Set<number>()
  /** by what they send: the first row that does */
  readonly #leads = new Map<string, number>()
  /** rows of the earlier task, by what they sent */
  #answered = new Map<string, number>()

  constructor(private readonly submission: Submission) {
    const { rows, headings } = submission
    this.keyColumns = submission.keyColumns ?? keyColumnsOf(rows, headings.length)
  }

  /** how many rows send the same as one before them; null: nobody asks */
  get equal(): number | null {
    return this.submission.equalOnce === false ? null : this.#followers.size
  }

  /** how many rows come with their answers from the earlier task */
  get carried(): number {
    return this.#carried.size
  }

  /** Reads which rows of the earlier task have answers; before the first part, and outside a transaction. */
  async read(db: Db): Promise<void> {
    const { carryFrom } = this.submission
    if (carryFrom) this.#answered = (await listAnsweredRows(db, carryFrom.taskId)).rows
  }

  /** The next rows in the sheet's order; the same again when their transaction is tried again. */
  async plan(trx: Trx, rows: Submission['rows']): Promise<NewRow[]> {
    const { carryFrom } = this.submission
    const hashed = rows.map((row) => ({ ...row, inputHash: inputHash(row.inputs) }))
    const answers =
      carryFrom === undefined
        ? new Map<string, EarlierAnswer>()
        : await findAnswers(trx, carryFrom.taskId, this.#answeredOf(hashed))
    return hashed.map((row) => {
      const answer = answers.get(row.inputHash)
      const lead = this.#lead(row.inputHash, row.row)
      setIf(this.#carried, row.row, answer !== undefined)
      setIf(this.#called, row.row, answer === undefined && lead === undefined)
      return {
        ...row,
        keyHash: keyHash(row.cells, this.keyColumns),
        ...(answer ? { answer } : lead !== undefined && { leader: lead }),
      }
    })
  }

  /** The rows that are called. */
  called(): Submission['rows'] {
    return this.submission.rows.filter(({ row }) => this.#called.has(row))
  }

  #answeredOf(rows: { inputHash: string }[]): number[] {
    return [...new Set(rows.flatMap(({ inputHash: hash }) => this.#answered.get(hash) ?? []))]
  }

  #lead(hash: string, row: number): number | undefined {
    if (this.submission.equalOnce === false) return undefined
    const lead = this.#leads.get(hash)
    if (lead === undefined) this.#leads.set(hash, row)
    if (lead === undefined || lead === row) return undefined
    this.#followers.add(row)
    return lead
  }
}

function setIf(rows: Set<number>, row: number, is: boolean): void {
  if (is) rows.add(row)
  else rows.delete(row)
}
