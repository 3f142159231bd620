import pLimit from 'p-limit'
import { UserError } from '../engine/user-error.ts'
import type { GivenFile } from '../engine/files.ts'
import type { UploadFile } from '../workbook/types.ts'
import { contentOf } from './content.ts'
import { baseName, cleanName, DistinctNames, isLitter, isWorkbookName, stemOf } from './file-names.ts'
import type { StagedFile } from './staged-file.ts'
import { withPictures } from './pictures.ts'
import type { SeveralWorkbooks } from './which-sheet.ts'
import { REFUSED } from './refusals.ts'
import { tableOfFiles } from './table-of-files.ts'
import type { GatherOptions, IntakeWords, SentFile } from './sent-file.ts'
import { type ArrivedFile, isLoose, Staging } from './staging.ts'

/**
 * An upload from everything that a person sent at once; ZIPs are unpacked into the files in them. The first workbook that
 * lies in no ZIP and no folder is the sheet, otherwise the only workbook in them; its cells may name the other files.
 * The pictures of its cells are files, too. Without such a workbook, each file becomes a row of a table that is made here. If
 * anything is refused, nothing is stored.
 * @throws UserError if there is nothing, too much, a ZIP that cannot be trusted, or a file that cannot be fetched
 */
export async function gather(sent: SentFile[], options: GatherOptions): Promise<UploadFile> {
  return taken(sent, options, (arrived) => together(sent, arrived, options))
}

/**
 * The same, but of several workbooks none is taken for the sheet: their person is to be asked. Those that lie in no ZIP and
 * no folder count, otherwise all.
 */
export async function gatherOrAsk(
  sent: SentFile[],
  options: GatherOptions,
): Promise<UploadFile | SeveralWorkbooks> {
  const isSheet = (one: SentFile) => isLoose(one) && isWorkbookName(one.name)
  const isClear = sent.filter(isSheet).length === 1
  return taken(sent, isClear ? options : { ...options, withoutSheet: true }, async (arrived) => {
    const workbooks = arrived.filter(({ name }) => isWorkbookName(name))
    const loose = workbooks.filter((one) => one.loose)
    const asked = loose.length > 0 ? loose : workbooks
    if (asked.length < 2) return together(sent, arrived, options)
    const files = await storedFiles(arrived, options)
    const name = tableName(sent, files.length, options.words)
    return { name, files, workbooks: asked.map((one) => one.name) }
  })
}

/**
 * Files as they are: a workbook or a ZIP among them is a file like any other. No folders are left in their names, and
 * no two have the same.
 * @throws UserError if there is none, or they are too many or too large, or one cannot be fetched
 */
export async function gatherAsIs(sent: SentFile[], options: GatherOptions): Promise<GivenFile[]> {
  const asIs = { ...options, withoutSheet: true, withoutUnpacking: true }
  const flat = sent.map((file) => withName(file, baseName(cleanName(file.name))))
  return taken(flat, asIs, async (arrived) => {
    if (arrived.length === 0) throw REFUSED.nothing()
    return storedFiles(arrived, options)
  })
}

function withName(file: SentFile, name: string): SentFile {
  const { path } = file
  return { name, open: () => file.open(), ...(path !== undefined && { path }) }
}

async function together(
  sent: SentFile[],
  arrived: ArrivedFile[],
  options: GatherOptions,
): Promise<UploadFile> {
  const { words } = options
  const sheet = options.withoutSheet ? undefined : sheetOf(arrived)
  if (arrived.length === 0) throw REFUSED.nothing()
  const bytes = sheet && (await sheetBytes(sheet, options))
  const others = arrived.filter((one) => one !== sheet)
  const files = await storedFiles(others, options)
  if (sheet && bytes) return withPictures({ name: baseName(sheet.name), bytes, files }, options)
  return tableOfFiles(tableName(sent, files.length, words), files, words)
}

/** @throws UserError if there are more than the limit */
async function storedFiles(arrived: ArrivedFile[], options: GatherOptions): Promise<GivenFile[]> {
  const { maxFiles } = options.limits
  if (arrived.length > maxFiles) throw REFUSED.tooMany(arrived.length, maxFiles)
  const files = await givenFiles(arrived)
  await storeAll(arrived, options)
  return files
}

/** Fetches everything, hands it to `use`, and deletes what was not stored then. */
async function taken<T>(
  sent: SentFile[],
  options: GatherOptions,
  use: (arrived: ArrivedFile[]) => Promise<T>,
): Promise<T> {
  const meant = sent.filter(({ name }) => !isLitter(name.replaceAll('\\', '/')))
  const { maxFiles } = options.limits
  // One may be the sheet, which is not counted.
  if (meant.length > maxFiles + 1) throw REFUSED.tooMany(meant.length, maxFiles)
  const staged: StagedFile[] = []
  try {
    return await use(await fetched(meant, new Staging(options, staged), options))
  } finally {
    for (const file of staged) await options.store.discard(file)
  }
}

const AT_ONCE = 4

async function fetched(sent: SentFile[], staging: Staging, options: GatherOptions): Promise<ArrivedFile[]> {
  const limit = pLimit(AT_ONCE)
  const sheet = options.withoutSheet
    ? undefined
    : sent.find((one) => isLoose(one) && isWorkbookName(one.name))
  const settled = await Promise.allSettled(
    sent.map((one) => limit(() => staging.arrived(one, one === sheet))),
  )
  const failed = settled.flatMap((one, i) =>
    one.status === 'rejected' ? [{ name: cleanName(sent[i]?.name ?? ''), fault: one.reason as unknown }] : [],
  )
  const [first] = failed
  if (staging.isFull) throw REFUSED.tooLarge(options.limits.maxFilesBytes)
  if (first) throw failed.length === 1 ? first.fault : allOf(failed, sent.length)
  const names = new DistinctNames()
  return settled
    .flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    .map((file) => ({ ...file, name: names.take(file.name) }))
}

const NAMES_SHOWN = 5

/** One error for several files, unless one of them is a bug of ours. */
function allOf(failed: { name: string; fault: unknown }[], of: number): unknown {
  const bug = failed.find(({ fault }) => !(fault instanceof UserError))
  if (bug) return bug.fault
  const names = failed.slice(0, NAMES_SHOWN).map(({ name }) => name)
  const shown = failed.length > NAMES_SHOWN ? [...names, '…'] : names
  return REFUSED.notFetched(shown, failed.length, of)
}

function sheetOf(arrived: ArrivedFile[]): ArrivedFile | undefined {
  const workbooks = arrived.filter(({ name }) => isWorkbookName(name))
  return workbooks.find(({ loose }) => loose) ?? (workbooks.length === 1 ? workbooks[0] : undefined)
}

async function sheetBytes({ name, staged }: ArrivedFile, options: GatherOptions): Promise<Uint8Array> {
  const { maxFileBytes } = options.limits
  if (staged.size > maxFileBytes) throw REFUSED.sheetTooLarge(baseName(name), maxFileBytes)
  return new Uint8Array(Buffer.concat(await Array.fromAsync(staged.open())))
}

async function givenFiles(arrived: ArrivedFile[]): Promise<GivenFile[]> {
  const files: GivenFile[] = []
  for (const { name, staged } of arrived) {
    const { sha256, size } = staged
    files.push({ name, sha256, size, content: await contentOf(staged) })
  }
  return files
}

async function storeAll(arrived: ArrivedFile[], { store }: GatherOptions): Promise<void> {
  const limit = pLimit(AT_ONCE)
  await Promise.all(arrived.map(({ staged }) => limit(() => store.place(staged))))
}

/** A ZIP gives the table its name; so does a single file. */
function tableName(sent: SentFile[], count: number, words: IntakeWords): string {
  const [only] = sent
  if (only && sent.length === 1)
    return /\.zip$/i.test(only.name) ? stemOf(cleanName(only.name)) : baseName(cleanName(only.name))
  return words.filesName?.(count) ?? `${count} files`
}
