import { expect, test } from 'bun:test'
import { decryptData, encryptData } from '../../src/app/encrypt-data.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { openBot, QUICK, SETUP, tempFolder } from '../support/bot.ts'
import { textIn } from '../support/file-store.ts'

const quiet = () => {}

async function* one(text: string) {
  yield Buffer.from(text)
}

/** Before it deletes the other form of a file. */
function beforeDeleting({ files }: Rowbot, wait: () => Promise<void>): void {
  for (const home of files.homes) {
    const really = home.delete.bind(home)
    home.delete = async (name) => {
      await wait()
      await really(name)
    }
  }
}

/**
 * Each writes its own form of a file, and then deletes the other’s: both at once would leave nothing.
 */
test('`encrypt` on one machine and `decrypt` on another at the same time lose no file', async () => {
  const folder = tempFolder()
  const off = await openBot(folder, QUICK, { ROWBOT_ENCRYPT_DATA: 'false' })
  const on = await openBot(folder, QUICK, { ROWBOT_ENCRYPT_DATA: 'true' })
  const { sha256 } = await off.files.put(one('kept'))
  const { promise: bothThere, resolve: decryptIsThere } = Promise.withResolvers<void>()
  let decrypting: Promise<unknown> = Promise.resolve()
  beforeDeleting(on, async () => {
    decrypting = decryptData(off, SETUP, quiet)
    await Promise.race([bothThere, Bun.sleep(300)]) // nothing tells that it waits for its turn; if it did not, it would be there at once
  })
  beforeDeleting(off, async () => decryptIsThere())
  await encryptData(on, SETUP, quiet)
  await decrypting
  for (const bot of [on, off]) expect(await textIn(bot.files, sha256)).toBe('kept')
})

test('`encrypt` that was frozen until others went on deletes nothing any more, and says so', async () => {
  const folder = tempFolder()
  const off = await openBot(folder, QUICK, { ROWBOT_ENCRYPT_DATA: 'false' })
  const on = await openBot(folder, QUICK, { ROWBOT_ENCRYPT_DATA: 'true' })
  const { sha256 } = await off.files.put(one('kept'))
  beforeDeleting(on, async () => expect.unreachable())
  for (const home of on.files.homes) {
    const keep = home.keep.bind(home)
    home.keep = async (file) => {
      await keep(file)
      await on.db.updateTable('leases').set({ holder: 'another machine' }).execute()
    }
  }
  const frozen = encryptData(on, SETUP, quiet).then(
    () => 'done',
    (fault: unknown) => String(fault),
  )
  expect(await frozen).toContain('Another process encrypts or decrypts by now')
  for (const bot of [on, off]) expect(await textIn(bot.files, sha256)).toBe('kept')
})
