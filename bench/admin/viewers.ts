import { REAL_CLOCK } from '../../src/engine/clock.ts'
import { openPage } from './open-page.ts'
import { LARGE_TASK } from './seed-plan.ts'

const VIEWERS = 200
const SECONDS = 10
/** The page’s reload interval. */
const EVERY_MS = 2_000

export interface Viewed {
  viewers: number
  asked: number
  unchanged: number
  queriesASecond: number
  cpuPercent: number
}

/** Many viewers of one running task: each reloads its live part every two seconds, at different moments. */
export async function viewOneTask(folder: string): Promise<Viewed> {
  const page = await openPage(folder, REAL_CLOCK)
  const ask = (tag: string | undefined) =>
    page.get(`/batch/${LARGE_TASK}/live`, {
      'hx-request': 'true',
      'hx-request-type': 'partial',
      ...(tag !== undefined && { 'hx-ptag': tag }),
    })
  await (await ask(undefined)).text()
  const before = page.queries()
  const cpu = process.cpuUsage()
  const began = performance.now()
  let asked = 0
  let unchanged = 0
  await Promise.all(
    Array.from({ length: VIEWERS }, async (_, viewer) => {
      await Bun.sleep((viewer / VIEWERS) * EVERY_MS)
      let tag: string | undefined
      while (performance.now() - began < SECONDS * 1_000) {
        const answer = await ask(tag)
        await answer.text()
        asked++
        if (answer.status === 304) unchanged++
        tag = answer.headers.get('hx-ptag') ?? undefined
        await Bun.sleep(EVERY_MS)
      }
    }),
  )
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const queries = page.queries() - before
  await page.close()
  return {
    viewers: VIEWERS,
    asked,
    unchanged,
    queriesASecond: queries / seconds,
    cpuPercent: (user + system) / 10_000 / seconds,
  }
}
