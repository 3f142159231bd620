import { type Coded, say } from './sentence.ts'
import { type App, lengthLimit, type Variable } from './workflow.ts'

/** How an app in Dify differs from what Rowbot knows of it. */
export interface AppChanges {
  /** a sentence each, what matters most first; empty: nothing differs */
  changes: Coded[]
  /** its kind or an input differs, so that a sheet which was right may be wrong now */
  isSerious: boolean
}

/** An app with the published version that its rows last ran with; null: none is known. */
export type VersionedApp = App & { version?: string | null }

/**
 * @param before as Rowbot knows it. What it does not know, such as the version of a server that never said so, does not
 * count as a change.
 */
export function appChanges(before: VersionedApp, now: VersionedApp): AppChanges {
  const ofInputs = inputChanges(before.variables, now.variables)
  const ofKind =
    before.mode === now.mode
      ? []
      : [say('app-kind-differs', { before: say(`mode-${before.mode}`), now: say(`mode-${now.mode}`) })]
  const others = [
    ...differing('app-name-differs', before.name, now.name),
    ...((before.description ?? '') === (now.description ?? '') ? [] : [say('app-description-differs')]),
    ...(Bun.deepEquals(before.fileLimits, now.fileLimits) ? [] : [say('app-file-limits-differ')]),
    ...differing('server-version-differs', before.serverVersion, now.serverVersion),
    ...differing('published-anew', before.version ?? undefined, now.version ?? undefined),
  ]
  return {
    changes: [...ofKind, ...ofInputs, ...others],
    isSerious: ofKind.length + ofInputs.length > 0,
  }
}

function differing(
  code: 'app-name-differs' | 'server-version-differs' | 'published-anew',
  before: string | undefined,
  now: string | undefined,
): Coded[] {
  if (before === undefined || now === undefined || before === now) return []
  return [say(code, { before: short(before), now: short(now) })]
}

function inputChanges(before: Variable[], now: Variable[]): Coded[] {
  const earlier = new Map(before.map((one) => [one.name, one]))
  const later = new Set(now.map(({ name }) => name))
  const added = now.filter(({ name }) => !earlier.has(name))
  const removed = before.filter(({ name }) => !later.has(name))
  const changed = now.flatMap((variable) => {
    const was = earlier.get(variable.name)
    const changes = was ? variableChanges(was, variable) : []
    return changes.length === 0 ? [] : [say('input-differs', { input: nameOf(variable), changes })]
  })
  const all = [
    ...added.map((one) =>
      say('input-added', { input: nameOf(one), type: say(`type-${one.type}`), need: needOf(one) }),
    ),
    ...removed.map((one) => say('input-removed', { input: nameOf(one) })),
    ...changed,
  ]
  if (all.length > 0 || Bun.deepEquals(before, now)) return all
  return [say('inputs-in-other-order')]
}

/** Without a full stop each. */
function variableChanges(before: Variable, now: Variable): Coded[] {
  const changes: Coded[] = []
  if (before.label !== now.label)
    changes.push(say('differs-in-label', { before: short(before.label), now: short(now.label) }))
  if (before.type !== now.type)
    changes.push(say('differs-in-type', { before: say(`type-${before.type}`), now: say(`type-${now.type}`) }))
  if (before.required !== now.required)
    changes.push(say('differs-in-need', { before: needOf(before), now: needOf(now) }))
  changes.push(...optionChanges(before.options ?? [], now.options ?? []))
  // Of another type, another limit and other files are no news.
  if (before.type === now.type) {
    if (lengthLimit(before) !== lengthLimit(now))
      changes.push(say('differs-in-length', { before: lengthOf(before), now: lengthOf(now) }))
    if (!Bun.deepEquals(filesOf(before), filesOf(now)))
      changes.push(say('differs-in-files', { before: kindsOf(before), now: kindsOf(now) }))
  }
  if (!Bun.deepEquals(before.default, now.default)) changes.push(say('differs-in-default'))
  if ((before.description ?? '') !== (now.description ?? '')) changes.push(say('differs-in-description'))
  return changes.length > 0 || Bun.deepEquals(before, now) ? changes : [say('differs-in-rules')]
}

function optionChanges(before: string[], now: string[]): Coded[] {
  const added = now.filter((one) => !before.includes(one))
  const gone = before.filter((one) => !now.includes(one))
  if (added.length === 0 && gone.length === 0)
    return Bun.deepEquals(before, now) ? [] : [say('options-in-other-order')]
  return [
    ...(added.length > 0 ? [say('options-added', { options: some(added) })] : []),
    ...(gone.length > 0 ? [say('options-gone', { options: some(gone) })] : []),
  ]
}

function needOf({ required }: Variable): Coded {
  return say(required ? 'need-required' : 'need-optional')
}

function lengthOf(variable: Variable): Coded {
  const count = lengthLimit(variable)
  const isOfFiles = variable.type === 'file-list'
  if (count === undefined) return say(isOfFiles ? 'length-any-files' : 'length-any')
  return say(isOfFiles ? 'length-files' : 'length-characters', { count })
}

/** Kinds of files, and the extensions of the kind “custom”. */
function filesOf({ fileTypes = [], fileExtensions = [] }: Variable): string[] {
  return [...fileTypes.filter((one) => one !== 'custom'), ...fileExtensions].toSorted()
}

function kindsOf(variable: Variable): Coded {
  const kinds = filesOf(variable)
  return kinds.length === 0 ? say('file-kinds-any') : say('file-kinds', { kinds: some(kinds) })
}

/** People know an input by its label. */
function nameOf({ label, name }: Variable): string {
  return short(label.trim() || name)
}

const CHARS_SHOWN = 80
const LISTED = 12

function short(text: string): string {
  const chars = [...text]
  return chars.length > CHARS_SHOWN ? `${chars.slice(0, CHARS_SHOWN).join('')}…` : text
}

function some(all: string[]): string[] {
  return all.length > LISTED ? [...all.slice(0, LISTED).map(short), '…'] : all.map(short)
}
