import { randomBytes } from 'node:crypto'
import {
  type DraftRow,
  endDraft,
  findDraft,
  findDraftFrom,
  findDraftOfTask,
  findDraftLocale,
  insertDraft,
  keepReading,
  listExpiredDrafts,
  listOpenDrafts,
  listReadingDrafts,
  setDraftMessage,
  updateDraft,
} from '../db/drafts/drafts.ts'
import type { Db } from '../db/schema.ts'
import { deleteUnusedUpload, findUpload, insertUpload } from '../db/drafts/uploads.ts'
import type { Clock } from '../engine/clock.ts'
import { randomText } from '../engine/engine.ts'
import type { UploadFile } from '../workbook/types.ts'
import { type Draft, EMPTY_STATE, type DraftState, toDraft, without } from './draft.ts'
import {
  type MessageRef,
  type Person,
  personKey,
  type Place,
  type Platform,
  type Requester,
} from '../messages/people.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { inTransaction } from '../db/transaction.ts'

const HOURS_OPEN = 24
const HOUR_MS = 3_600_000
const ID_CHARS = 10

/** Drafts in the database. Every change is a write that fails if the draft was changed in the meantime. */
export class Drafts {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    /** see WizardOptions */
    private readonly readForMs = 0,
  ) {}

  /** Undefined: there is already a draft for the same `source`. */
  async begin({
    owner,
    place,
    locale,
    fileName,
    source,
    workflowId,
    search,
  }: NewDraft): Promise<Draft | undefined> {
    const now = this.clock.now()
    const draft = {
      id: randomText(ID_CHARS),
      source,
      owner_key: personKey(owner),
      owner: JSON.stringify(owner),
      place: JSON.stringify(place),
      locale,
      status: 'reading' as const,
      nonce: newNonce(),
      revision: 0,
      file_name: fileName,
      upload_id: null,
      state: JSON.stringify({ ...EMPTY_STATE, ...(workflowId && { workflowId }), ...(search && { search }) }),
      message: null,
      task_id: null,
      created_at: now,
      expires_at: now + HOURS_OPEN * HOUR_MS,
    }
    const row = await insertDraft(this.db, draft, this.readForMs)
    return row && toDraft(row)
  }

  /** As long as other machines are there that would take this one for dead. @returns stops it */
  keepReading(id: string, onFault: (fault: unknown) => void): () => void {
    const { db, clock, readForMs } = this
    if (readForMs === 0) return () => {}
    let cancel = () => {}
    const wait = () => {
      cancel = clock.after(readForMs / 3, () => {
        keepReading(db, id, readForMs).catch(onFault)
        wait()
      })
    }
    wait()
    return () => cancel()
  }

  /**
   * A draft with the file and the choices of a task, at the parameters. While one that was made of it is open, it is that.
   * Undefined: the task's choices are not stored any more, or never were.
   */
  async again(
    { id, name, uploadId }: TaskView,
    { person, place, locale }: Requester,
  ): Promise<Draft | undefined> {
    const before = await findDraftOfTask(this.db, id)
    if (!before) return undefined
    const { state } = toDraft(before)
    const next = { ...without(state, 'typed', 'edited', 'addedFrom'), step: 'parameters', choicesOf: name }
    const now = this.clock.now()
    for (let nth = 1; ; nth++) {
      const source = `again:${id}:${personKey(person)}:${nth}`
      const row = await insertDraft(this.db, {
        ...before,
        id: randomText(ID_CHARS),
        source,
        owner_key: personKey(person),
        owner: JSON.stringify(person),
        place: JSON.stringify(place),
        locale,
        status: 'open',
        nonce: newNonce(),
        revision: 0,
        upload_id: uploadId,
        state: JSON.stringify(next),
        message: null,
        task_id: null,
        created_at: now,
        expires_at: now + HOURS_OPEN * HOUR_MS,
      })
      if (row) return toDraft(row)
      const made = await findDraftFrom(this.db, source)
      if (made?.status === 'open' && made.expires_at > now) return toDraft(made)
    }
  }

  async find(id: string): Promise<Draft | undefined> {
    const row = await findDraft(this.db, id)
    return row && toDraft(row)
  }

  async findFrom(source: string): Promise<Draft | undefined> {
    const row = await findDraftFrom(this.db, source)
    return row && toDraft(row)
  }

  /** A person’s drafts that are being read or open, the newest first. */
  async openOf(person: Person): Promise<Draft[]> {
    const rows = await listOpenDrafts(this.db, personKey(person), this.clock.now())
    return rows.map(toDraft)
  }

  localeOf(person: Person): Promise<string | undefined> {
    return findDraftLocale(this.db, personKey(person))
  }

  async setMessage(id: string, message: MessageRef): Promise<void> {
    await setDraftMessage(this.db, id, JSON.stringify(message))
  }

  /**
   * Saves a draft’s new state, and another file if one is given. A new step or a new inspection gets a new nonce, so
   * that earlier buttons no longer work. Undefined: the draft was changed or ended in the meantime.
   */
  async save(draft: Draft, state: DraftState, file?: UploadFile): Promise<Draft | undefined> {
    const isNewStep = file || state.step !== draft.state.step || state.inspection !== draft.state.inspection
    const change = {
      status: 'open' as const,
      state: JSON.stringify(state),
      ...(isNewStep && { nonce: newNonce() }),
    }
    const row = file ? await this.#saveWith(file, draft, change) : await updateDraft(this.db, draft, change)
    return row && toDraft(row)
  }

  async file({ uploadId, fileName }: Draft): Promise<UploadFile> {
    const upload = uploadId === null ? undefined : await findUpload(this.db, uploadId)
    if (!upload) throw new Error('an open draft has no upload')
    const { bytes, files = [], listsFiles = false } = upload
    return { name: fileName, bytes, files, listsFiles }
  }

  /** False: it had already ended. */
  end(id: string, status: 'cancelled' | 'expired' | 'failed'): Promise<boolean> {
    return endDraft(this.db, id, status)
  }

  isExpired(draft: Draft): boolean {
    return draft.expiresAt <= this.clock.now()
  }

  /** Ends this platform’s expired drafts and returns them. */
  async expire(platform: Platform): Promise<Draft[]> {
    return this.#endAll(await listExpiredDrafts(this.db, platform, this.clock.now()), 'expired')
  }

  /** Ends drafts whose file was being fetched by a machine or process that has died, and returns them. */
  async interrupt(platform: Platform): Promise<Draft[]> {
    return this.#endAll(await listReadingDrafts(this.db, platform), 'failed')
  }

  async #endAll(rows: DraftRow[], status: 'expired' | 'failed'): Promise<Draft[]> {
    const ended: Draft[] = []
    for (const row of rows) if (await this.end(row.id, status)) ended.push(toDraft({ ...row, status }))
    return ended
  }

  async #saveWith(file: UploadFile, draft: Draft, change: Parameters<typeof updateDraft>[2]) {
    const id = crypto.randomUUID()
    return inTransaction(this.db, async (trx) => {
      await insertUpload(trx, { id, fileName: file.name, ...file }, this.clock.now())
      const row = await updateDraft(trx, draft, { ...change, file_name: file.name, upload_id: id })
      await deleteUnusedUpload(trx, row ? (draft.uploadId ?? '') : id)
      return row
    })
  }
}

interface NewDraft {
  owner: Person
  place: Place
  locale: string
  fileName: string
  source: string
  workflowId?: string
  search?: string
}

function newNonce(): string {
  return randomBytes(4).toString('hex')
}
