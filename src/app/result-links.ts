import { createHash, randomBytes } from 'node:crypto'
import {
  deleteResultLink,
  findResultLink,
  insertResultLink,
  listResultLinks,
  type ResultLink,
} from '../db/tasks/result-links.ts'
import { findListedTask, type ListedTask } from '../db/tasks/task-list.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireOwner } from './actor.ts'
import { audit, audited } from './audit.ts'
import type { Rowbot } from './rowbot.ts'
import { say } from '../engine/sentence.ts'

/*
 * Links to a result that is too large for a chat. A link works for a day, without a sign-in, and gives the result of
 * one task to whoever has it; it is made for one person, who has one at a time.
 *
 * Its token is 32 bytes that are derived from the link’s random id and the secret key. So a message that may have been
 * sent before a crash is made again word for word, though the database has no more of the token than its hash.
 */

/** What links to results need. */
export type LinksApp = Pick<Rowbot, 'db' | 'clock' | 'log' | 'box'>

export const LINK_HOURS = 24
const LINK_MS = LINK_HOURS * 3_600_000
const ID_BYTES = 16
/** 32 bytes in base64url */
const TOKEN = /^[\w-]{43}$/

/** The folder of the page that the links are in. */
export const LINK_FOLDER = '/r/'

/** Whom a link is made for. */
export type LinkHolder = Pick<Actor, 'name' | 'face'> & Required<Pick<Actor, 'key'>>

/** The links to results on a page with this address. */
export class ResultLinks {
  constructor(
    private readonly app: LinksApp,
    private readonly publicUrl: string,
  ) {}

  /**
   * A link for one person. It ends the one that they had for this task, unless `again` and that one is of this end of
   * the task: a message with it may have been sent.
   * @returns its URL, which is a secret
   */
  async make(
    task: Pick<TaskView, 'id' | 'name' | 'finishedAt'>,
    holder: LinkHolder,
    { again }: { again: boolean },
  ): Promise<string> {
    const { app } = this
    const now = app.clock.now()
    const { key, name, face } = holder
    const earlier = await findResultLink(app.db, { taskId: task.id, personKey: key }, now)
    if (again && earlier && earlier.madeAt >= (task.finishedAt ?? Infinity)) {
      const made = await this.#madeBefore(earlier, now)
      if (made !== undefined) return this.#urlOf(made)
    }
    const id = randomBytes(ID_BYTES).toString('base64url')
    const link = { id, taskId: task.id, personKey: key, personName: name }
    const token = tokenOf(app.box.hash(derivedFrom(id)))
    const tokenHash = hashOf(token)
    await audited(app, { face, name, role: 'member', key }, async (trx) => {
      await insertResultLink(trx, { ...link, madeAt: now, endsAt: now + LINK_MS, tokenHash })
      return {
        act: { action: 'link.make', target: task.id, details: { task: task.name } },
        result: undefined,
      }
    })
    return this.#urlOf(token)
  }

  /** The token of a link; undefined: it was made with a key that is not set any more (see rotate-key.ts). */
  async #madeBefore({ id }: ResultLink, now: number): Promise<string | undefined> {
    for (const hash of this.app.box.hashes(derivedFrom(id))) {
      const token = tokenOf(hash)
      if (await findResultLink(this.app.db, { tokenHash: hashOf(token) }, now)) return token
    }
    return undefined
  }

  #urlOf(token: string): string {
    return `${this.publicUrl}${LINK_FOLDER}${token}`
  }
}

/** What a token is for; undefined: it is wrong, or its link has ended. */
export async function openLink(
  { db, clock }: LinksApp,
  token: string,
): Promise<{ link: ResultLink; task: ListedTask } | undefined> {
  if (!TOKEN.test(token)) return undefined
  const link = await findResultLink(db, { tokenHash: hashOf(token) }, clock.now())
  const task = link && (await findListedTask(db, link.taskId))
  return task && { link, task }
}

/** Writes to the audit that somebody has got a file with a link. */
export async function noteLinkUse(
  app: LinksApp,
  { link, task }: { link: ResultLink; task: ListedTask },
  file: string,
): Promise<void> {
  await audit(app, holderOf(link), {
    action: 'link.use',
    target: task.id,
    details: { task: task.name, file },
  })
}

/** Ends a link for the one who has it. */
export async function endOwnLink(
  app: LinksApp,
  { link, task }: { link: ResultLink; task: ListedTask },
): Promise<void> {
  await end(app, holderOf(link), link, task)
}

/**
 * Ends a link: admins, the task’s owner, and whom it is for may.
 * @throws UnknownTask, NotAllowed, and UserError if it has ended already
 */
export async function endLink(app: LinksApp, actor: Actor, taskId: string, linkId: string): Promise<void> {
  const task = await findListedTask(app.db, taskId)
  if (!task) throw new UnknownTask(taskId)
  const link = await findResultLink(app.db, { taskId, id: linkId }, app.clock.now())
  const isTheirs = link !== undefined && link.personKey === actor.key
  requireOwner(actor, isTheirs ? { owner: link.personName, ownerKey: link.personKey } : task)
  if (!link) throw new UserError(say('link-ended'))
  await end(app, actor, link, task)
}

/** The links of a task that have not ended. */
export function linksOf(
  { db, clock }: Pick<LinksApp, 'db' | 'clock'>,
  taskId: string,
): Promise<ResultLink[]> {
  return listResultLinks(db, taskId, clock.now())
}

async function end(app: LinksApp, actor: Actor, link: ResultLink, { id, name }: ListedTask): Promise<void> {
  await audited(app, actor, async (trx) => {
    await deleteResultLink(trx, link.id)
    const details = { task: name, for: link.personName }
    return { act: { action: 'link.end', target: id, details }, result: undefined }
  })
}

/** Whoever has a link: nobody knows more of them than whom it was made for. */
function holderOf({ personName }: ResultLink): Actor {
  return { face: 'page', name: personName, role: 'member' }
}

function derivedFrom(id: string): string {
  return `result link ${id}`
}

function tokenOf(keyedHash: string): string {
  return Buffer.from(keyedHash, 'hex').toString('base64url')
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
