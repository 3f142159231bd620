import type { TaskView } from '../db/tasks.ts'

/** A task’s result as it stands now, as a file. Who asked for it removes it. */
export interface ResultFile {
  name: string
  content: Blob
  remove(): Promise<void>
}

export type MakeResult = (task: TaskView) => Promise<ResultFile>
