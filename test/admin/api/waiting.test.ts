import { expect, test } from 'bun:test'
import { z } from 'zod'
import { aProgram } from './support/program.ts'

const FORMS = z.object({ items: z.array(z.looseObject({ form_id: z.string() })), total: z.number() })

async function aTaskThatAsks(rows = 3) {
  const program = await aProgram()
  const { id } = await program.submit(rows, { concurrency: 1 }, () => '[sandbox: paused]')
  await program.until(id, ({ waiting }) => waiting === rows)
  const path = `/api/batch/${id}/waiting`
  const forms = async () => FORMS.parse((await program.ask('GET', path)).json)
  return { ...program, id, path, forms }
}

test('a program reads what rows wait for, and answers', async () => {
  const { ask, path, forms, ended, id, sandbox } = await aTaskThatAsks()
  const { items, total } = await forms()
  expect(total).toBe(3)
  expect(items[0]).toMatchObject({
    row: 2,
    title: 'Approval',
    text: 'The sandbox was told to wait for a person.',
    fields: [{ name: 'note', type: 'paragraph', value: '', options: [] }],
    actions: [
      { id: 'yes', title: 'Approve' },
      { id: 'no', title: 'Reject' },
    ],
    alike: 3,
    is_answering: false,
    only_in_dify: false,
  })
  const [first, second] = items.map(({ form_id }) => `${path}/${form_id}`)
  expect(await ask('POST', first ?? '', { action: 'yes', inputs: { note: 'fine' } })).toMatchObject({
    status: 200,
    json: { action: 'Approve', rows: [2], others: [] },
  })
  expect(await ask('POST', first ?? '', { action: 'no' })).toMatchObject({
    status: 409,
    json: { message: expect.stringContaining('has answered row 2 already: Approve.') },
  })
  expect(await ask('POST', second ?? '', { action: 'no', for_all_alike: true })).toMatchObject({
    json: { action: 'Reject', rows: [3, 4] },
  })
  await ended(id)
  expect(await forms()).toEqual({ items: [], total: 0 })
  expect(sandbox.answers()).toHaveLength(3)
})

test('a wrong answer is refused in words, and changes nothing', async () => {
  const { ask, path, forms, sandbox, id, submit } = await aTaskThatAsks(1)
  const form = `${path}/${(await forms()).items[0]?.form_id}`
  const message = async (body: object) => (await ask('POST', form, body)).json
  expect(await message({ action: 'maybe' })).toMatchObject({
    hint: 'There are “Approve” (yes), “Reject” (no).',
  })
  expect(await message({ action: 'yes', inputs: { what: '' } })).toMatchObject({
    message: expect.stringContaining('There is no field “what”.'),
  })
  expect((await ask('POST', form, {})).status).toBe(422)
  expect((await ask('POST', form, { action: 'yes' }, { as: 'viewer' })).status).toBe(403)
  expect((await ask('POST', `${path}/none`, { action: 'yes' })).status).toBe(404)
  const other = await submit(1)
  const elsewhere = form.replace(id, other.id)
  expect((await ask('POST', elsewhere, { action: 'yes' })).status).toBe(404)
  expect(sandbox.answers()).toEqual([])
})
