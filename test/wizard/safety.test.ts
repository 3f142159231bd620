import { cleanUp } from '../../src/serve/cleanup.ts'
import { describe, expect, test } from 'bun:test'
import { setAccess } from '../../src/db/workflows/access.ts'
import { listTasks } from '../../src/db/tasks/tasks.ts'
import type { Answer } from '../../src/wizard/answer.ts'
import {
  aPerson,
  aWizard,
  asker,
  buttonOf,
  COPYWRITER,
  csv,
  PLACE,
  TRANSLATOR,
  Visit,
} from './support/cast.ts'

const DAY_MS = 24 * 3_600_000

describe('who may click', () => {
  test('is the owner; anybody else is told whose it is, and nothing changes', async () => {
    const { wizard } = await aWizard()
    const mei = await new Visit(wizard).send()
    const answer = await wizard.click(asker('Jo'), buttonOf(mei.prompt, 'Next').id, [])
    expect(new Visit(wizard).take(answer).told).toBe(
      'This batch is Mei’s. Start your own by sending a file and mentioning me.',
    )
    await mei.press('Next')
    expect(mei.prompt.title).toContain('2 of 4')
  })

  test('of two workspaces with the same user id, only the right one', async () => {
    const { wizard } = await aWizard()
    const mei = await new Visit(wizard).send()
    const stranger = { ...asker('Mei'), person: aPerson('Mei', { team: 'T2' }) }
    expect((await wizard.click(stranger, buttonOf(mei.prompt, 'Next').id, [])).kind).toBe('tell')
  })

  test('is an admin too, and the task stays its owner’s', async () => {
    const { wizard, db } = await aWizard()
    const mei = await new Visit(wizard).toConfirm()
    const answer = await wizard.click(asker('boss'), buttonOf(mei.prompt, 'Start').id, [])
    expect(answer.kind).toBe('task')
    expect(await listTasks(db)).toMatchObject([{ owner: 'Mei' }])
  })

  test('may not send off a form of somebody else’s draft', async () => {
    const { wizard } = await aWizard()
    const mei = await new Visit(wizard).toConfirm()
    await mei.press('Back')
    await mei.press('Exact values…')
    const { answer } = await wizard.submit(asker('Jo'), mei.form.id, { name: 'mine' })
    expect((await answer)?.kind).toBe('tell')
  })
})

describe('a click on a step that is over', () => {
  test('is refused kindly, and the message is brought up to date', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard).send()
    const old = buttonOf(visit.prompt, 'Next').id
    await visit.press('Next')
    const answer = await wizard.click(visit.who, old, [])
    if (answer.kind !== 'tell') throw new Error(answer.kind)
    expect(new Visit(wizard).take(answer).told).toContain('That step is already done')
    expect(answer.refresh?.prompt).toEqual(visit.prompt)
  })

  test('or with a value that was never offered, or with a foreign id, changes nothing', async () => {
    const { wizard } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    await visit.press('Back')
    const id = visit.prompt.selects[0]?.id ?? ''
    for (const value of ['99', '-1', '3.5', 'x', ''])
      expect((await wizard.click(visit.who, id, [value])).kind).toBe('tell')
    for (const forged of [
      'draft:zzz:1:start',
      'draft:::',
      'nonsense',
      '',
      id.replace('concurrency', 'start'),
    ])
      expect((await wizard.click(visit.who, forged, [])).kind).toBe('tell')
    await visit.press('Next')
    expect(visit.text).toContain('3 at once')
  })

  test('with a workflow that is deleted or forbidden meanwhile leads back to the first step', async () => {
    const { wizard, db, workflows } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    await setAccess(db, workflows[0]?.id ?? '', { users: [], channels: [], roles: ['R9'] })
    await visit.press('Start').catch(() => undefined)
    expect(await listTasks(db)).toEqual([])
  })
})

describe('exactly one task', () => {
  test('comes of a double click, and of clicks that two processes hear at once', async () => {
    const { wizard, restarted, db } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    const start = buttonOf(visit.prompt, 'Start').id
    const tryFirst = buttonOf(visit.prompt, 'Try 1 row first').id
    const answers = await Promise.all([
      wizard.click(visit.who, start, []),
      restarted().click(visit.who, start, []),
      restarted().click(visit.who, tryFirst, []),
      wizard.click(visit.who, start, []),
    ])
    answers.push(await wizard.click(visit.who, start, []))
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual([
      'nothing',
      'nothing',
      'nothing',
      'nothing',
      'task',
    ])
    expect(await listTasks(db)).toHaveLength(1)
    expect(await db.selectFrom('task_executions').select('id').execute()).toHaveLength(5)
    expect(await db.selectFrom('task_messages').select('task_id').execute()).toHaveLength(1)
  })

  test('or none, when the draft changes while its rows are read', async () => {
    const { wizard, restarted, db } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    const [start, back] = await Promise.all([
      wizard.click(visit.who, buttonOf(visit.prompt, 'Start').id, []),
      restarted().click(visit.who, buttonOf(visit.prompt, 'Back').id, []),
    ])
    expect([start.kind, back.kind]).toEqual(['nothing', 'show'])
    expect(await listTasks(db)).toEqual([])
    expect(await db.selectFrom('task_executions').select('id').execute()).toEqual([])
  })

  test('is not made of one that was cancelled', async () => {
    const { wizard, db } = await aWizard()
    const visit = await new Visit(wizard).toConfirm()
    const start = buttonOf(visit.prompt, 'Start').id
    await visit.press('Cancel')
    expect(new Visit(wizard).take(await wizard.click(visit.who, start, [])).told).toContain('Cancelled')
    expect(await listTasks(db)).toEqual([])
  })
})

test('a task that was begun on the web has no message in a chat to keep up to date', async () => {
  const { wizard, db } = await aWizard()
  const place = { platform: 'web' as const, team: '', channel: '' }
  const visit = await new Visit(wizard, asker('Mei', { place })).toConfirm()
  await visit.press('Start')
  expect(await listTasks(db)).toHaveLength(1)
  expect(await db.selectFrom('task_messages').select('task_id').execute()).toEqual([])
})

test('two selects changed at the same moment both hold', async () => {
  const { wizard, restarted } = await aWizard()
  const visit = await new Visit(wizard).toConfirm()
  await visit.press('Back')
  const [concurrency, retries] = visit.prompt.selects
  await Promise.all([
    wizard.click(visit.who, concurrency?.id ?? '', ['8']),
    restarted().click(visit.who, retries?.id ?? '', ['5']),
  ])
  await visit.press('Next')
  expect(visit.text).toContain('8 at once · 5 retries')
})

test('a restart in any step loses nothing', async () => {
  const { wizard, restarted, db } = await aWizard()
  const visit = await new Visit(wizard).send()
  for (const label of ['Next', 'Columns…', 'Done', 'Next', 'Next', 'Start']) {
    visit.wizard = restarted()
    await visit.press(label)
  }
  expect(visit.answer.kind).toBe('task')
  expect(await listTasks(db)).toMatchObject([{ counts: { total: 5 } }])
})

test('two people’s wizards in one channel never mix', async () => {
  const { wizard, db } = await aWizard()
  const mei = new Visit(wizard, asker('Mei'))
  const jo = new Visit(wizard, asker('Jo', { locale: 'zh-CN' }))
  await Promise.all([mei.send(), jo.send(csv('Question\nwhy\nhow\n', 'faq.csv'))])
  await Promise.all([mei.press('Next'), jo.press('下一步')])
  await Promise.all([mei.press('Next'), jo.press('下一步')])
  await Promise.all([mei.choose('Rows at once', '9'), jo.choose('同时运行的行数', '同时 2 行')])
  await Promise.all([mei.press('Next'), jo.press('下一步')])
  expect(jo.text).toContain('同时 2 行 · 重试 2 次 · 每行 5 分钟')
  await Promise.all([mei.press('Start'), jo.press('开始')])
  expect((await listTasks(db)).toSorted((a, b) => a.owner.localeCompare(b.owner))).toMatchObject([
    { owner: 'Jo', fileName: 'faq.csv', concurrency: 2, counts: { total: 2 } },
    { owner: 'Mei', fileName: 'test_batch_data.xlsx', concurrency: 9, counts: { total: 5 } },
  ])
})

describe('a draft', () => {
  test('is one for all events of one sending', async () => {
    const { wizard } = await aWizard()
    const file = { name: 'a.xlsx', source: 'C1:1.1:F1' }
    const begun = await Promise.all([wizard.begin(asker('Mei'), file), wizard.begin(asker('Mei'), file)])
    expect(begun.filter(Boolean)).toHaveLength(1)
    expect(await wizard.begin(asker('Mei'), { ...file, source: 'C1:1.1:F2' })).toBeDefined()
  })

  test('expires after a day: its message says so, its file is freed, and a late click is told', async () => {
    const { wizard, db, clock } = await aWizard()
    const visit = await new Visit(wizard).send()
    await clock.pass(DAY_MS - 1_000)
    expect(await wizard.expire('slack')).toEqual([])
    await clock.pass(1_000)
    const [expired] = await wizard.expire('slack')
    expect(expired?.draft.id).toBe(visit.draftId)
    expect(new Visit(wizard).take({ kind: 'tell', prompt: expired?.prompt ?? visit.prompt }).told).toContain(
      'closed after a day',
    )
    expect(await db.selectFrom('uploads').select('id').execute()).toEqual([])
    expect(
      new Visit(wizard).take(await wizard.click(visit.who, buttonOf(visit.prompt, 'Next').id, [])).told,
    ).toContain('Send the file again')
    expect(await wizard.expire('slack')).toEqual([])
  })

  test('clicked after its time and before anybody noticed is over too', async () => {
    const { wizard, clock } = await aWizard()
    const visit = await new Visit(wizard).send()
    await clock.pass(DAY_MS)
    await visit.press('Next')
    expect(visit.text).toContain('closed after a day')
  })

  test('whose file was being fetched when the process ended is told', async () => {
    const { wizard, restarted } = await aWizard()
    await wizard.begin(asker('Mei'), { name: 'a.xlsx', source: 's' })
    const [told] = await restarted().interrupted('slack')
    expect(told?.prompt.lines).toEqual([['I was restarted while fetching the file. Please send it again.']])
    expect(await restarted().interrupted('slack')).toEqual([])
  })

  test('that became a task leaves its file to the task', async () => {
    const { wizard, db, clock } = await aWizard()
    await (await new Visit(wizard).toConfirm()).press('Start')
    await clock.pass(30 * DAY_MS)
    await wizard.expire('slack')
    await cleanUp({ db, wizard, clock, log: { info() {}, warn() {}, error() {} } })
    expect(await db.selectFrom('uploads').select('id').execute()).toHaveLength(1)
    expect(await db.selectFrom('drafts').select('id').execute()).toEqual([])
  })
})

describe('access to a workflow', () => {
  const offered = async (name: string, setUp: Parameters<typeof setAccess>[2], more = {}) => {
    const { wizard, db, workflows } = await aWizard([COPYWRITER, TRANSLATOR])
    await setAccess(db, workflows[0]?.id ?? '', setUp)
    const visit = await new Visit(wizard, { ...asker(name), ...more }).send()
    return visit.prompt.selects[0]?.options.map(({ label }) => label) ?? []
  }

  test.each<[string, string, Parameters<typeof setAccess>[2], object, boolean]>([
    ['everyone', 'Jo', undefined, {}, true],
    ['a named user', 'Mei', { users: ['U-Mei'], channels: [], roles: [] }, {}, true],
    ['not another user', 'Jo', { users: ['U-Mei'], channels: [], roles: [] }, {}, false],
    ['a channel', 'Jo', { users: [], channels: ['C1'], roles: [] }, {}, true],
    ['not another channel', 'Jo', { users: [], channels: ['C2'], roles: [] }, {}, false],
    [
      'a role',
      'Jo',
      { users: [], channels: [], roles: ['R1'] },
      { person: aPerson('Jo', { roles: ['R1'] }) },
      true,
    ],
    ['an admin, always', 'boss', { users: [], channels: [], roles: [] }, {}, true],
    ['nobody', 'Jo', { users: [], channels: [], roles: [] }, { place: PLACE }, false],
  ])('%s', async (_, name, access, more, isOffered) => {
    expect((await offered(name, access, more)).includes('Product copywriter')).toBe(isOffered)
  })

  test('is checked again at every click, not only in the list', async () => {
    const { wizard, db, workflows } = await aWizard()
    const visit = await new Visit(wizard).send()
    const select = visit.prompt.selects[0]
    await setAccess(db, workflows[1]?.id ?? '', { users: [], channels: [], roles: [] })
    const answer: Answer = await wizard.click(visit.who, select?.id ?? '', [workflows[1]?.id ?? ''])
    expect(new Visit(wizard).take(answer).told).toBe('That workflow no longer exists. Choose another one.')
  })
})
