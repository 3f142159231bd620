import { describe, expect, test } from 'bun:test'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listTaskPage } from '../../src/db/tasks/task-list.ts'
import { productCopywriter } from '../../src/dify/sandbox/apps/product-copywriter.ts'
import { updateWorkflow } from '../../src/db/workflows/workflows.ts'
import type { Variable } from '../../src/engine/workflow.ts'
import { png } from '../workbook/support/pictures.ts'
import { aSandbox, withWorkflow } from '../support/bot.ts'
import { nano } from '../support/nano.ts'
import { anAdmin, form } from './support/admin.ts'
import { pageOf } from './support/page-of.ts'
import { shownOf } from './support/shown.ts'

const GOOD = { 'constant:name': 'Kettle', 'constant:features': 'quiet, “fast”\nand, red' }

describe('the page of a workflow', () => {
  test('is linked from its name, and says how its rows go, what holds for it, and its last tasks', async () => {
    const { browse, submit, bot, ended, workflow, sandbox } = await anAdmin({ limit: 4 })
    const consoleUrl = 'https://dify.example.com/app/5a9d0b0c-1111-4000-8000-00005a9db0c5'
    await bot.db.updateTable('workflows').set({ console_url: consoleUrl }).execute()
    const { id } = await submit(8, { retries: 0, name: 'spring' }, (row) =>
      row === 3 ? '[sandbox: failed]' : 'good',
    )
    bot.startRunner()
    await ended(id)
    const seconds = { seconds: 3.2, price_nano: nano(0.0021), currency: 'USD' }
    await bot.db.updateTable('task_executions').set(seconds).where('status', '=', 'succeeded').execute()

    const list = await (await browse('/workflows')).text()
    expect(list).toContain(`<a href="/workflows/${workflow.id}" data-item><bdi>Product copywriter</bdi></a>`)
    const { text, html } = await pageShown(await browse(`/workflows/${workflow.id}`))
    expect(text).toContain('87 % of 8 rows in 30 days')
    expect(text).toContain('takes 3.2 s and costs $0.0021 on average')
    expect(text).toContain('4 calls at once')
    expect(text).toContain('in the chats: everyone')
    expect(text).toContain('Dify was asked just now · ✔ it answered')
    expect(text).toContain('Calls now as many as its limits allow')
    expect(text).toMatch(/Version \w+… · first run just now/)
    expect(text).toContain(new URL(sandbox.url).host)
    expect(text).toContain('spring ✔ Completed 8/8 · 1 failed')
    expect(html).toContain(`href="${consoleUrl}/logs"`)
    expect(html).toContain(`href="/batch/${id}/rows/3"`)
    expect(text).toMatch(/Last error .*just now · row 3 of spring/)
  })

  test('says what a row met as it was said, and nothing of it is markup', async () => {
    const { browse, submit, bot, ended, workflow } = await anAdmin()
    const { id } = await submit(1, { retries: 0 }, () => '[sandbox: failed]')
    bot.startRunner()
    await ended(id)
    const said = '<img src=x onerror=alert(1)>\u202e said Dify'
    await bot.db.updateTable('task_executions').set({ error: said, error_sentence: null }).execute()
    const { html } = await pageShown(await browse(`/workflows/${workflow.id}`))
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('<q><bdi>&lt;img src=x onerror=alert(1)&gt;')
  })

  test('says that Dify did not answer when it was asked, and when calls are held back', async () => {
    const { browse, bot, submit, workflow, sandbox, until } = await anAdmin({
      pace: { troubleBaseMs: 60_000 },
    })
    await submit(12, { concurrency: 6 })
    await sandbox.stop()
    bot.startRunner()
    await until(
      (await listTaskPage(bot.db, {}, { limit: 1, offset: 0 })).tasks[0]?.id ?? '',
      () => bot.runtimes.slowdown(workflow.id) !== undefined,
    )
    await browse(`/workflows/${workflow.id}/check?from=page`, form({}))
    const { text } = await pageShown(await browse(`/workflows/${workflow.id}`))
    const { text: list } = await pageShown(await browse('/workflows'))
    expect(list).toMatch(/✖ When Dify was asked just now, it did not answer as it should: 127/)
    expect(text).toMatch(/✖ it did not answer as it should: 127\.0\.0\.1:\d+ cannot be reached/)
    expect(text).toMatch(/✖ held back: Dify has not answered since .* One call asks again every 1 min/)
  })

  test('says what has changed in Dify until it is synced, and then what was taken over', async () => {
    const copied = { ...productCopywriter, form: [...productCopywriter.form] }
    const { browse, bot } = await anAdmin()
    const sandbox = aSandbox({ apps: [copied] })
    const { id } = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: copied.key })
    copied.form.pop()
    copied.name = 'Copywriter 2'
    const checked = await browse(`/workflows/${id}/check?from=page`, form({}))
    expect(checked.headers.get('location')).toBe(`/workflows/${id}?notice=changed&of=${id}`)
    const { text } = await pageShown(await browse(checked.headers.get('location') ?? ''))
    expect(text).toContain('“Product copywriter” answers, but it has changed in Dify.')
    expect(text).toContain('Changed in Dify')
    expect(text).toContain('The input “Max words” is gone.')
    expect(text).toContain('It is called “Copywriter 2” now; it was “Product copywriter”.')
    const zh = await pageShown(await browse(`/workflows/${id}`, { headers: { 'accept-language': 'zh-CN' } }))
    expect(zh.text).toContain('输入项“Max words”已不存在。')

    await browse(`/workflows/${id}/sync?from=page`, form({}))
    const after = await pageShown(await browse(`/workflows/${id}`))
    expect(after.text).not.toContain('Changed in Dify')
    expect(after.text).toMatch(/Taken over at the last sync, just now .*The input “Max words” is gone\./)
  })

  test('says that it was published again, once a row has run with another version', async () => {
    const { browse, submit, bot, ended, workflow, sandbox } = await anAdmin()
    bot.startRunner()
    const path = `/workflows/${workflow.id}`
    const runs = async () => {
      await ended((await submit(1)).id)
      return pageShown(await browse(path))
    }
    expect((await runs()).text).not.toContain('published')
    const version = sandbox.publish()
    expect((await runs()).text).toContain(`It was published again: rows last ran with version ${version}`)
    expect((await pageShown(await browse('/workflows'))).text).toContain('It was published again')
    // It is the same app for all that Dify says of it.
    const checked = await browse(`${path}/check`, form({}))
    expect(checked.headers.get('location')).toContain('notice=changed')
    expect((await runs()).text).not.toContain('published')
    expect((await browse(`${path}/check`, form({}))).headers.get('location')).toContain('notice=checked')
  })

  test('leads back to itself from the forms on it, and to the list once it is removed', async () => {
    const { browse, workflow } = await anAdmin()
    const path = `/workflows/${workflow.id}`
    const asked = pageOf(await (await browse(`${path}/limit?from=page`)).text())
    expect(asked.forms.map(({ action }) => action)).toContain(`${path}/limit?from=page`)
    const saved = await browse(
      `${path}/limit?from=page`,
      form({ limit: '3', perMinute: '', tokensPerMinute: '', perTask: '' }),
    )
    expect(saved.headers.get('location')).toBe(`${path}?notice=limit&of=${workflow.id}`)
    const removed = await browse(`${path}/remove?from=page`, {
      ...form({}),
      headers: { 'hx-request': 'true' },
    })
    expect(removed.headers.get('hx-redirect')).toBe('/workflows?notice=removed')
    expect((await browse(path)).status).toBe(404)
  })

  test('shows a runner their own tasks alone, and only workflows that they may use', async () => {
    const { browse, withToken, submit, bot, workflow } = await anAdmin()
    await submit(2, { name: 'of somebody else' })
    const ada = await withToken('Ada', 'runner')
    const path = `/workflows/${workflow.id}`
    const made = await ada.browse(`${path}/test`, form({ form: crypto.randomUUID(), ...GOOD }))
    expect(made.status).toBe(303)
    const { text } = await pageShown(await ada.browse(path))
    expect(text).toContain('Your last tasks')
    expect(text).toContain('Test of Product copywriter')
    expect(text).not.toContain('of somebody else')
    expect(text).not.toContain('in the chats')
    expect((await pageShown(await browse(path))).text).toContain('of somebody else')

    const bo = await withToken('Bo', 'runner')
    expect((await bo.browse(path)).status).toBe(200)
    await bot.db
      .updateTable('workflows')
      .set({ access: '{"users":["U1"],"channels":[],"roles":[]}' })
      .execute()
    expect((await bo.browse(path)).status).toBe(404)
    expect((await bo.browse(`${path}/test`, form({ form: crypto.randomUUID(), ...GOOD }))).status).toBe(404)
    // Whoever has tasks of it still sees them.
    const left = await pageShown(await ada.browse(path))
    expect(left.text).toContain('Test of Product copywriter')
    expect(pageOf(left.html).forms.filter(({ action }) => action.includes('/test'))).toEqual([])
  })

  test('shows a viewer everything and lets them start nothing', async () => {
    const { browse, workflow } = await anAdmin()
    const path = `/workflows/${workflow.id}`
    const { text, html } = await pageShown(await browse(path, { as: 'viewer' }))
    expect(text).toContain('You may only look.')
    expect(pageOf(html).forms.filter(({ action }) => action.startsWith(path))).toEqual([])
    expect((await browse(`${path}/test`, { as: 'viewer', ...form(GOOD) })).status).toBe(403)
  })
})

describe('a test of one row', () => {
  test('is a task like any other, of whoever asked, with what was typed', async () => {
    const { browse, bot, workflow, ended } = await anAdmin()
    const path = `/workflows/${workflow.id}`
    const { forms } = pageOf(await (await browse(path)).text())
    const shown = forms.find(({ action }) => action === `${path}/test`)
    const made = await browse(`${path}/test`, form({ ...shown?.fields, ...GOOD }))
    expect(made.status).toBe(303)
    const [task] = (await listTaskPage(bot.db, {}, { limit: 9, offset: 0 })).tasks
    expect(made.headers.get('location')).toBe(`/batch/${task?.id}`)
    expect(task).toMatchObject({ name: 'Test of Product copywriter', owner: 'Mei', counts: { total: 1 } })
    bot.startRunner()
    const { status, counts } = await ended(task?.id ?? '')
    expect([status, counts.succeeded]).toEqual(['completed', 1])
    const { inputs } = await bot.db.selectFrom('task_executions').select('inputs').executeTakeFirstOrThrow()
    expect(JSON.parse(inputs)).toEqual({
      name: 'Kettle',
      features: GOOD['constant:features'],
      tone: 'formal',
    })
    const { entries } = await listAudit(bot.db, { target: task?.id })
    expect(entries.map(({ action, who, face }) => [action, who, face])).toEqual([
      ['task.create', 'Mei', 'page'],
    ])
  })

  test('sent twice at once it makes one task, and both lead to it', async () => {
    const { browse, bot, workflow } = await anAdmin()
    const path = `/workflows/${workflow.id}/test`
    const fields = { form: crypto.randomUUID(), ...GOOD }
    const made = await Promise.all([1, 2, 3].map(() => browse(path, form(fields))))
    const later = await browse(path, form(fields))
    const { tasks } = await listTaskPage(bot.db, {}, { limit: 9, offset: 0 })
    expect(tasks).toHaveLength(1)
    for (const answer of [...made, later])
      expect(answer.headers.get('location')).toBe(`/batch/${tasks[0]?.id}`)
    // Its process died while it was read: it counts no more.
    await bot.db.updateTable('drafts').set({ status: 'failed', task_id: null }).execute()
    const anew = await browse(path, form(fields))
    expect(anew.headers.get('location')).not.toBe(`/batch/${tasks[0]?.id}`)
    expect((await browse(path, form(fields))).headers.get('location')).toBe(anew.headers.get('location'))
    // Going back and typing something else is another row.
    await browse(path, form({ ...fields, 'constant:name': 'Lamp' }))
    expect((await listTaskPage(bot.db, {}, { limit: 9, offset: 0 })).total).toBe(3)
  })

  test('says at the field what is missing or wrong, keeps what was typed, and starts nothing', async () => {
    const { browse, bot, workflow } = await anAdmin()
    const path = `/workflows/${workflow.id}/test`
    const send = (fields: Record<string, string>) =>
      browse(path, form({ form: crypto.randomUUID(), ...fields }))
    const missing = await send({ 'constant:name': 'Kettle', 'constant:features': '  ' })
    expect(missing.status).toBe(422)
    const html = await missing.text()
    expect(html).toContain('Give a value: “Key features” is required.')
    const { elements } = pageOf(html)
    const field = (name: string) =>
      Object.fromEntries(
        elements.find(({ attributes }) => attributes.some(([, value]) => value === name))?.attributes ?? [],
      )
    expect(field('constant:features')).toMatchObject({
      'aria-invalid': 'true',
      'aria-describedby': 'input-1-fault',
    })
    expect(field('constant:name')).toMatchObject({ value: 'Kettle' })

    const wrong = await pageShown(await send({ ...GOOD, 'constant:max_words': 'many' }))
    expect(wrong.text).toContain('“many” is not a number')
    expect(wrong.html).toContain('id="input-3-fault"')
    expect((await listTaskPage(bot.db, {}, { limit: 9, offset: 0 })).total).toBe(0)
  })
})

describe('a test of one row, of inputs of every kind', () => {
  const VARIABLES: Variable[] = [
    { name: 'sku', label: 'Article', type: 'text-input', required: true },
    // People see two inputs of one name; the reader of sheets must not.
    { name: 'code', label: 'article ', type: 'text-input', required: false },
    { name: 'count', label: 'B', type: 'number', required: false },
    { name: 'gift', label: 'A gift', type: 'checkbox', required: false },
    { name: 'more', label: '*', type: 'json_object', required: false },
    { name: 'logo', label: 'Logo', type: 'file', required: true, fileTypes: ['image'] },
    { name: '__proto__', label: 'Proto', type: 'text-input', required: false },
  ]

  async function cast(variables: Variable[]) {
    const around = await anAdmin()
    const { bot, workflow, browse } = around
    await updateWorkflow(bot.db, workflow.id, { ...workflow, variables }, Date.now())
    const path = `/workflows/${workflow.id}`
    const send = async (values: Record<string, string>, files: Record<string, File[]> = {}) => {
      const { forms } = pageOf(await (await browse(path)).text())
      const shown = forms.find(({ action }) => action === `${path}/test`)
      const body = new FormData()
      for (const [name, value] of Object.entries({ ...shown?.fields, ...values })) body.set(name, value)
      for (const [name, all] of Object.entries(files)) for (const file of all) body.append(name, file)
      return browse(`${path}/test`, { method: 'POST', body })
    }
    const sent = async () => {
      const { inputs } = await bot.db.selectFrom('task_executions').select('inputs').executeTakeFirstOrThrow()
      return JSON.parse(inputs) as unknown
    }
    return { ...around, send, sent }
  }

  test('each is sent as its kind, whatever it is called, and a file as it was uploaded', async () => {
    const { send, sent } = await cast(VARIABLES)
    const texts = {
      'constant:sku': '=007',
      'constant:code': 'c-1',
      'constant:count': '12.5',
      'constant:gift': 'true',
      'constant:more': '{"a": [1]}',
      'constant:__proto__': 'x',
    }
    const logo = new File([Buffer.from(png('logo'))], 'my, logo.png')
    expect((await send(texts, { 'file:logo': [logo] })).status).toBe(303)
    const inputs = (await sent()) as Record<string, unknown>
    expect(inputs).toMatchObject({ sku: '=007', code: 'c-1', count: 12.5, gift: true, more: { a: [1] } })
    expect(inputs['logo']).toMatchObject({ name: 'my, logo.png' })
    expect(Object.entries(inputs)).toContainEqual(['__proto__', 'x'])
  })

  test('a file that is missing or is none of those it takes is said at its field', async () => {
    const { send, bot } = await cast(VARIABLES)
    const none = await pageShown(await send({ 'constant:sku': '1' }, { 'file:logo': [new File([], '')] }))
    expect(none.text).toContain('Give a value: “Logo” is required.')
    const pdf = new File(['%PDF-1.7'], 'a.pdf')
    const wrong = await pageShown(await send({ 'constant:sku': '1' }, { 'file:logo': [pdf] }))
    expect(wrong.html).toContain('id="input-5-fault"')
    expect((await listTaskPage(bot.db, {}, { limit: 9, offset: 0 })).total).toBe(0)
  })

  test('of a workflow without inputs, or with none given, there is still a row', async () => {
    const { send, sent } = await cast([])
    expect((await send({})).status).toBe(303)
    expect(await sent()).toEqual({})
    const optional = await cast([{ name: 'tone', label: 'Tone', type: 'text-input', required: false }])
    expect((await optional.send({ 'constant:tone': ' ' })).status).toBe(303)
    expect(await optional.sent()).toEqual({})
  })
})

async function pageShown(response: Response) {
  const html = await response.text()
  return { html, text: (await shownOf(new Response(html))).text }
}
