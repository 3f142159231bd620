import { expect, test } from 'bun:test'
import { join } from 'node:path'

const SRC = join(import.meta.dir, '../src')

/** What they say is for the person at the terminal, or for the log, and stays English. */
const AT_THE_TERMINAL = [
  /^cli\//,
  /^main\.ts$/,
  /(^|\/)doctor\.ts$/,
  /^app\/(config|data-folder|shared-secrets)\.ts$/,
  /^net\/(certificates|proxy|network)\.ts$/, // settings, read before anybody can ask for a language
  /^db\/migrations\.ts$/, // the database is not ours
  /^db\/folder-lock\.ts$/, // tasks cannot be run here
  /^db\/(sqlite-copy|move\/.*)\.ts$/, // backup, restore, migrate-to
  /^app\/(backup|restored-key|migrate-to)\.ts$/,
  /^serve\/page-server\.ts$/, // the page cannot listen
  /^bots\/discord\/(register|refusal)\.ts$/, // the bot cannot start
  /^bots\/slack\/(app|identity|socket)\.ts$/,
]
/** Words of a start: DIFY_API_KEYS and ROWBOT_WEBHOOK_SECRET are read before anybody can ask for a language. */
const AT_START = ['of DIFY_API_KEYS is not usable', 'ROWBOT_WEBHOOK_SECRET must have', 'Make one: echo']

const MADE = /\b(?:new (?:UserError|HttpFault|Refused|FileRefusal|NotAllowed\w*|NotEditable)|super)\(/g

/** Plain words among the arguments of what is thrown at people: `engine/sentence.ts` has the way to say it. */
function plainIn(source: string): string[] {
  return [...source.matchAll(MADE)].flatMap((made) =>
    wordsIn(argumentsFrom(source, made.index + made[0].length)),
  )
}

/** Up to the bracket that closes them. Brackets in strings come in pairs, or the test says more than it should. */
function argumentsFrom(source: string, start: number): string {
  let depth = 1
  let at = start
  while (depth > 0 && at < source.length) {
    if (source[at] === '(') depth++
    if (source[at] === ')') depth--
    at++
  }
  return source.slice(start, at)
}

function wordsIn(args: string): string[] {
  const strings = [...args.matchAll(/(['"`])((?:(?!\1).)*)\1/g)].map(([, , text = '']) => text)
  return strings.filter((text) => /([A-Za-z]{2,}|”) [A-Za-z]{2,}/.test(text))
}

test('what is thrown at people is a sentence by code, not English', async () => {
  const plain: string[] = []
  for await (const file of new Bun.Glob('**/*.ts').scan(SRC)) {
    if (AT_THE_TERMINAL.some((one) => one.test(file))) continue
    const source = await Bun.file(join(SRC, file)).text()
    if (!/UserError|HttpFault|Refused|FileRefusal|NotAllowed|NotEditable/.test(source)) continue
    const found = plainIn(source).filter((words) => !AT_START.some((one) => words.includes(one)))
    plain.push(...found.map((words) => `${file}: ${words}`))
  }
  expect(plain).toEqual([])
})

test('plain words are found, whichever argument they are and however they are quoted', () => {
  expect(plainIn("throw new HttpFault('not_found', 'There is no such file.')")).toHaveLength(1)
  expect(plainIn('super(`Row ${row} has changed since (then).`, "Look at it again.")')).toHaveLength(2)
  expect(plainIn("new HttpFault('not_found', say('no-such-file'), texts.page.hint)")).toEqual([])
})
