import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type FileHome,
  type FileToKeep,
  handedOn,
  isKeptName,
  type KeptName,
  requireName,
} from '../engine/files.ts'

/** Files in a folder of this machine: `ab/abc…`, each under its name. */
export class FolderHome implements FileHome {
  constructor(private readonly folder: string) {}

  /** Moves it there, so it must be in the same file system. */
  async keep({ path, name }: FileToKeep): Promise<void> {
    const place = this.path(name)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    const now = new Date()
    await utimes(path, now, now) // it may have waited for others, and is new only now
    await rename(path, place) // the same bytes may be there already: they are replaced by themselves, and are new again
  }

  async open(name: KeptName, most?: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.path(name)
    return (await isFile(path)) ? piecesOf(path, most) : undefined
  }

  async *list(): AsyncGenerator<KeptName> {
    for (const folder of await this.#folders())
      for (const name of await namesIn(folder)) if (isKeptName(name)) yield name
  }

  async delete(name: KeptName): Promise<void> {
    await rm(this.path(name), { force: true })
  }

  async sweep(used: (names: KeptName[]) => Promise<Set<KeptName>>, before: number): Promise<void> {
    for (const folder of await this.#folders()) {
      const isOld = (file: string) => isOlder(join(folder, file), before)
      const old: string[] = []
      for (const file of await namesIn(folder)) if (await isOld(file)) old.push(file)
      const stay = old.length === 0 ? new Set() : await used(old)
      // The same bytes may have been stored anew while it was asked who uses them.
      for (const file of old)
        if (!stay.has(file) && (await isOld(file))) await rm(join(folder, file), { force: true })
    }
  }

  /** Where the file is, if it is kept. */
  path(name: KeptName): string {
    requireName(name)
    return join(this.folder, name.slice(0, PREFIX_CHARS), name)
  }

  /** Without that of what is not complete yet. */
  async #folders(): Promise<string[]> {
    const names = await namesIn(this.folder)
    return names.filter((name) => name.length === PREFIX_CHARS).map((name) => join(this.folder, name))
  }
}

const PREFIX_CHARS = 2

/**
 * A file of this machine, in pieces. It is opened when the first is asked for: whoever never asks leaves no open file
 * behind.
 * @param most no more than so many bytes of it
 */
export async function* piecesOf(path: string, most = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  // As no encoding is set, its pieces are Buffers; the type says any
  const pieces = createReadStream(path, {
    highWaterMark: 1 << 17,
    end: most - 1,
  }) as AsyncIterable<Uint8Array>
  for await (const piece of pieces) {
    yield piece
    handedOn(piece.byteLength)
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}

/** @param before ms since 1970 */
export async function isOlder(path: string, before: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && found.mtimeMs < before
}

/** Nothing, if there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
