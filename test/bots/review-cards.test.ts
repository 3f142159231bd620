import { describe, expect, test } from 'bun:test'
import { insertTaskMessage } from '../../src/db/chats/task-messages.ts'
import { findReviewedRow } from '../../src/db/rows/reviews.ts'
import type { Outputs } from '../../src/engine/task.ts'
import { reviewClick } from '../../src/messages/click-ids.ts'
import type { Form } from '../../src/messages/prompt.ts'
import { GOOD, settleAll } from '../support/judged-task.ts'
import { anOrder } from '../support/runner-store.ts'
import { aPerson, asker, buttonOf, PLACE, textOf } from '../wizard/support/cast.ts'
import { faultsOfForm, faultsOfPrompt } from '../wizard/support/within-limits.ts'
import { aDesk } from './support/cast.ts'

/** Mei’s task, done: its first rows are to look at. The n-th message is its own, the next one the card. */
async function aTask(first: Outputs[] = [{ text: '' }, { text: '' }]) {
  const cast = await aDesk()
  const { db, desk, chat, mei, clock } = cast
  const [workflow] = cast.workflows
  if (!workflow) throw new Error('no workflow')
  const outputs = [...first, ...GOOD]
  const order = anOrder(workflow, outputs.length, { parameters: { name: 'q3' }, ownerKey: 'slack:T1:U-Mei' })
  const { id } = await cast.engine.submit(order)
  await settleAll(
    db,
    id,
    outputs.map((one) => ({ outputs: one })),
  )
  const [owner, place] = [JSON.stringify(aPerson('Mei')), JSON.stringify(PLACE)]
  await insertTaskMessage(db, { taskId: id, owner, place, locale: 'en', message: null })
  const forms: Form[] = []
  const click = (label: string, who = mei, message = card()) =>
    desk.click(who, buttonOf(message, label).id, [], (form) => {
      forms.push(form)
      return Promise.resolve()
    })
  /** Without the task's own message, which comes when the reporter has looked. */
  const cards = () => chat.messages.filter(({ prompt }) => / of \d+$|looked at$/.test(prompt.title))
  const card = () => {
    const message = cards().at(-1)
    if (!message) throw new Error('there is no card')
    return message.prompt
  }
  const begin = (who = mei) =>
    desk.click(who, reviewClick({ of: 'review', id, verb: 'begin' }), [], () => Promise.resolve())
  const rowOf = async (row: number) => {
    const found = await findReviewedRow(db, id, row)
    if (!found) throw new Error('It is gone.')
    return found
  }
  /** Submits the dialog that was opened last, with other texts. */
  const submit = async (values: Record<string, string>) => {
    const form = forms.at(-1)
    if (!form) throw new Error('no dialog')
    const all = Object.fromEntries(
      form.fields.map((field) => [field.id, 'value' in field ? field.value : '']),
    )
    const submitted = await desk.submit(mei, form.id, { ...all, ...values })
    await submitted.done
    return submitted.errors
  }
  const runs = async (answers: Outputs[]) => {
    await settleAll(
      db,
      id,
      answers.map((one) => ({ outputs: one })),
    )
  }
  return {
    ...cast,
    id,
    click,
    card,
    cards,
    begin,
    rowOf,
    submit,
    forms,
    runs,
    clock,
    says: () => textOf(card()),
  }
}

describe('rows to look at', () => {
  test('are shown one by one in one message: kept, edited, run again, and in the end what came of them', async () => {
    const { begin, click, card, says, submit, chat, rowOf, runs, reporter, pass } = await aTask([
      { text: '' },
      { text: '' },
      { text: '  ' },
    ])
    await begin()
    expect(card().title).toBe('Row 2 · 1 of 3')
    expect(says()).toContain('text: empty')
    await click('Keep')
    expect(card().title).toBe('Row 3 · 2 of 3')
    await click('Edit')
    expect(await submit({ o0: 'A lamp.' })).toBeUndefined()
    expect(says()).toContain('A lamp.')
    expect(says()).toContain('edited by Mei')
    expect(says()).toContain('The machine’s: (nothing)')
    await click('→')
    expect(card().title).toBe('Row 4 · 3 of 3')
    await click('Run again')
    expect(says()).toContain('This row runs again.')
    await runs([{ text: 'Answer number 12 is long enough, and complete.' }])
    reporter.start()
    await pass(4_000)
    expect(says()).toContain('Its new answer:')
    expect(says()).toContain('Answer number 12')
    await click('→')
    expect(card().title).toBe('3 looked at')
    expect(says()).toContain('1 kept · 1 edited · 1 run again')
    expect(chat.messages.filter(({ prompt }) => prompt === card())).toHaveLength(1)
    expect((await rowOf(3)).edits['text']?.value).toBe('A lamp.')
  })

  test('the task’s message counts them anew, and its buttons are for those that are left', async () => {
    const { begin, click, reporter, pass, chat } = await aTask()
    reporter.start()
    await pass(4_000)
    expect(chat.text()).toContain('2 to look at')
    await begin()
    await click('Keep')
    await pass(8_000)
    expect(chat.text()).toContain('1 to look at · 1 kept')
    await click('Keep')
    await pass(8_000)
    expect(chat.messages[0]?.prompt.buttons.map(({ label }) => label)).not.toContain('Look at 1')
    expect(chat.uploads).toHaveLength(1)
  })

  test('one can be gone through in both directions, and reset', async () => {
    const { begin, click, card, says, rowOf } = await aTask()
    await begin()
    await click('Keep')
    await click('←')
    expect(card().title).toBe('Row 2 · 1 of 2')
    expect(says()).toContain('Mei has kept it as it is.')
    await click('Reset')
    expect((await rowOf(2)).kept).toBeNull()
    expect(says()).not.toContain('has kept it')
  })

  test('two clicks on the same button do it once, and two people end at the same row', async () => {
    const { begin, click, card, cards, db } = await aTask()
    await Promise.all([begin(), begin()])
    expect(cards()).toHaveLength(1)
    const before = card()
    await Promise.all([click('Keep', undefined, before), click('Keep', undefined, before)])
    expect(card().title).toBe('Row 3 · 2 of 2')
    const kept = await db.selectFrom('audit_log').select('id').where('action', '=', 'row.keep').execute()
    expect(kept).toHaveLength(1)
  })

  test('an answer that has changed since is not kept: the card shows it as it is now, and says so', async () => {
    const { begin, click, card, says, chat, rowOf, id, db } = await aTask()
    await begin()
    await db
      .updateTable('task_executions')
      .set({ outputs: '{"text":"another"}', attempt: 2 })
      .where('task_id', '=', id)
      .where('row_number', '=', 2)
      .execute()
    await click('Keep')
    expect(chat.told.at(-1)?.text).toContain('Row 2 has changed since you saw it.')
    expect(says()).toContain('another')
    expect((await rowOf(2)).kept).toBeNull()
    expect(card().title).toBe('Row 2 · 1 of 2')
  })

  test('only the owner and admins look at them', async () => {
    const { begin, click, cards, chat, rowOf } = await aTask()
    const jo = asker('Jo')
    await begin(jo)
    expect(cards()).toHaveLength(0)
    await begin()
    await click('Keep', jo)
    expect(chat.told.map(({ to, text }) => [to, text])).toEqual([
      ['Jo', expect.stringContaining('and admins may do that')],
      ['Jo', expect.stringContaining('and admins may do that')],
    ])
    expect((await rowOf(2)).kept).toBeNull()
  })

  test('a card works after a restart, and of a task that was deleted it says so', async () => {
    const { begin, card, rebuild, mei, rowOf, db, id, chat } = await aTask()
    await begin()
    const before = card()
    const { desk } = rebuild()
    await desk.click(mei, buttonOf(before, 'Keep').id, [], () => Promise.resolve())
    expect((await rowOf(2)).kept).not.toBeNull()
    expect(card().title).toBe('Row 3 · 2 of 2')
    await db.deleteFrom('batch_tasks').where('id', '=', id).execute()
    await desk.click(mei, buttonOf(card(), 'Keep').id, [], () => Promise.resolve())
    expect(chat.told.at(-1)?.text).toContain('This task is not there any more.')
    desk.stop()
  })

  test('begun anew, the earlier card leads to the new one', async () => {
    const { begin, click, chat, clock, card } = await aTask()
    await begin()
    await click('Keep')
    clock.jump(60_000)
    await begin()
    const moved = chat.messages.filter(({ prompt }) => textOf(prompt).includes('Goes on further down.'))
    expect(moved).toHaveLength(1)
    expect(card().title).toBe('Row 3 · 1 of 1')
  })
})

describe('the dialog', () => {
  test('has the texts of all outputs, and what is not of their kind is said at its field', async () => {
    const { begin, click, forms, submit, rowOf } = await aTask([
      { text: '', stock: 3, tags: ['a'] },
      { text: '' },
    ])
    await begin()
    await click('Edit')
    const [form] = forms
    expect(form && faultsOfForm(form)).toEqual([])
    expect(form?.fields.map(({ label }) => label)).toEqual(['text', 'stock', 'tags'])
    expect(await submit({ o0: 'A lamp.', o1: 'many' })).toEqual({
      o1: 'It must stay a number, such as 12.5, without a unit.',
    })
    expect((await rowOf(2)).edits).toEqual({})
    expect(await submit({ o0: 'A lamp.', o1: '12.5' })).toBeUndefined()
    expect(Object.keys((await rowOf(2)).edits)).toEqual(['text', 'stock'])
  })

  test('saves nothing where nothing was changed', async () => {
    const { begin, click, submit, rowOf } = await aTask()
    await begin()
    await click('Edit')
    await submit({ o0: ' ' })
    expect((await rowOf(2)).edits).toEqual({})
  })

  test('does not overwrite what somebody else has saved meanwhile', async () => {
    const { begin, click, submit, rowOf, chat, says } = await aTask()
    await begin()
    await click('Edit')
    await submit({ o0: 'first' })
    await submit({ o0: 'second' })
    expect((await rowOf(2)).edits['text']?.value).toBe('first')
    expect(chat.told.at(-1)?.text).toContain('Row 2 has changed since you saw it.')
    expect(says()).toContain('first')
  })

  test('of a text that is too long for it leads to the page', async () => {
    const { begin, click, forms, chat, db, id } = await aTask()
    await db
      .updateTable('task_executions')
      .set({ outputs: JSON.stringify({ text: 'x'.repeat(3_001) }) })
      .where('row_number', '=', 2)
      .execute()
    await begin()
    await click('Edit')
    expect(forms).toEqual([])
    expect(chat.told.at(-1)?.text).toContain('too long for a dialog')
    expect(id).not.toBe('')
  })
})

test('a card with vast inputs and outputs stays within the limits of both platforms, and is clipped with a way to the rest', async () => {
  const vast = { ['o'.repeat(300)]: 'a very long line '.repeat(2_000), text: '', more: 'x\n'.repeat(5_000) }
  const { begin, click, card, says, submit, db, id } = await aTask([vast, { text: '' }])
  const inputs = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`input ${i}`.repeat(20), 'y'.repeat(9_000)]),
  )
  await db
    .updateTable('task_executions')
    .set({ inputs: JSON.stringify(inputs) })
    .where('task_id', '=', id)
    .execute()
  await begin()
  expect(faultsOfPrompt(card())).toEqual([])
  expect(says()).toContain('… The rest is on the page.')
  await click('Edit')
  await submit({ o0: 'z'.repeat(3_000) })
  expect(faultsOfPrompt(card())).toEqual([])
})
