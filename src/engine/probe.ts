/**
 * Whether Dify may know runs that this database does not: it may be a backup, of an hour ago. Rows run in their order, so
 * what ran since the backup are the rows that are called first now: each of a task from before this process is asked for
 * under the name that its call would have, until so many in a row were not there. Once one was, all are asked for.
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

  saw(isThere: boolean): void {
    if (isThere) this.#isBackup = true
    else this.#left--
  }
}

/** As many as may run at once. */
const ROWS = 10
