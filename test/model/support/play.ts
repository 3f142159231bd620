import { expect } from 'bun:test'
import { resultRows } from '../../../src/db/rows/result-rows.ts'
import { runAgain } from '../../../src/app/tasks.ts'
import type { Hit } from '../../../src/dify/sandbox/run-log.ts'
import type { ResultRow } from '../../../src/engine/task.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import type { Requester } from '../../../src/messages/people.ts'
import { answerTo } from './echo-app.ts'
import { checkMoney, type Paid, paidFor } from './money.ts'
import { asInputs, asSent, fileOf, ORDERS, sentBy, type SheetRow } from './sheet.ts'
import { edited, type Send, type Story, type Turn } from './story.ts'
import { World } from './world.ts'

const MEI: Requester = {
  person: { platform: 'web', team: '', id: 'mei', name: 'mei', roles: [] },
  place: { platform: 'web', team: '', channel: '' },
  locale: 'en',
}

const ADMIN = { face: 'cli', name: 'root', role: 'admin' } as const

/** A task as it must be, by what was sent and what the server answered. */
interface Sent {
  id: string
  headings: string
  each: boolean
  /** what each row sends, by its number in the sheet */
  rows: Map<number, string>
  /** what each row was answered when nothing ran any more */
  result: Map<number, ResultRow>
}

/** Plays a story and checks after each of its turns what must always be true. */
export async function play({ rows, sends }: Story): Promise<void> {
  const world = await World.begin()
  try {
    world.bot.startRunner()
    const model = new Model(world)
    let sheet = rows
    for (const send of sends) {
      sheet = edited(sheet, send.edits)
      await model.send(sheet, send)
    }
  } finally {
    await world.close()
  }
}

class Model {
  #tasks: Sent[] = []
  /** of tasks that are deleted by now */
  #paid: Paid[] = []
  /** of the workflow, as a run of it was last seen to end */
  #version: string | null = null

  constructor(private readonly world: World) {}

  async send(sheet: readonly SheetRow[], send: Send): Promise<void> {
    const { world } = this
    if (send.publishes !== 'no') world.publish()
    if (send.publishes === 'seen') await this.#probe()
    await this.#delete(send.deletes)

    const order = ORDERS[send.order] ?? []
    const rows = new Map(
      sheet.flatMap((row, i) => {
        const sent = sentBy(row, send.style)
        return sent !== undefined && isChosen(i, send) ? [[i + 2, sent] as const] : []
      }),
    )
    const request = {
      workflowId: world.workflow.id,
      reading: {
        headingRow: 1,
        ...(send.only && { rows: [{ from: send.only.from + 2, to: send.only.from + 1 + send.only.count }] }),
      },
      ...(send.style !== undefined && { constants: { style: send.style } }),
    }
    if (rows.size === 0) return
    const { direct } = world.wizard
    const { id: draft, state } = await direct.upload(MEI, fileOf(sheet, order, send.isCsv), request)

    // What the check says of rows that need no call.
    const headings = order.toSorted().join()
    const earlier = this.#tasks.findLast((task) => task.headings === headings && succeeded(task).length > 0)
    const answered = new Set(earlier ? this.#answers(earlier) : [])
    const unchanged = [...rows].filter(([, sent]) => answered.has(sent)).map(([row]) => row)
    const seen = state.inspection.earlier
    expect(state.inspection.good).toBe(rows.size)
    expect(state.inspection.equal).toBe(rows.size - new Set(rows.values()).size)
    expect(seen?.unchanged ?? 0).toBe(unchanged.length)
    if (seen) {
      expect(seen.taskId).toBe(earlier?.id ?? '')
      expect(seen.unchanged + seen.changed + seen.fresh).toBe(rows.size)
    }

    const before = this.#calls().length
    world.trouble(send.first.faults, send.delayMs)
    const { taskId } = await direct.execute(MEI, draft, {
      ...request,
      parameters: { concurrency: send.concurrency, retries: send.retries, timeoutSeconds: 60 },
      skipFaulty: true,
      onlyNew: send.onlyNew,
      callEach: send.each,
      tryFirst: send.tryFirst,
    })
    const id = taskId ?? ''
    const carried = new Set(send.onlyNew ? unchanged : [])
    const task: Sent = { id, headings, each: send.each, rows, result: new Map() }
    this.#tasks.push(task)
    const toCall = [...rows.keys()].filter((row) => !carried.has(row))
    await this.#turn(task, send.first, toCall, before, async () => {
      // Nothing but the trial has run.
      const called = this.#calls(before, id)
      const most = Math.max(send.tryFirst, 1)
      expect(new Set(called.map(({ sent }) => sent)).size).toBeLessThanOrEqual(most)
    })
    expect((await world.task(id)).carried).toBe(carried.size)
    for (const row of carried) {
      const from = task.result.get(row)?.from
      const origin = earlier?.result.get(originOf(earlier, rows.get(row) ?? ''))
      expect(from).toEqual(origin?.from ?? { taskId: earlier?.id ?? '', row: origin?.row ?? 0 })
    }

    for (const after of send.after) await this.#again(task, after, send.delayMs)
  }

  /** Rows run again: those that failed, or some that are settled, perhaps with another name. */
  async #again(
    task: Sent,
    { act, row, name, ...turn }: Send['after'][number],
    delayMs: number,
  ): Promise<void> {
    const { world } = this
    const { bot } = world
    const of = (...statuses: string[]) =>
      [...task.result.values()].filter((one) => statuses.includes(one.status))
    const before = this.#calls().length
    const most = act === 'again' ? 3 : 1
    const chosen =
      act === 'retry' ? of('failed') : of('succeeded', 'failed', 'cancelled').slice(row).slice(0, most)
    if (chosen.length === 0) return
    const rows = chosen.map((one) => one.row)
    world.trouble(turn.faults, delayMs)
    if (act === 'retry') await bot.engine.retry(task.id, 'mei')
    else {
      const inputs = act === 'edit' ? { inputs: { name } } : {}
      try {
        await runAgain(bot, ADMIN, task.id, rows, inputs)
      } catch (fault) {
        // Its last call may still be answered, to what it sent before.
        if (act === 'edit' && fault instanceof UserError && fault.message.startsWith('Dify has not said'))
          return
        throw fault
      }
      // Of two clicks one counts.
      await expect(runAgain(bot, ADMIN, task.id, rows, inputs)).rejects.toThrow(UserError)
    }
    for (const one of act === 'edit' ? rows : [])
      task.rows.set(one, asSent({ ...asInputs(task.rows.get(one) ?? '[]'), name }))
    // Whoever resumes a task that was stopped runs the rows that were cancelled, too.
    const cancelled = turn.acts.length > 0 ? of('cancelled') : []
    const toCall = [...new Set([...rows, ...cancelled.map((one) => one.row)])]
    const mayBeLookedUp = chosen.some(({ status }) => status === 'cancelled')
    await this.#turn(task, turn, toCall, before, async () => {}, mayBeLookedUp)
  }

  /**
   * Lets the task come to its end and checks what it gave.
   * @param toCall rows that may be called, no other one
   * @param before how many runs there were before
   */
  async #turn(
    task: Sent,
    { faults, acts }: Turn,
    toCall: number[],
    before: number,
    onTrial: () => Promise<void>,
    /** a row was called before, and nobody knows yet what came of it */
    mayBeLookedUp = false,
  ): Promise<void> {
    const { world } = this
    const { status } = await world.end(task.id, acts, onTrial)
    const isDisturbed = faults.some((fault) => fault !== null) || acts.length > 0 || mayBeLookedUp
    await this.#checkCalls(task, toCall, before, isDisturbed)
    await this.#readResult(task)
    this.#checkRows(task)
    if (status === 'completed') {
      // Nobody waits for an answer that will not come.
      const rest = [...task.result.values()].map((row) => row.status)
      expect(rest.filter((one) => !['succeeded', 'failed', 'cancelled'].includes(one))).toEqual([])
    }
    await this.#checkVersion(before)
    await inTheEnd(() =>
      checkMoney(
        world,
        this.#tasks.map(({ id }) => id),
        this.#paid,
      ),
    )
  }

  /** No row is called that has its answer, and equal rows are called once. */
  async #checkCalls(task: Sent, toCall: number[], before: number, isDisturbed: boolean): Promise<void> {
    const calls = this.#calls(before, task.id).map(({ sent }) => sent)
    const wanted = toCall.map((row) => task.rows.get(row) ?? '')
    const allowed = new Set(wanted)
    expect(calls.filter((sent) => !allowed.has(sent))).toEqual([])
    if (isDisturbed || wanted.some((sent) => sent.includes('✗'))) return
    expect(calls.toSorted()).toEqual((task.each ? wanted : [...allowed]).toSorted())
  }

  async #readResult({ id, result }: Sent): Promise<void> {
    result.clear()
    for await (const chunk of resultRows(this.world.bot.db, id))
      for (const row of chunk) if (row.status !== 'left out') result.set(row.row, row)
  }

  /** Every row has the answer to what it sends, of a run that was sent just that. */
  #checkRows({ rows, result }: Sent): void {
    const runs = this.#runs()
    expect([...result.keys()]).toEqual([...rows.keys()])
    for (const [number, row] of result) {
      if (row.status !== 'succeeded') continue
      const sent = rows.get(number) ?? ''
      const run = runs.get(row.workflowRunId ?? '')
      expect([number, run?.sent]).toEqual([number, sent])
      expect([number, row.outputs]).toEqual([number, answerTo(sent, this.#editionOf(run?.hit))])
    }
  }

  /** The version that Rowbot goes by is the one that ran last. */
  async #checkVersion(before: number): Promise<void> {
    const { version } = await this.world.bot.db
      .selectFrom('workflows')
      .select('version')
      .where('id', '=', this.world.workflow.id)
      .executeTakeFirstOrThrow()
    const ran = this.world.sandbox.hits().slice(before)
    expect([this.#version, this.world.version]).toContain(version)
    if (ran.some(({ runId }) => this.#tasks.some((task) => hasRun(task, runId))))
      expect(version).toBe(ran.at(-1)?.version ?? '')
    this.#version = version
  }

  /** What the rows of a task send that have answers of the version as it was last seen. */
  #answers(task: Sent): string[] {
    const runs = this.#runs()
    return succeeded(task)
      .filter(({ workflowRunId }) => runs.get(workflowRunId ?? '')?.hit.version === this.#version)
      .map(({ row }) => task.rows.get(row) ?? '')
  }

  /** Somebody else runs a row of the new version. */
  async #probe(): Promise<void> {
    const { world } = this
    world.trouble([], 0)
    const before = this.#calls().length
    const { direct } = world.wizard
    const file = { name: 'probe.csv', bytes: new TextEncoder().encode(`Name\nprobe ${world.edition}\n`) }
    const { id } = await direct.upload(MEI, file, { workflowId: world.workflow.id })
    const { taskId } = await direct.execute(MEI, id, { parameters: {}, skipFaulty: true, tryFirst: 0 })
    const sent = asSent({ name: `probe ${world.edition}` })
    const task = {
      id: taskId ?? '',
      headings: 'Name',
      each: false,
      rows: new Map([[2, sent]]),
      result: new Map(),
    }
    this.#tasks.push(task)
    await this.#turn(task, { faults: [], acts: [] }, [2], before, async () => {})
  }

  async #delete(which: number | undefined): Promise<void> {
    const at = which === undefined || this.#tasks.length < 2 ? -1 : which % this.#tasks.length
    const task = this.#tasks[at]
    if (!task) return
    this.#paid.push(...(await paidFor(this.world, task.id)))
    await this.world.bot.engine.delete(task.id)
    this.#tasks.splice(at, 1)
  }

  /** Runs since then, of one task: a call of a task that was stopped may have been on its way. */
  #calls(before = 0, taskId = '') {
    return this.world.sandbox
      .hits()
      .slice(before)
      .filter(({ user }) => user.startsWith(`rowbot-${taskId}`))
      .map((hit) => ({ hit, sent: asSent(hit.inputs) }))
  }

  #runs() {
    return new Map(this.#calls().map((call) => [call.hit.runId, call]))
  }

  #editionOf(hit: Hit | undefined): number {
    return this.world.editions.get(hit?.version ?? '') ?? Number.NaN
  }
}

/** What a run has cost that was stopped is learnt a moment after its task has stopped. */
async function inTheEnd(check: () => Promise<void>): Promise<void> {
  for (let left = LOOKS; ; left--) {
    try {
      return await check()
    } catch (fault) {
      if (left === 0) throw fault
      await Bun.sleep(LOOK_EVERY_MS)
    }
  }
}

const LOOKS = 60
const LOOK_EVERY_MS = 50

function isChosen(index: number, { only }: Send): boolean {
  return only === undefined || (index >= only.from && index < only.from + only.count)
}

function succeeded({ result }: Sent): ResultRow[] {
  return [...result.values()].filter(({ status }) => status === 'succeeded')
}

function hasRun({ result }: Sent, runId: string): boolean {
  return [...result.values()].some((row) => row.workflowRunId === runId)
}

/** The first row of the task that sends this and has an answer. */
function originOf(task: Sent, sent: string): number {
  return succeeded(task).find(({ row }) => task.rows.get(row) === sent)?.row ?? 0
}
