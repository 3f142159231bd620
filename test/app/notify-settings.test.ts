import { describe, expect, test } from 'bun:test'
import { readConfig } from '../../src/app/config.ts'
import { emailsOf, isEmail, requireAllowed, targetShown, targetsOf } from '../../src/app/notify-settings.ts'

const SECRET = { ROWBOT_WEBHOOK_SECRET: 'a secret of twenty-four bytes' }
const MAIL = { ROWBOT_SMTP_URL: 'smtps://u:p@mail.example.com', ROWBOT_MAIL_FROM: 'bot@example.com' }

describe('a webhook may go to', () => {
  const isAllowed = (webhook: string, hosts: string, more: Record<string, string> = {}) => {
    const { notify } = readConfig({ ...SECRET, ROWBOT_WEBHOOK_HOSTS: hosts, ...more })
    try {
      requireAllowed({ webhook }, notify)
      return true
    } catch {
      return false
    }
  }
  for (const [url, hosts, allowed] of [
    ['https://hooks.example.com/a', 'hooks.example.com', true],
    ['https://HOOKS.example.com/a', 'Hooks.Example.com', true],
    ['https://hooks.example.com:8443/a', 'hooks.example.com', false],
    ['https://hooks.example.com:8443/a', 'hooks.example.com:8443', true],
    ['http://hooks.example.com/a', 'hooks.example.com', false],
    ['http://hooks.example.com/a', 'http://hooks.example.com', true],
    ['https://hooks.example.com/a', 'http://hooks.example.com', false],
    ['http://127.0.0.1:9000/a', '127.0.0.1:9000', true],
    ['http://127.0.0.1:9000/a', '127.0.0.1', false],
    ['http://127.1.evil.example:9000/a', '127.1.evil.example:9000', false],
    ['http://2130706433:9000/a', 'hooks.example.com', false],
    ['https://hooks.example.com.evil.example/a', 'hooks.example.com', false],
    ['https://hooks.example.com@evil.example/a', 'hooks.example.com', false],
    ['https://user:word@hooks.example.com/a', 'hooks.example.com', false],
    ['https://evil.example/https://hooks.example.com', 'hooks.example.com', false],
    ['file:///etc/passwd', 'hooks.example.com', false],
    ['hooks.example.com', 'hooks.example.com', false],
    ['https://169.254.169.254/latest', '', false],
  ] as const)
    test(`${url} with “${hosts}”: ${allowed ? 'yes' : 'no'}`, () => {
      expect(isAllowed(url, hosts)).toBe(allowed)
    })

  test('the default without being named again, but not to what only resembles it', () => {
    const more = { ROWBOT_WEBHOOK_URL: 'https://a.example.com/hook' }
    expect(isAllowed('https://a.example.com/hook', '', more)).toBe(true)
    expect(isAllowed('https://a.example.com/other', '', more)).toBe(false)
  })
})

describe('an e-mail may go to', () => {
  test('domains that are named, and to the defaults; to any with a star; to none without a server', () => {
    const allowed = (env: Record<string, string>, ...emails: string[]) => {
      requireAllowed({ emails }, readConfig(env).notify)
      return true
    }
    const env = { ...MAIL, ROWBOT_MAIL_TO: 'ops@corp.example', ROWBOT_MAIL_DOMAINS: 'Example.com' }
    expect(allowed(env, 'ana@example.com', 'ops@corp.example')).toBe(true)
    expect(() => allowed(env, 'ana@sub.example.com')).toThrow('E-mails to sub.example.com are not allowed.')
    expect(() => allowed(env, 'eve@corp.example')).toThrow('not allowed')
    expect(allowed({ ...MAIL, ROWBOT_MAIL_DOMAINS: '*' }, 'a@b.example')).toBe(true)
    expect(() => allowed({}, 'a@b.example')).toThrow('No e-mail can be sent.')
    expect(() => allowed(env, ...Array<string>(11).fill('ana@example.com'))).toThrow('At most 10')
  })

  test('one plain address only', () => {
    for (const good of ['a@b.example', 'Ana.Li+q3@mail.example.com', 'root@localhost'])
      expect(isEmail(good)).toBe(true)
    for (const bad of [
      '',
      'a',
      'a@',
      '@b',
      'a@b,c@d',
      'a b@c',
      'A <a@b>',
      'a@b\r\nBcc: c@d',
      '"a"@b',
      'a@b..c',
      'a@-b',
    ])
      expect(isEmail(bad)).toBe(false)
    expect(emailsOf(' a@b.c; d@e.f，a@b.c\n')).toEqual(['a@b.c', 'd@e.f'])
  })
})

test('a choice counts before the settings; without a result there is no file', () => {
  const { notify } = readConfig({
    ...SECRET,
    ...MAIL,
    ROWBOT_WEBHOOK_URL: 'https://a.example.com/secret-path',
    ROWBOT_MAIL_TO: 'ops@corp.example',
    ROWBOT_RESULTS_FOLDER: '/mnt/results',
  })
  const channels = (...given: Parameters<typeof targetsOf>) =>
    targetsOf(...given).map(({ channel }) => channel)
  expect(channels({}, notify, 4)).toEqual(['webhook', 'email', 'folder'])
  expect(channels({}, notify, 0)).toEqual(['webhook', 'email'])
  expect(channels({ webhook: null, emails: [], folder: false }, notify, 4)).toEqual([])
  expect(targetsOf({}, notify, 1).map(targetShown)).toEqual(['a.example.com', 'ops@corp.example', ''])
  expect(targetsOf({}, readConfig({}).notify, 4)).toEqual([])
})

test('half a set-up is refused with what is missing, and no secret is repeated', () => {
  expect(() => readConfig({ ROWBOT_WEBHOOK_URL: 'https://a.example.com' })).toThrow('ROWBOT_WEBHOOK_SECRET')
  expect(() => readConfig({ ROWBOT_WEBHOOK_SECRET: 'short-one' })).toThrow('must have at least 24 bytes')
  expect(() => readConfig({ ROWBOT_SMTP_URL: 'smtps://u:p@mail.example.com' })).toThrow('ROWBOT_MAIL_FROM')
  expect(() => readConfig({ ROWBOT_MAIL_TO: 'a@b.example' })).toThrow('ROWBOT_SMTP_URL')
  expect(() => readConfig({ ...MAIL, ROWBOT_MAIL_TO: 'Ana <a@b.example>' })).toThrow('without names')
  expect(() => readConfig({ ROWBOT_SMTP_URL: 'http://mail' })).toThrow('smtp or smtps')
})
