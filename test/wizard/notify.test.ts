import { describe, expect, test } from 'bun:test'
import { readConfig } from '../../src/app/config.ts'
import { aWizard, Visit } from './support/cast.ts'

const ALL = readConfig({
  ROWBOT_WEBHOOK_SECRET: 'a secret of twenty-four bytes',
  ROWBOT_WEBHOOK_URL: 'https://hooks.example.com/secret-path',
  ROWBOT_WEBHOOK_HOSTS: 'other.example.com',
  ROWBOT_SMTP_URL: 'smtps://u:p@mail.example.com',
  ROWBOT_MAIL_FROM: 'bot@example.com',
  ROWBOT_MAIL_TO: 'ops@corp.example',
  ROWBOT_MAIL_DOMAINS: 'example.com',
  ROWBOT_RESULTS_FOLDER: '/mnt/results',
}).notify

async function atParameters(notify = ALL) {
  const cast = await aWizard(undefined, { notify })
  const visit = new Visit(cast.wizard)
  await visit.send()
  await visit.press('Next')
  await visit.press(visit.labels.find((label) => /^(Next|Run the other|Run all)/.test(label)) ?? 'Next')
  const said = () => JSON.stringify(visit.prompt.lines)
  return { ...cast, visit, said }
}

async function startedWith(given: Awaited<ReturnType<typeof atParameters>>): Promise<unknown> {
  await given.visit.press('Next')
  await given.visit.press('Start')
  const task = await given.db.selectFrom('batch_tasks').select('notify').executeTakeFirstOrThrow()
  return task.notify === null ? null : JSON.parse(task.notify)
}

describe('who else is notified', () => {
  test('is not asked where nobody can be', async () => {
    const { visit } = await atParameters(readConfig({}).notify)
    expect(visit.labels).not.toContain('Notify others…')
  })

  test('is said in steps 3 and 4, as the settings have it; a webhook only by its host', async () => {
    const given = await atParameters()
    const usual =
      'At the end: ","webhook to hooks.example.com"," · ","e-mail to ops@corp.example"," · ","result in the shared folder'
    expect(given.said()).toContain(usual)
    await given.visit.press('Notify others…')
    expect(JSON.stringify(given.visit.form)).not.toContain('secret-path')
    await given.visit.press('Next')
    expect(given.said()).toContain(usual)
    expect(given.said()).not.toContain('secret-path')
    await given.visit.press('Start')
    const task = await given.db.selectFrom('batch_tasks').select('notify').executeTakeFirstOrThrow()
    expect(task.notify).toBeNull() // it follows the settings
  })

  test('is chosen in a form, and what is chosen is the task’s', async () => {
    const given = await atParameters()
    await given.visit.press('Notify others…')
    expect(given.visit.form.fields.map(({ id }) => id)).toEqual(['emails', 'webhook', 'url', 'folder'])
    const errors = await given.visit.answerForm({
      emails: 'ana@example.com, ',
      webhook: 'usual',
      url: 'https://other.example.com/mine',
      folder: 'no',
    })
    expect(errors).toBeUndefined()
    expect(given.said()).toContain('webhook to other.example.com')
    expect(given.said()).not.toContain('shared folder')
    expect(await startedWith(given)).toEqual({
      emails: ['ana@example.com'],
      webhook: 'https://other.example.com/mine',
      folder: false,
    })
  })

  test('may be nobody', async () => {
    const given = await atParameters()
    await given.visit.press('Notify others…')
    await given.visit.answerForm({ emails: '', webhook: 'none', url: '', folder: 'no' })
    expect(given.said()).not.toContain('At the end')
    expect(await startedWith(given)).toEqual({ emails: [], webhook: null, folder: false })
  })

  test('is refused by the field where it is not allowed', async () => {
    const { visit } = await atParameters()
    await visit.press('Notify others…')
    const errors = await visit.answerForm({
      emails: 'eve@corp.example',
      webhook: 'usual',
      url: 'https://169.254.169.254/',
      folder: 'yes',
    })
    expect(errors).toEqual({
      emails: 'E-mails to corp.example are not allowed here. An admin can allow them.',
      url: 'Webhooks to 169.254.169.254 are not allowed here. An admin can allow them.',
    })
  })
})
