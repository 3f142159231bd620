/**
 * Whether Dify may have runs that this database does not know, because the database is a restored backup. Rows run in
 * order, so whatever ran since the backup are the rows that come first now. So the first rows of a task that is older
 * than this process are looked up under the `user` that their call would have. If Dify has none of them, the rest is not
 * looked up. If it has one, every row is.
 */
export class Probe {
  #left: number
  #isBackup = false

  /** @param mayBeBackup the task is older than this process */
  constructor(mayBeBackup: boolean, rows = ROWS) {
    this.#left = mayBeBackup ? rows : 0
  }

  get isOn(): boolean {
    return this.#isBackup || this.#left > 0
  }

  /** A row was looked up. @param isThere Dify has a run of it */
  saw(isThere: boolean): void {
    if (isThere) this.#isBackup = true
    else this.#left--
  }
}

/** As many as may run at once, since they may run in any order. */
const ROWS = 10
