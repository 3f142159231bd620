import { FileDamaged, type FileHome, hashIn, isEncryptedName, type KeptName } from '../engine/files.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import type { FileStore } from './file-store.ts'

/** What has come of it. */
export interface ConvertedFiles {
  /** hashes of files that stay as they are: their bytes are not what was kept */
  damaged: string[]
}

/**
 * Brings all files into the form in which the store keeps new ones, wherever they are, one after another: first the new
 * form, then the other one is deleted. It can be ended and begun again, and nobody notices who reads one meanwhile.
 * @param onFile is called after each, with its size in bytes
 * @param mayDelete asked before each deletion
 * @throws FilesAway, UserError if nothing may be deleted any more
 */
export async function convertFiles(
  store: FileStore,
  onFile: (bytes: number) => void,
  mayDelete: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<ConvertedFiles> {
  const damaged: string[] = []
  for (const home of store.homes) {
    // Its list first: a page of it may not be the same any more once files come and go.
    const names = await Array.fromAsync(otherForm(store, home))
    for (const name of names) {
      const size = await convert(store, { home, name, mayDelete })
      if (size === 'damaged') damaged.push(hashIn(name))
      else onFile(size)
    }
  }
  return { damaged }
}

/** How many files are not in the form in which the store keeps new ones. @param most as many are enough */
export async function countOtherForm(store: FileStore, most = Number.POSITIVE_INFINITY): Promise<number> {
  let count = 0
  for (const home of store.homes) {
    for await (const _ of otherForm(store, home)) {
      count += 1
      if (count >= most) return count
    }
  }
  return count
}

async function* otherForm(store: FileStore, home: FileHome): AsyncGenerator<KeptName> {
  for await (const name of home.list()) if (isEncryptedName(name) !== store.isEncrypting) yield name
}

interface Converted {
  home: FileHome
  name: KeptName
  mayDelete: () => Promise<boolean>
}

async function convert(store: FileStore, { home, name, mayDelete }: Converted): Promise<number | 'damaged'> {
  const bytes = await home.open(name)
  if (!bytes) return 0 // swept meanwhile
  try {
    const staged = await store.stage(store.plainBytes({ home, name, bytes }))
    try {
      if (staged.sha256 !== hashIn(name)) return 'damaged'
      await store.keepIn(home, staged)
      if (!(await mayDelete())) throw new UserError(say('encrypted-elsewhere'), say('do-encrypt-again'))
      await home.delete(name)
      return staged.size
    } finally {
      await store.discard(staged)
    }
  } catch (fault) {
    if (fault instanceof FileDamaged) return 'damaged'
    if (!(fault instanceof UserError) && !(await home.open(name))) return 0 // swept while it was read
    throw fault
  }
}
