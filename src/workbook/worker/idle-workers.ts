import { OffThread, type WorkerErrors } from './off-thread.ts'

/** A person's next step comes within seconds; then the memory is worth more than the time. */
const IDLE_MS = 10_000
const MOST = 2

/**
 * Workers that have done their job and wait for the next. To load one takes 40 ms, and 150 more where it writes, which
 * is most of what a small workbook takes.
 */
const idle: { worker: OffThread; timer: NodeJS.Timeout }[] = []

/** A worker for one job: `giveBack` it in the end, whatever came of the job. */
export function takeWorker(errors: WorkerErrors): OffThread {
  for (let one = idle.pop(); one; one = idle.pop()) {
    clearTimeout(one.timer)
    if (!one.worker.isFree) continue // it has died meanwhile
    one.worker.begin(errors)
    return one.worker
  }
  return new OffThread(errors)
}

export function giveBack(worker: OffThread): void {
  if (!worker.isFree || idle.length >= MOST) return worker.close()
  const timer = setTimeout(() => {
    idle.splice(
      idle.findIndex((each) => each.worker === worker),
      1,
    )
    worker.close()
  }, IDLE_MS)
  timer.unref()
  idle.push({ worker, timer })
}
