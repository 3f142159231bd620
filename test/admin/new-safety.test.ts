import { describe, expect, test } from 'bun:test'
import { aPerson, PLACE } from '../wizard/support/cast.ts'
import { draftClick } from '../../src/messages/click-ids.ts'
import { adminOptionsOf } from '../../src/serve/admin-options.ts'
import { ADMIN_TOKEN, anAdmin } from './support/admin.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

const GOOD = 'Name,Key features\nKettle,hot\nLamp,bright\n'

async function aVisit() {
  const around = await anAdmin()
  return { ...around, visit: await new TaskVisit(around.browse).send(csvFile(GOOD)) }
}

async function toConfirm(visit: TaskVisit): Promise<TaskVisit> {
  await visit.press('Next')
  await visit.press('Next')
  return visit.press('Next')
}

describe('a draft that is over', () => {
  test('says that it was cancelled, and where to start anew', async () => {
    const { visit } = await aVisit()
    await visit.press('Cancel')
    expect(visit.text).toContain('Cancelled. Nothing was run.')
    expect(visit.page.html).toContain('href="/batch/new" role="button"')
  })

  test('says that its day is over, to a look and to a click', async () => {
    const { visit, bot } = await aVisit()
    const before = visit.page
    await bot.db.updateTable('drafts').set({ expires_at: 1 }).execute()
    await visit.open()
    expect(visit.text).toContain('This was left for a day and is closed.')
    visit.page = before
    await visit.press('Next')
    expect(visit.text).toContain('This was left for a day and is closed.')
  })

  test('leads to the task it has become, also by the second click of a double click', async () => {
    const { visit } = await aVisit()
    await toConfirm(visit)
    const { page } = visit
    await visit.press('Start')
    const task = visit.response.headers.get('location')
    await Object.assign(visit, { page }).press('Start')
    expect(visit.response.headers.get('location')).toBe(task)
    await visit.open()
    expect(visit.text).toContain('This has become a task already.')
    expect(visit.page.html).toContain(`href="${task}" role="button"`)
  })

  test('is not the page’s where a chat has it, nor any that never was', async () => {
    const { visit, bot, browse } = await aVisit()
    const { wizard } = adminOptionsOf(bot, {
      tokens: { admin: '', viewer: '' },
      health: () => ({ ready: true, parts: {} }),
    })
    const requester = { person: aPerson('Mei'), place: PLACE, locale: 'en' }
    const begun = await wizard.begin(requester, { name: 'a.csv', source: 'slack:1' })
    await wizard.fill(begun?.draftId ?? '', { name: 'a.csv', bytes: new TextEncoder().encode(GOOD) })
    const draft = await wizard.find(begun?.draftId ?? '')
    for (const path of [`/batch/new/${begun?.draftId}`, '/batch/new/nothing', '/batch/new/%2e%2e%2f']) {
      expect((await browse(path)).status).toBe(404)
      const click = draftClick({ id: begun?.draftId ?? '', nonce: draft?.nonce ?? '' }, 'cancel')
      await visit.post(path, new URLSearchParams({ click }))
      expect(visit.response.status).toBe(404)
    }
    expect((await wizard.find(begun?.draftId ?? ''))?.status).toBe('open')
  })
})

describe('a click', () => {
  test('of another tab or from before is refused kindly, with the step as it is now', async () => {
    const { visit } = await aVisit()
    const { page } = visit
    await visit.press('Next')
    await visit.press('Next')
    await Object.assign(visit, { page }).press('Next')
    expect(visit.told).toBe('That step is done already; the buttons below are the current ones.')
    expect(visit.title).toBe('3 of 4 · Parameters')
    await visit.press('Next')
    expect(visit.title).toBe('4 of 4 · Start?')
  })

  test('of another draft does nothing to it', async () => {
    const { visit, browse } = await aVisit()
    const other = await new TaskVisit(browse).send(csvFile(GOOD, 'other.csv'))
    const click =
      other.page.forms.flatMap(({ buttons }) => buttons).find(({ label }) => label === 'Cancel')?.value ?? ''
    for (const sent of [{ click }, { form: click }, { click: 'nonsense' }, { click: 'new' }]) {
      await visit.post(visit.path, new URLSearchParams(sent))
      expect(visit.told).toContain('This button belongs to something that is gone.')
    }
    expect((await other.open()).title).toBe('1 of 4 · Which workflow?')
  })

  test('that opens a dialog in a chat shows a form on the page', async () => {
    const { visit } = await aVisit()
    const id = visit.page.forms.find(({ fields }) => fields['form']?.endsWith(':file'))?.fields['form'] ?? ''
    await visit.post(visit.path, new URLSearchParams({ click: id }))
    expect(visit.text).toContain('Send a file')
    await visit.drop(csvFile(`${GOOD}Fan,cool\n`))
    expect(visit.text).toContain('3 rows')
  })

  test('through htmx leaves the page for the task', async () => {
    const { browse, visit } = await aVisit()
    await toConfirm(visit)
    const click =
      visit.page.forms.flatMap(({ buttons }) => buttons).find(({ label }) => label === 'Start')?.value ?? ''
    const answer = await browse(visit.path, {
      method: 'POST',
      body: new URLSearchParams({ click }),
      headers: { 'hx-request': 'true' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('hx-redirect')).toStartWith('/batch/')
  })

  test.each(['', 'value=x', 'form=', 'click=', '__proto__=x&constructor=y'])(
    'of nothing in particular shows the step: %p',
    async (sent) => {
      const { visit } = await aVisit()
      await visit.post(visit.path, new URLSearchParams(sent))
      expect(visit.title).toBe('1 of 4 · Which workflow?')
    },
  )
})

describe('somebody else’s draft', () => {
  test('says whose it is, and an admin may go on with it', async () => {
    const { visit, browse, signIn, find } = await aVisit()
    const cookie = (await signIn(ADMIN_TOKEN, 'Jo')) ?? ''
    const jo = new TaskVisit(browse, { cookie })
    await jo.open(visit.path)
    expect(jo.text).toContain('Mei began this one.')
    await toConfirm(jo)
    await jo.press('Start')
    expect(await find(jo.response.headers.get('location')?.replace('/batch/', '') ?? '')).toMatchObject({
      owner: 'Mei',
    })
  })

  test('is nothing for who may only look: neither to see nor to click', async () => {
    const { visit, browse } = await aVisit()
    const viewer = new TaskVisit(browse, {}, 'viewer')
    await viewer.open(visit.path)
    expect(viewer.response.status).toBe(403)
    expect(viewer.text).not.toContain('products.csv')
    viewer.page = visit.page
    await viewer.press('Cancel')
    expect(viewer.response.status).toBe(403)
    expect((await visit.open()).title).toBe('1 of 4 · Which workflow?')
  })
})
