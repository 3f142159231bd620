import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decrypted,
  encrypted,
  type EncryptedAs,
  encryptedBytesFor,
  NotDecrypted,
} from '../engine/encrypted-bytes.ts'
import {
  FileDamaged,
  type FileHome,
  type FileSource,
  hashIn,
  isEncryptedName,
  keptName,
  type KeptName,
  requireName,
  type SpooledFile,
} from '../engine/files.ts'
import { say } from '../engine/sentence.ts'
import { contentOf } from './content.ts'
import { FolderHome, isOlder, namesIn, piecesOf } from './folder-home.ts'
import { after, Hashed, type StoredBytes, counted, TooLarge, write } from './pieces.ts'
import { StagedFile } from './staged-file.ts'

/** Whether new files are encrypted, and with what. */
export interface FileEncryption {
  readonly isOn: boolean
  /** 32 bytes. Undefined: nothing is encrypted, so there is none yet. It has one if `isOn` */
  key(): Promise<Uint8Array | undefined>
}

const NEVER: FileEncryption = { isOn: false, key: () => Promise.resolve(undefined) }

/** A file as it is kept somewhere. */
export interface OpenedFile {
  home: FileHome
  name: KeptName
  /** as they are kept */
  bytes: AsyncIterable<Uint8Array>
}

/**
 * The bytes of files, each under its own hash: the same bytes are kept once, whatever their names. They arrive in a folder
 * of this machine, and are kept in one of several places, encrypted or not.
 */
export class FileStore implements FileSource {
  readonly #temporary: string
  /** the first is where new files go */
  readonly homes: FileHome[]

  /**
   * @param homes where files are kept: new ones in the first; those that are in no other are looked for in the folder,
   * which is where all are if there is no other
   */
  constructor(
    folder: string,
    homes: FileHome[] = [],
    private readonly encryption = NEVER,
  ) {
    this.#temporary = join(folder, TEMPORARY)
    this.homes = [...homes, new FolderHome(folder)]
  }

  /** Whether new files are encrypted. */
  get isEncrypting(): boolean {
    return this.encryption.isOn
  }

  /**
   * Stores what a stream yields. Nothing is held in memory, and nothing is left behind if it fails half-way.
   * @param keep decides about the complete file before it gets its name; what it throws is thrown
   * @throws what the stream throws, and TooLarge beyond `maxBytes`
   */
  async put(
    source: AsyncIterable<Uint8Array>,
    maxBytes = Number.POSITIVE_INFINITY,
    keep?: (file: StagedFile) => Promise<void>,
  ): Promise<StoredBytes> {
    const staged = await this.stage(source, maxBytes)
    try {
      await keep?.(staged)
      await this.place(staged)
      return { sha256: staged.sha256, size: staged.size }
    } finally {
      await this.discard(staged)
    }
  }

  /**
   * Writes a stream to the disk for now: until `place` stores it or `discard` deletes it.
   * @throws what the stream throws, and TooLarge beyond `maxBytes`; then nothing is left
   */
  async stage(source: AsyncIterable<Uint8Array>, maxBytes = Number.POSITIVE_INFINITY): Promise<StagedFile> {
    return this.#staging((path) => this.#written(path, source, maxBytes))
  }

  /**
   * The same for a file of this machine: a clone where the file system can, otherwise a copy.
   * @param read is called with each number of bytes that was read again to hash them
   */
  async stageFile(original: string, read: (bytes: number) => void): Promise<StagedFile> {
    if (this.encryption.isOn) return this.stage(counted(piecesOf(original), read))
    return this.#staging(async (path) => {
      await copyFile(original, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      await chmod(path, 0o600)
      const bytes = new Hashed(counted(piecesOf(path), read))
      for await (const piece of bytes.pieces()) void piece
      return new StagedFile(path, bytes.stored())
    })
  }

  /** Keeps a staged file for good. @throws FilesAway */
  async place(staged: StagedFile): Promise<void> {
    const [home] = this.homes
    if (home) await this.keepIn(home, staged)
  }

  /** The same in one of the places. @throws FilesAway */
  async keepIn(home: FileHome, staged: StagedFile): Promise<void> {
    const { path, sha256, size } = staged
    const key = this.encryption.isOn ? await this.encryption.key() : undefined
    if (!key) return home.keep({ path, name: keptName(sha256, 'plain'), size })
    const name = keptName(sha256, 'encrypted')
    // Anew: the same file must give the same bytes on all machines, and its hash was not known before it had arrived.
    await this.#temporarily(async (again) => {
      const salt = Buffer.from(sha256, 'hex')
      await write(again, encrypted(staged.open(), { key, what: sha256 }, salt))
      await home.keep({ path: again, name, size: Bun.file(again).size })
    })
  }

  /** Deletes a staged file, if it was not stored. */
  async discard({ path }: StagedFile): Promise<void> {
    await rm(path, { force: true })
  }

  /** @param most no more than so many bytes are wanted @throws FilesAway, also while it is read */
  async open(sha256: string, most?: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const kept = await this.openKept(sha256, most === undefined ? undefined : encryptedBytesFor(most))
    return kept && this.#read(kept, most)
  }

  /**
   * A file as it is kept, wherever that is.
   * @param most no more than so many of the bytes that are kept are wanted
   * @param except this one is not meant
   * @throws FilesAway, also while it is read
   */
  async openKept(sha256: string, most?: number, except?: OpenedFile): Promise<OpenedFile | undefined> {
    requireName(sha256)
    const usual = this.encryption.isOn ? 'encrypted' : 'plain'
    const other = this.encryption.isOn ? 'plain' : 'encrypted'
    // Once more at the end: it may have been brought from one form into the other meanwhile.
    for (const form of [usual, other, usual] as const) {
      const name = keptName(sha256, form)
      for (const home of this.homes) {
        if (except?.home === home && except.name === name) continue
        const bytes = await home.open(name, most)
        if (bytes) return { home, name, bytes }
      }
    }
    return undefined
  }

  async *#read(kept: OpenedFile, most: number | undefined): AsyncGenerator<Uint8Array> {
    let given = 0
    try {
      for await (const piece of this.plainBytes(kept, most)) {
        given += piece.byteLength
        yield piece
      }
      return
    } catch (fault) {
      // It may have been brought into the other form while it was read.
      const hash = hashIn(kept.name)
      const other = await this.openKept(hash, most && encryptedBytesFor(most), kept).catch(() => undefined)
      if (!other) throw fault
      yield* after(given, this.plainBytes(other, most))
    }
  }

  /** @throws FilesAway, and FileDamaged where it is encrypted and was changed */
  async *plainBytes({ name, bytes }: OpenedFile, most?: number): AsyncGenerator<Uint8Array> {
    if (!isEncryptedName(name)) return yield* bytes
    const key = await this.encryption.key()
    try {
      if (!key) throw new NotDecrypted()
      return yield* decrypted(bytes, { key, what: hashIn(name) }, most)
    } catch (fault) {
      if (!(fault instanceof NotDecrypted)) throw fault
      throw new FileDamaged(say('kept-file-damaged'), fault)
    }
  }

  /** Whoever asks for it removes it again; `sweep` removes what a killed process has left. */
  async spool(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<SpooledFile | undefined> {
    try {
      return await this.#staging(async (path) => {
        const file = await this.#written(path, source, maxBytes)
        const { size } = file
        return {
          size,
          content: await contentOf(file),
          open: () => file.open(),
          remove: () => this.discard(file),
        }
      })
    } catch (fault) {
      if (fault instanceof TooLarge) return undefined
      throw fault
    }
  }

  /** Deletes files that nobody refers to, and what a killed process has left half-written: see FileHome.sweep. */
  async sweep(used: (hashes: string[]) => Promise<Set<string>>, before: number): Promise<void> {
    for (const name of await namesIn(this.#temporary)) {
      const path = join(this.#temporary, name)
      if (await isOlder(path, before - STAGED_MS)) await rm(path, { force: true })
    }
    const usedNames = async (names: KeptName[]) => {
      const hashes = await used([...new Set(names.map(hashIn))])
      return new Set(names.filter((name) => hashes.has(hashIn(name))))
    }
    for (const home of this.homes) await home.sweep(usedNames, before)
  }

  /** Where files are encrypted, with a key that nobody has but this process: nobody reads what a killed one has left. */
  async #written(path: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StagedFile> {
    const bytes = new Hashed(source, maxBytes)
    if (!this.encryption.isOn) {
      await write(path, bytes.pieces())
      return new StagedFile(path, bytes.stored())
    }
    const as: EncryptedAs = { key: randomKey(), what: 'a staged file' }
    await write(path, encrypted(bytes.pieces(), as, randomKey()))
    return new StagedFile(path, bytes.stored(), as)
  }

  async #staging<T>(work: (path: string) => Promise<T>): Promise<T> {
    await mkdir(this.#temporary, { recursive: true, mode: 0o700 })
    const path = join(this.#temporary, crypto.randomUUID())
    try {
      return await work(path)
    } catch (fault) {
      await rm(path, { force: true })
      throw fault
    }
  }

  async #temporarily(work: (path: string) => Promise<void>): Promise<void> {
    await this.#staging(async (path) => {
      await work(path)
      await rm(path, { force: true })
    })
  }
}

/** In the folder, beside those that are kept. */
const TEMPORARY = 'tmp'
/** A staged file may wait that much longer for those that are staged with it: gigabytes take their time. */
const STAGED_MS = 86_400_000

function randomKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32))
}
