import { describe, expect, test } from 'bun:test'
import { draftClick } from '../../src/messages/click-ids.ts'
import { columnField } from '../../src/wizard/columns.ts'
import type { Draft } from '../../src/wizard/draft.ts'
import type { Wizard } from '../../src/wizard/wizard.ts'
import { aPerson, aWizard, asker, csv, textOf, Visit } from './support/cast.ts'

const ON_PAGE = asker('Mei', {
  person: aPerson('Mei', { platform: 'web', team: '', id: 'Mei' }),
  place: { platform: 'web', team: '', channel: '' },
})
const DAY_MS = 24 * 3_600_000

async function draftOf(wizard: Wizard, visit: Visit): Promise<Draft> {
  const draft = await wizard.find(visit.draftId)
  if (!draft) throw new Error('no draft')
  return draft
}

describe('a form with every input at once', () => {
  const ODD = csv('Title,What it does,Tone\nKettle,boils,formal\nLamp,shines,casual\n')

  async function atTheColumns() {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard, ON_PAGE).send(ODD)
    await visit.choose('Workflow', 'Product copywriter')
    await visit.press('Next')
    await visit.press('Columns…')
    const id = draftClick(await draftOf(wizard, visit), 'mapping')
    const send = async (values: Record<string, string>) => {
      const { errors, answer } = await wizard.submit(ON_PAGE, id, values)
      if (answer) visit.take(await answer)
      return errors
    }
    return { wizard, visit, send }
  }

  test('comes to the same as one input after the other', async () => {
    const { wizard, visit, send } = await atTheColumns()
    await send({
      [columnField('name')]: '0',
      [columnField('features')]: '1',
      [columnField('tone')]: 'none',
      [columnField('max_words')]: 'none',
    })
    expect(visit.text).toContain('Name ← Title · Key features ← What it does · Tone ← – (optional)')
    const { state } = await draftOf(wizard, visit)
    expect(state.step).toBe('check')
    // What the headings say already is not “by hand”: another file with other headings matches anew.
    expect(state.mapping).toEqual({ name: 0, features: 1, tone: null })
  })

  test('changes nothing where a column was never there, and says which input it is', async () => {
    const { wizard, visit, send } = await atTheColumns()
    for (const value of ['3', '-1', '0.5', '', 'x'])
      expect(await send({ [columnField('name')]: value })).toEqual({
        'column:name': 'That column is not there any more. Choose another one.',
      })
    expect((await draftOf(wizard, visit)).state.step).toBe('columns')
  })

  test('is an old one once the step is over', async () => {
    const { visit, send } = await atTheColumns()
    await visit.press('Back')
    await send({ [columnField('name')]: '0' })
    expect(visit.told).toContain('That step is done already')
  })
})

test('a name that was left as it is follows the workflow', async () => {
  const { wizard } = await aWizard()
  const visit = await new Visit(wizard, ON_PAGE).toConfirm()
  await visit.press('Back')
  await visit.press('Exact values…')
  const name = 'test_batch_data · Product copywriter'
  await visit.answerForm({ name, concurrency: '4', retries: '2', timeoutSeconds: '300' })
  expect((await draftOf(wizard, visit)).state.parameters).toEqual({
    concurrency: 4,
    retries: 2,
    timeoutSeconds: 300,
  })
})

describe('a draft of a page', () => {
  test('speaks the language of who reads it, a chat’s that of its owner', async () => {
    const { wizard } = await aWizard()
    const page = await new Visit(wizard, ON_PAGE).send()
    const seen = await wizard.see({ ...ON_PAGE, locale: 'zh-CN' }, page.draftId)
    expect(seen?.context?.texts.locale).toBe('zh-CN')
    const stale = await wizard.click({ ...ON_PAGE, locale: 'zh-CN' }, `draft:${page.draftId}:old:next`, [])
    if (stale.kind !== 'tell' || !stale.refresh) throw new Error(stale.kind)
    expect(textOf(stale.refresh.prompt)).toContain('第 1 步')

    const chat = await new Visit(wizard).send()
    const others = await wizard.see(asker('Mei', { locale: 'zh-CN' }), chat.draftId)
    expect(others?.context?.texts.locale).toBe('en')
  })

  test('is seen by its owner and by admins alone', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard, ON_PAGE).send()
    expect(await wizard.see(asker('Jo'), visit.draftId)).toBeUndefined()
    expect((await wizard.see(asker('boss'), visit.draftId))?.draft.owner.name).toBe('Mei')
    expect(await wizard.see(ON_PAGE, 'nothing')).toBeUndefined()
  })

  test('is closed after a day like any other, and no chat is asked to show it', async () => {
    const { wizard, clock } = await aWizard()
    const onPage = await new Visit(wizard, ON_PAGE).send()
    const inChat = await new Visit(wizard).send()
    await clock.pass(DAY_MS)
    expect((await wizard.see(ON_PAGE, onPage.draftId))?.draft.status).toBe('expired')
    expect((await wizard.expire('slack')).map(({ draft }) => draft.id)).toEqual([inChat.draftId])
    expect((await wizard.find(onPage.draftId))?.status).toBe('open') // not the chat’s to end
    await wizard.direct.expire()
    expect((await wizard.find(onPage.draftId))?.status).toBe('expired')
  })

  test('names the task that it has become', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard, ON_PAGE).toConfirm()
    await visit.press('Start')
    const seen = await wizard.see(ON_PAGE, visit.draftId)
    expect(seen).toMatchObject({ draft: { status: 'started', taskId: visit.taskId } })
    expect(seen?.context).toBeUndefined()
  })
})
