import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'bun:test'
import type { ClickedMessage } from '../../../src/bots/handlers/clicked-message.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import type { Form, Prompt } from '../../../src/messages/prompt.ts'
import { asker, buttonOf, csv, textOf } from '../../wizard/support/cast.ts'
import { until } from '../../support/bot.ts'
import type { UploadFile } from '../../../src/workbook/types.ts'
import { aDesk } from '../support/cast.ts'
import type { FakeChat } from '../support/fake-chat.ts'
import { aHand } from '../support/hand.ts'
import { aLostFile, aSentFile } from '../support/sent.ts'

/** As a platform changes a message by the click on it. */
function clickOn(chat: FakeChat, n = 0): ClickedMessage & { shown: string[]; isOver: boolean } {
  const shown: string[] = []
  const clicked = {
    id: chat.messages[n]?.id ?? '',
    shown,
    isOver: false,
    show: async (prompt: Prompt) => {
      const message = chat.messages[n]
      if (clicked.isOver || !message) return false
      message.prompt = prompt
      shown.push(textOf(prompt))
      return true
    },
  }
  return clicked
}

async function aDraft(file?: UploadFile) {
  const cast = await aDesk()
  await cast.receive(file)
  const { chat, desk, mei } = cast
  const press = (label: string, clicked?: ClickedMessage, n = 0, who = mei) => {
    const message = chat.messages[n]
    if (!message) throw new Error(`there is no message ${n}`)
    return desk.click(who, buttonOf(message.prompt, label).id, [], () => Promise.resolve(), clicked)
  }
  return { ...cast, press }
}

test('a step is shown by the click itself, and no edit is spent on it', async () => {
  const { chat, press } = await aDraft()
  const edits = chat.messages[0]?.edits.length
  await press('Next', clickOn(chat))
  expect(chat.text()).toContain('2 of 4')
  expect(chat.messages[0]?.edits).toHaveLength(edits ?? 0)
})

test('Start shows the task by the click itself', async () => {
  const { chat, press } = await aDraft()
  for (const label of ['Next', 'Next', 'Next', 'Start']) await press(label, clickOn(chat))
  expect(chat.text()).toContain('test_batch_data · Product copywriter · waiting')
})

test('a click whose answer comes after a newer edit does not leave the task’s message as it was', async () => {
  const { chat, press, reporter, pass } = await aDraft()
  for (const label of ['Next', 'Next', 'Next', 'Start']) await press(label)
  reporter.start()
  await pass(4_000)
  const late = Promise.withResolvers<void>()
  const clicked = clickOn(chat)
  const show = (prompt: Prompt) => late.promise.then(() => clicked.show(prompt))
  const pausing = press('Pause', { id: clicked.id, show })
  await pass(4_000)
  expect(chat.text()).toContain('paused')
  await press('Stop')
  await pass(4_000)
  expect(chat.text()).toContain('stopped')
  late.resolve()
  await pausing
  expect(chat.text()).toContain('paused')
  await pass(4_000)
  expect(chat.text()).toContain('stopped')
})

test('a click on an earlier message of the draft changes the one that shows it now', async () => {
  const { chat, press, desk, mei } = await aDraft()
  const [old] = chat.messages
  if (!old) throw new Error('no message')
  const next = buttonOf(old.prompt, 'Next').id
  old.isDeleted = true // as far as an edit is concerned
  await press('Next')
  expect(chat.messages).toHaveLength(2)
  const clicked = clickOn(chat, 0)
  await desk.click(mei, next, [], () => Promise.resolve(), clicked)
  expect(clicked.shown).toEqual([])
  expect(chat.text(1)).toContain('2 of 4')
  expect(chat.told.at(-1)?.text).toContain('That step is already done')
})

describe('where the click can show nothing any more', () => {
  test('the message is edited', async () => {
    const { chat, press } = await aDraft()
    await press('Next', { ...clickOn(chat), show: async () => false })
    expect(chat.text()).toContain('2 of 4')
    expect(chat.messages).toHaveLength(1)
  })

  test.each([
    { kind: 'limited', retryAfterMs: 30_000 },
    { kind: 'failed', error: 'unknown_error' },
    { kind: 'gone', error: 'cant_update_message' },
  ] as const)('and no edit is taken ($kind), a new message shows the step', async (refusal) => {
    const { chat, press, wizard, mei } = await aDraft()
    chat.edit = async () => refusal
    await press('Next', { ...clickOn(chat), show: async () => false })
    expect(chat.text(1)).toContain('2 of 4')
    const draft = await wizard.openHere(mei, ['m2'])
    expect(draft?.message?.id).toBe('m2')
    await press('Next', clickOn(chat, 1), 1)
    expect(chat.text(1)).toContain('3 of 4')
    expect(chat.messages).toHaveLength(2)
  })

  test('and the platform is down, the edit may have arrived: it is tried again, and nothing is posted', async () => {
    const { chat, press, pass } = await aDraft()
    const edit = chat.edit.bind(chat)
    chat.edit = async () => ({ kind: 'failed', error: '503', isDown: true })
    await press('Next', { ...clickOn(chat), show: async () => false })
    chat.edit = edit
    await pass(3_000)
    expect(chat.text()).toContain('2 of 4')
    expect(chat.messages).toHaveLength(1)
  })
})

describe('an answer that takes a while', () => {
  /** Another file is sent with a form, and comes once it is let go, or never comes. */
  async function aSlowFile() {
    const cast = await aDraft()
    const { chat, desk, mei, press, clock } = cast
    await press('Next')
    const send = chat.messages[0]?.prompt.buttons.find(({ label }) => label.startsWith('Send'))
    const forms: Form[] = []
    await desk.click(mei, send?.id ?? '', [], async (form) => void forms.push(form))
    const gate = Promise.withResolvers<void>()
    gate.promise.catch(() => {}) // it may be rejected before anybody opens the file
    const file = aSentFile(csv('Name,Key features\nLamp,dims\n', 'lamps.csv'))
    const open = () => gate.promise.then(() => file.open())
    const clicked = clickOn(chat)
    await cast.reporter.idle() // its next look has its alarm by now
    const alarms = clock.alarms
    const sent = { files: [{ ...file, open }], source: 's' }
    const { done } = await desk.submit(mei, forms[0]?.id ?? '', {}, sent, clicked)
    await until(
      () => clock.alarms,
      (now) => now > alarms,
    )
    return { ...cast, gate, clicked, done, formId: forms[0]?.id ?? '' }
  }

  test('and a form that fails meanwhile is answered after it', async () => {
    const { desk, mei, chat, gate, done, formId, faults } = await aSlowFile()
    const lost = { files: [aLostFile('b.csv', new Error('no space left on the disk'))], source: 't' }
    const second = await desk.submit(mei, formId, {}, lost)
    await setImmediate()
    gate.resolve()
    await done
    await second.done
    expect(faults).toHaveLength(1)
    expect(chat.told.at(-1)?.text).toContain('F1')
  })

  test('is announced by the click, the buttons stay, and then the step is there', async () => {
    const { chat, gate, clicked, done, clock } = await aSlowFile()
    await clock.pass(500)
    expect(chat.text()).toBe('test_batch_data.xlsx\nReading the file…')
    expect(chat.messages[0]?.prompt.buttons.map(({ label }) => label)).toContain('Cancel')
    gate.resolve()
    await done
    expect(chat.text()).not.toContain('Reading the file…')
    expect(chat.text()).toContain('lamps.csv')
    expect(clicked.shown).toHaveLength(2)
  })

  test('and fails leaves the step as it was', async () => {
    const { chat, gate, done, clock } = await aSlowFile()
    const before = chat.text()
    await clock.pass(500)
    expect(chat.text()).not.toBe(before)
    gate.reject(new UserError('That file is gone.'))
    await done
    expect(chat.text()).toBe(before)
    expect(chat.told.at(-1)?.text).toBe('That file is gone.')
  })

  test('after a click on a long sheet is announced, too', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => `Lamp ${row},dims`)
    const long = csv(['Name,Key features', ...rows].join('\n'))
    const { chat, press, clock } = await aDraft(long)
    const clicked = clickOn(chat)
    const alarms = clock.alarms
    const pressing = press('Next', clicked)
    await until(
      () => clock.alarms,
      (now) => now > alarms,
    )
    await clock.pass(500)
    await pressing
    expect(clicked.shown).toHaveLength(2)
    expect(clicked.shown[0]).toContain('Reading the file…')
    expect(chat.text()).toContain('2 of 4')
    expect(chat.text()).not.toContain('Reading the file…')
  })

  test('with a result is announced to who asked, and then the file comes', async () => {
    const { chat, press, reporter, pass, clock, db } = await aDraft()
    for (const label of ['Next', 'Next', 'Next', 'Start']) await press(label)
    reporter.start()
    await pass(4_000)
    const [task] = await listTasks(db)
    const started = await aHand(db, clock).shelf.take(task?.id ?? '')
    expect(started && (await aHand(db, clock).settle(started, 1))).toBe(1)
    await pass(4_000)
    const gate = Promise.withResolvers<void>()
    const upload = chat.upload.bind(chat)
    chat.upload = (...file) => gate.promise.then(() => upload(...file))
    const alarms = clock.alarms
    const pressing = press('Results so far')
    await until(
      () => clock.alarms,
      (now) => now > alarms,
    )
    await clock.pass(500)
    expect(chat.told.at(-1)?.text).toBe('The file is being written. It comes in a moment.')
    gate.resolve()
    await pressing
    expect(chat.uploads).toHaveLength(1)
  })

  test('with a template is announced to who asked, and the step does not say that a file is read', async () => {
    const { chat, press, clock } = await aDraft()
    const before = chat.text()
    const gate = Promise.withResolvers<void>()
    const upload = chat.upload.bind(chat)
    chat.upload = (...file) => gate.promise.then(() => upload(...file))
    const clicked = clickOn(chat)
    const alarms = clock.alarms
    const pressing = press('Template', clicked)
    await until(
      () => clock.alarms,
      (now) => now > alarms,
    )
    await clock.pass(500)
    expect(chat.told.at(-1)?.text).toBe('The file is being written. It comes in a moment.')
    gate.resolve()
    await pressing
    expect(clicked.shown).toEqual([])
    expect(chat.text()).toBe(before)
    expect(chat.uploads).toHaveLength(1)
  })

  test('is announced by an edit where the click can show nothing', async () => {
    const { chat, gate, clicked, done, clock } = await aSlowFile()
    clicked.isOver = true
    await clock.pass(500)
    await until(
      () => chat.text(),
      (text) => text.includes('Reading the file…'),
    )
    gate.resolve()
    await done
    expect(chat.text()).toContain('lamps.csv')
  })
})

test('an edit for a click is made whatever the budget says, and counts: progress slows down first', async () => {
  const { chat, press, budgets, mei } = await aDraft()
  const budget = budgets.of(mei.place)
  while (budget.has(true)) budget.take()
  await press('Next', { ...clickOn(chat), show: async () => false })
  expect(chat.text()).toContain('2 of 4')
})

test('a pause that the platform asks for at a click holds progress, and the next click is tried all the same', async () => {
  const { chat, press, budgets, mei } = await aDraft()
  const edit = chat.edit.bind(chat)
  chat.edit = async () => ({ kind: 'limited', retryAfterMs: 500 })
  await press('Next', { ...clickOn(chat), show: async () => false })
  expect(budgets.of(mei.place).has(true)).toBe(false)
  chat.edit = edit
  await press('Next', { ...clickOn(chat), show: async () => false })
  expect(chat.messages).toHaveLength(1)
})

test('somebody else’s click changes nothing in the message', async () => {
  const { chat, press } = await aDraft()
  const clicked = clickOn(chat)
  await press('Next', clicked, 0, asker('Jo'))
  expect(clicked.shown).toEqual([])
  expect(chat.told.at(-1)).toMatchObject({ to: 'Jo' })
})

test('of a double click, one is answered and the other says nothing new', async () => {
  const { chat, press } = await aDraft()
  const clicked = clickOn(chat)
  await Promise.all([press('Next', clicked), press('Next', clicked)])
  expect(chat.text()).toContain('2 of 4')
  expect(chat.messages).toHaveLength(1)
})
