import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { Rowbot } from '../app/rowbot.ts'
import { SANDBOX_URL } from '../app/workflow-runtimes.ts'
import { bad, type DoctorResult, fine, warning } from '../bots/doctor-result.ts'
import { findSealedState } from '../db/sealed/state.ts'
import { serverFacts } from '../db/server-facts.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import { ROWBOT } from '../engine/this-program.ts'

const MB = 2 ** 20
const GB = 2 ** 30

/** Checks what a run needs of this machine: its disk, its clock, its limits, and the database. */
export async function examineMachine(bot: Rowbot): Promise<DoctorResult[]> {
  return [
    await examineDatabase(bot),
    await examineEncryption(bot),
    await examineDisk(bot.config.dataDir),
    ...(await examineClock(bot)),
    ...examineOpenFiles(),
  ]
}

async function examineDatabase({ db }: Rowbot): Promise<DoctorResult> {
  const facts = await serverFacts(db)
  if (facts.kind === 'sqlite') {
    const what = `SQLite ${facts.version}, ${size(facts.bytes)}`
    if (facts.damage === undefined) return fine(`The database is whole (${what}).`)
    return bad(`The database file is damaged: ${facts.damage}.`, {
      where: `Stop Rowbot, keep a copy of the data folder, and restore the last backup: ${ROWBOT} restore FILE`,
    })
  }
  const { used, most } = facts.connections
  const what = `Postgres ${facts.version}, ${size(facts.bytes)}, ${used} of ${most} connections in use`
  if (used < most * MANY_CONNECTIONS) return fine(`The database answers (${what}).`)
  return warning(`The database answers, but has few connections left (${what}).`, {
    where: 'Raise max_connections, or see docs/scaling.md for how many each process takes',
  })
}

async function examineEncryption({ db, sealing }: Rowbot): Promise<DoctorResult> {
  const state = await findSealedState(db)
  if (sealing.isOn && state === 'all') return fine('Rows and files are encrypted.')
  if (sealing.isOn)
    return warning('Rows and files are encrypted from now on; what is from before may be in the clear.', {
      where: `Encrypt that, too, while Rowbot serves: ${ROWBOT} encrypt`,
    })
  if (state === undefined || state === 'none')
    return fine('Rows and files are not encrypted (ROWBOT_ENCRYPT_DATA is off).')
  return warning('Some rows and files are encrypted, but what is written from now on is not.', {
    where: `Set ROWBOT_ENCRYPT_DATA=true again; or take the encryption away: ${ROWBOT} decrypt`,
  })
}

const MANY_CONNECTIONS = 0.8
const ENOUGH_BYTES = GB
/** Less than one large upload with its result. */
const TOO_FEW_BYTES = 200 * MB

async function examineDisk(folder: string): Promise<DoctorResult> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const sentence = `The disk of the data folder has ${size(free)} left.`
  const fix = { where: `Free some, or set ROWBOT_DATA_DIR to another disk (now: ${folder})` }
  if (free < TOO_FEW_BYTES) return bad(sentence, fix)
  return free < ENOUGH_BYTES ? warning(sentence, fix) : fine(sentence)
}

/** Sign-in with a provider, Slack's signatures and TLS certificates fail when it is off by minutes. */
const CLOCK_OFF_MS = 30_000
const ANSWER_MS = 5_000

async function examineClock(bot: Rowbot): Promise<DoctorResult[]> {
  const measured = (await offByDatabase(bot)) ?? (await offByDify(bot))
  if (!measured) return [] // nobody has told the time
  const { ms, by } = measured
  if (Math.abs(ms) < CLOCK_OFF_MS) return [fine(`The clock agrees with that of ${by}.`)]
  const how = `${Math.round(Math.abs(ms) / 1_000)} s ${ms > 0 ? 'ahead of' : 'behind'} that of ${by}`
  return [
    warning(`The clock of this machine is ${how}.`, {
      where: 'Let the system keep the time: timedatectl set-ntp true',
    }),
  ]
}

interface Off {
  /** how far this machine's clock is ahead */
  ms: number
  by: string
}

async function offByDatabase({ db }: Rowbot): Promise<Off | undefined> {
  const asked = Date.now()
  const facts = await serverFacts(db)
  return facts.kind === 'postgres'
    ? { ms: (asked + Date.now()) / 2 - facts.now, by: 'the database' }
    : undefined
}

async function offByDify({ db }: Rowbot): Promise<Off | undefined> {
  const workflow = (await listWorkflows(db)).find(({ baseUrl }) => baseUrl !== SANDBOX_URL)
  if (!workflow) return undefined
  try {
    const { host } = new URL(workflow.baseUrl)
    // Without a key: only the time of the refusal is wanted.
    const answer = await fetch(`${workflow.baseUrl}/info`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const date = Date.parse(answer.headers.get('date') ?? '')
    return Number.isNaN(date) ? undefined : { ms: Date.now() - date, by: host }
  } catch {
    return undefined // whether Dify answers is said elsewhere
  }
}

/** A task with 10 lanes has about 20 files open; a chat and the page some hundred. */
const ENOUGH_FILES = 1_024

function examineOpenFiles(): DoctorResult[] {
  const most = openFilesLimit()
  if (most === undefined) return []
  const sentence = `This process may have ${most.toLocaleString('en')} files open.`
  return most >= ENOUGH_FILES
    ? [fine(sentence)]
    : [warning(sentence, { where: 'Allow it more: ulimit -n 4096, or LimitNOFILE=4096 of systemd' })]
}

/** Undefined where the system does not say, or there is no limit. */
function openFilesLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined // not Linux
  }
}

function size(bytes: number): string {
  return bytes >= GB ? `${(bytes / GB).toFixed(1)} GB` : `${(bytes / MB).toFixed(1)} MB`
}
