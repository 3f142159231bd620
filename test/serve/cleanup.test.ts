import { expect, test } from 'bun:test'
import { startCleanup, cleanUp } from '../../src/serve/cleanup.ts'
import { reserveKey } from '../../src/db/tasks/idempotency.ts'
import { aWizard, asker, SAMPLE, Visit } from '../wizard/support/cast.ts'

const DAY_MS = 86_400_000
const ON_PAGE = asker('Mei', {
  person: { platform: 'web', team: '', id: 'Mei', name: 'Mei', roles: [] },
  place: { platform: 'web', team: '', channel: '' },
})
const LOG = { info() {}, warn() {}, error() {} }

test('uploads of the page are freed after a day and keys after a week; a chat’s drafts are its own to end', async () => {
  const { wizard, db, clock, options } = await aWizard()
  const { files } = options
  await wizard.direct.upload(ON_PAGE, SAMPLE, {})
  const inChat = await new Visit(wizard).send()
  await reserveKey(db, { key: 'old', fingerprint: 'x', draftId: 'y', now: clock.now() })
  const closing = new AbortController()
  const uploads = async () => (await db.selectFrom('uploads').select('id').execute()).length
  const keys = async () => (await db.selectFrom('idempotency_keys').select('key').execute()).length

  await clock.pass(DAY_MS - 60_000)
  startCleanup({ db, wizard, clock, files, log: LOG }, closing.signal)
  await clock.pass(0)
  expect(await uploads()).toBe(2)
  for (let i = 0; i < 3; i++) await clock.pass(60_000)
  expect(await uploads()).toBe(1)
  const [expired] = await wizard.expire('slack')
  expect(expired?.draft.id).toBe(inChat.draftId)

  expect(await keys()).toBe(1)
  closing.abort()
  expect(clock.alarms).toBe(0)
  await clock.pass(7 * DAY_MS)
  await cleanUp({ db, wizard, clock })
  expect(await keys()).toBe(0)
})

test('rows of a task that was never written to its end are removed after a while', async () => {
  const { wizard, db, clock } = await aWizard()
  await db.insertInto('submissions').values({ task_id: 'dead', written_at: clock.now() }).execute()
  await cleanUp({ db, wizard, clock })
  expect(await db.selectFrom('submissions').selectAll().execute()).toHaveLength(1)
  await clock.pass(60_001)
  await cleanUp({ db, wizard, clock })
  expect(await db.selectFrom('submissions').selectAll().execute()).toEqual([])
})
