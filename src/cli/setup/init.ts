import { readFileSync } from 'node:fs'
import { readConfig } from '../../app/config.ts'
import { SETTINGS } from '../../app/settings.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { AskLine } from '../ask-line.ts'
import { EXIT } from '../end-code.ts'
import type { Screen } from '../screen.ts'
import { type SettingChange, isWritable, settingsIn, strayLine, withSettings } from './env-file.ts'
import { examineSettings } from './examine-settings.ts'
import { askSettings, isYes } from './questions.ts'
import { readIfThere, writePrivately } from './private-file.ts'

export interface InitFlags {
  /** the file that is written */
  file: string
  /** a file of NAME=value lines, or `-` for standard input */
  from?: string
  /** settings that have options of their own, by their names */
  given: Record<string, string>
  /** what is set to something else is replaced without being asked */
  replace: boolean
  check: boolean
}

export interface InitIo {
  screen: Screen
  texts: Texts
  /** undefined: nobody is at a terminal */
  ask: AskLine | undefined
  env: Record<string, string | undefined>
}

/**
 * Writes settings to `.env`: those that are given, else those that a person answers; then asks the servers whether they
 * take them. No value that is there is replaced unless somebody has said so.
 * @returns the exit code: 1 if a server does not take what was written
 * @throws UserError before anything is written
 */
export async function init(flags: InitFlags, io: InitIo): Promise<number> {
  const { screen, texts, env } = io
  const { setup } = texts
  const before = readIfThere(flags.file, setup)
  const there = settingsIn(before)
  const given = { ...(flags.from === undefined ? {} : settingsFrom(flags.from, texts)), ...flags.given }
  const isAsked = Object.keys(given).length === 0 && io.ask !== undefined
  const answers = isAsked && io.ask ? await askSettings(there, flags.file, { ...io, ask: io.ask }) : given
  if (answers === undefined) return EXIT.interrupted
  if (Object.keys(answers).length === 0) {
    if (!isAsked) throw new UserError(setup.nothingGiven, setup.nothingGivenHint)
    screen.note(setup.nothingGiven)
    return EXIT.done
  }

  // What was typed at a question that says that something is set already replaces it.
  const changes = await wanted(changesOf(answers, there), { ...flags, replace: flags.replace || isAsked }, io)
  for (const { name, value } of changes) {
    if (!isWritable(value)) throw new UserError(setup.notOneLine(name))
  }
  const settings = { ...Object.fromEntries(there), ...toSettings(changes) }
  readConfig(settings) // throws, naming every invalid setting
  if (changes.length === 0) {
    screen.print(setup.unchanged(flags.file))
  } else {
    writePrivately(flags.file, withSettings(before, changes), setup)
    screen.print(setup.written(flags.file))
    for (const { name, before } of changes) screen.print(before ? setup.replaced(name) : setup.added(name))
  }
  warnOfEnvironment(changes, env, io)
  if (!flags.check) return EXIT.done

  screen.print(setup.checking)
  const isWell = await examineSettings(readConfig(settings), io)
  screen.print(isWell ? setup.next : setup.correct)
  return isWell ? EXIT.done : EXIT.couldNotRun
}

function settingsFrom(from: string, { setup }: Texts): Record<string, string> {
  let text: string
  try {
    text = readFileSync(from === '-' ? 0 : from, 'utf8')
  } catch (fault) {
    throw new UserError(setup.unreadable(from, fault instanceof Error ? fault.message : String(fault)))
  }
  const stray = strayLine(text)
  if (stray !== undefined) throw new UserError(setup.notASetting(stray))
  // Nothing is taken from a setting that has no value: `.env.example`, half filled in, may be given.
  const settings = Object.fromEntries([...settingsIn(text)].filter(([, value]) => value !== ''))
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(SETTINGS.shape, name))
  if (unknown !== undefined) throw new UserError(setup.unknownSetting(unknown), setup.unknownSettingHint)
  return settings
}

/** Only where it is another value. */
function changesOf(given: Record<string, string>, there: Map<string, string>): SettingChange[] {
  return Object.entries(given)
    .map(([name, value]) => ({ name, value, before: there.get(name) }))
    .filter(({ before, value }) => before !== value)
}

/** Leaves out what somebody does not want to be replaced. @throws UserError if nobody can be asked */
async function wanted(
  changes: SettingChange[],
  { file, replace }: Pick<InitFlags, 'file' | 'replace'>,
  { ask, screen, texts: { setup } }: InitIo,
): Promise<SettingChange[]> {
  const replacing = replace ? [] : changes.filter(({ before }) => before)
  if (replacing.length > 0 && !ask)
    throw new UserError(
      setup.conflict(replacing.map(({ name }) => name).join(', '), file),
      setup.conflictHint,
    )
  const kept = new Set<string>()
  for (const { name } of replacing) {
    const answer = await ask?.(`${setup.replace(name)} (${setup.yesOrNo}) `)
    if (isYes(answer, setup.yes)) continue
    kept.add(name)
    screen.note(setup.kept(name))
  }
  return changes.filter(({ name }) => !kept.has(name))
}

/** Bun has put the file into the environment at the start: what is there and in neither version of the file comes from elsewhere. */
function warnOfEnvironment(
  changes: SettingChange[],
  env: InitIo['env'],
  { screen, texts: { setup } }: Pick<InitIo, 'screen' | 'texts'>,
): void {
  const hidden = changes.filter(({ name, value, before }) => {
    const now = env[name] || undefined
    return now !== undefined && now !== value && now !== before
  })
  if (hidden.length > 0) screen.warn(setup.inEnvironment(hidden.map(({ name }) => name).join(', ')))
}

function toSettings(changes: SettingChange[]): Record<string, string> {
  return Object.fromEntries(changes.map(({ name, value }) => [name, value]))
}
