import { expect, test } from 'bun:test'
import { rotateKey } from '../../../src/app/rotate-key.ts'
import { findShared, replaceShared } from '../../../src/db/shared-values.ts'
import { findSealedState } from '../../../src/db/sealed/state.ts'
import { keysOf } from '../../../src/db/sealed/data-key.ts'
import { escaped, isSealed, NotOpened, unescaped } from '../../../src/db/sealed/text-sealer.ts'
import { openBot, QUICK, SETUP, tempFolder } from '../../support/bot.ts'

const OLD = 'the old key of this database'
const NEW = 'the new key of this database'
const ON = { ROWBOT_ENCRYPT_DATA: 'true' }
const OFF = { ROWBOT_ENCRYPT_DATA: 'false' }

const { texts } = keysOf(new Uint8Array(32).fill(7))
const PLAIN = '["Zoë 漢字 👍", ""]'

test('an encrypted text is another one each time, unless equal ones must look equal', () => {
  const [one, two] = [texts.seal(PLAIN), texts.seal(PLAIN)]
  expect(one).not.toBe(two)
  expect([one, two].map((text) => texts.open(text))).toEqual([PLAIN, PLAIN])
  expect(isSealed(one)).toBe(true)
  expect(texts.sealAlike(PLAIN)).toBe(texts.sealAlike(PLAIN))
  expect(texts.sealAlike(PLAIN)).not.toBe(texts.sealAlike(`${PLAIN} `))
  expect(texts.open(texts.sealAlike(PLAIN))).toBe(PLAIN)
  expect(texts.open(texts.seal(''))).toBe('')
})

test('a text that was changed, cut short, or encrypted with another key is not opened', () => {
  const sealed = texts.seal(PLAIN)
  const changed = sealed.replace(/.(.{30})$/, (end) => (end.startsWith('A') ? 'B' : 'A') + end.slice(1))
  const others = keysOf(new Uint8Array(32).fill(8)).texts
  for (const text of [changed, sealed.slice(0, -8), 'sealed:1:', 'sealed:2:AAAA', others.seal(PLAIN)])
    expect(() => texts.open(text)).toThrow(NotOpened)
})

test('a plain text that looks like an encrypted one is marked as plain', () => {
  for (const plain of ['sealed:1:AAAA', 'sealed:0:', 'sealed:', 'sealed', ''])
    expect(unescaped(escaped(plain))).toBe(plain)
  expect(isSealed(escaped('sealed:1:AAAA'))).toBe(false)
  expect(escaped('sealed')).toBe('sealed')
})

test('the data key is made once, when the setting is first on, and is in the database only encrypted', async () => {
  const folder = tempFolder()
  const off = await openBot(folder, QUICK, OFF)
  expect(await off.sealing.keys()).toBeUndefined()
  const on = await openBot(folder, QUICK, ON)
  const other = await openBot(folder, QUICK, ON)
  const keys = await on.sealing.keys()
  expect(keys?.fileKey).toHaveLength(32)
  expect((await other.sealing.keys())?.fileKey).toEqual(keys?.fileKey ?? new Uint8Array())
  // A process that was started before there was a key reads what others encrypt, too.
  expect((await off.sealing.keys())?.fileKey).toEqual(keys?.fileKey ?? new Uint8Array())
  const stored = (await findShared(on.db, 'data key')) ?? ''
  expect(Buffer.from(on.box.open(stored), 'base64')).toHaveLength(32)
})

test('where nothing is set, a process does as it was last set for this database', async () => {
  const folder = tempFolder()
  const opened = async (env: Record<string, string>) => {
    const { sealing, db } = await openBot(folder, QUICK, { ROWBOT_ENCRYPT_DATA: '', ...env })
    return [sealing.isOn, await findSealedState(db)]
  }
  expect(await opened({})).toEqual([false, undefined])
  expect(await opened(ON)).toEqual([true, 'all'])
  expect(await opened({})).toEqual([true, 'all'])
  expect(await opened(OFF)).toEqual([false, 'partly'])
  expect(await opened({})).toEqual([false, 'partly'])
})

test('changing the secret key encrypts the data key anew, and what it has encrypted stays readable', async () => {
  const folder = tempFolder()
  const first = await openBot(folder, QUICK, { ...ON, ROWBOT_SECRET_KEY: OLD })
  const sealed = (await first.sealing.keys())?.texts.seal(PLAIN) ?? ''
  const both = await openBot(folder, QUICK, { ...ON, ROWBOT_SECRET_KEY: NEW, ROWBOT_SECRET_KEY_OLD: OLD })
  expect((await rotateKey(both, SETUP)).sealed).toBe(1)
  expect(await rotateKey(both, SETUP)).toEqual({ sealed: 0, links: 0 })
  const last = await openBot(folder, QUICK, { ROWBOT_SECRET_KEY: NEW })
  expect((await last.sealing.keys())?.texts.open(sealed)).toBe(PLAIN)
})

test('who lacks the secret key of an encrypted database is told so at the start', async () => {
  const folder = tempFolder()
  const bot = await openBot(folder, QUICK, { ...ON, ROWBOT_SECRET_KEY: OLD })
  await replaceShared(bot.db, 'data key', bot.box.seal('').replace(/.{4}$/, 'AAAA'))
  await expect(openBot(folder, QUICK, { ROWBOT_SECRET_KEY: OLD })).rejects.toThrow('cannot be decrypted')
})
