import { expect, test } from 'bun:test'
import { findForm, insertForms, listOpenForms, setFormState, takeForm } from '../../../src/db/rows/forms.ts'
import { alikeKey, formText, type RunForm } from '../../../src/engine/form.ts'
import { openShelf } from '../../support/runner-store.ts'

function aForm(more: Partial<RunForm> = {}): RunForm {
  return {
    formId: 'f1',
    token: 'sealed',
    nodeId: 'ask',
    nodeTitle: 'Ask',
    content: 'Is “Kettle” right?\n\nNote: {{#$output.note#}}\n',
    fields: [{ name: 'note', type: 'paragraph', initial: '', options: [] }],
    actions: [{ id: 'yes', title: 'Yes', style: 'primary' }],
    expiresAt: null,
    ...more,
  }
}

/** Rows 2 and 3 wait. */
async function twoRows() {
  const { db, submit } = await openShelf()
  const { id } = await submit(2)
  await db.updateTable('task_executions').set({ status: 'waiting' }).execute()
  const ask = (row: number, forms: RunForm[], now = 0) =>
    db
      .transaction()
      .execute((trx) =>
        insertForms(trx, { executionId: `${id}.${row}`, attempt: 1, taskId: id, rowNumber: row }, forms, now),
      )
  return { db, id, ask }
}

const ANSWER = { action: 'yes', inputs: { note: 'fine' }, by: 'Mei', at: 5 }

test('what waits is listed oldest first, each form once, and what asks the same can be picked', async () => {
  const { db, id, ask } = await twoRows()
  await ask(3, [aForm({ formId: 'f3' })], 1)
  await ask(2, [aForm(), aForm({ formId: 'f2', nodeId: 'other', nodeTitle: 'Other' })], 2)
  await ask(2, [aForm()], 3)
  const open = await listOpenForms(db, id)
  expect(open.map(({ row, nodeTitle }) => [row, nodeTitle])).toEqual([
    [3, 'Ask'],
    [2, 'Ask'],
    [2, 'Other'],
  ])
  const alike = await listOpenForms(db, id, { alike: open[0]?.alike })
  expect(alike.map(({ row }) => row)).toEqual([3, 2])
})

test('a form is taken by one person only, and can be taken again if the answer did not arrive', async () => {
  const { db, id, ask } = await twoRows()
  await ask(2, [aForm()])
  const form = (await listOpenForms(db, id))[0]?.id ?? ''
  const take = () => db.transaction().execute((trx) => takeForm(trx, form, ANSWER))
  expect([await take(), await take()]).toEqual([true, false])
  expect(await findForm(db, form)).toMatchObject({ state: 'answering', answer: ANSWER })
  await setFormState(db, form, 'open', ['answering'])
  expect(await findForm(db, form)).toMatchObject({ state: 'open', answer: null })
  expect(await take()).toBeTrue()
})

test('of two questions at once, one that its run still asks is open again', async () => {
  const { db, id, ask } = await twoRows()
  await ask(2, [aForm(), aForm({ formId: 'f2' })])
  const [first, second] = await listOpenForms(db, id)
  await setFormState(db, first?.id ?? '', 'answered', ['open'])
  await setFormState(db, second?.id ?? '', 'elsewhere', ['open'])
  await ask(2, [aForm(), aForm({ formId: 'f2' })])
  expect((await listOpenForms(db, id)).map(({ formId }) => formId)).toEqual(['f2'])
})

test('forms ask the same whatever the row’s values and the day', () => {
  expect(alikeKey(aForm({ content: 'Is “Lamp” right?', expiresAt: 7 }))).toBe(alikeKey(aForm()))
  expect(alikeKey(aForm({ actions: [] }))).not.toBe(alikeKey(aForm()))
})

test('the text of a form is without the marks of its fields', () => {
  expect(formText(aForm())).toBe('Is “Kettle” right?\n\nNote:')
})
