import { expect, test } from 'bun:test'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { readConfig } from '../../src/app/config.ts'
import { roleOfClaims } from '../../src/app/provider-settings.ts'
import { providerOf } from '../../src/admin/sign-in/provider.ts'
import { Sessions } from '../../src/admin/sign-in/session.ts'
import { examineProvider } from '../../src/cli/doctor.ts'
import { adminOptionsOf } from '../../src/serve/admin-options.ts'
import { anOidcProvider, CLIENT, type People, signInThere } from '../support/oidc-provider.ts'
import { anAdmin, ORIGIN } from './support/admin.ts'

const PEOPLE: People = {
  ada: { name: 'Ada Lovelace', groups: ['staff'] },
  mei: { name: 'Mei', groups: ['staff', 'ops'] },
  eve: { name: 'Eve', groups: ['guests'] },
}

async function besideProvider(people = PEOPLE) {
  const { issuer, close } = await anOidcProvider(people, () => `${ORIGIN}/sign-in/callback`)
  const { http } = readConfig({
    ROWBOT_OIDC_ISSUER: issuer,
    ROWBOT_OIDC_CLIENT_ID: CLIENT.id,
    ROWBOT_OIDC_CLIENT_SECRET: CLIENT.secret,
    ROWBOT_OIDC_NAME: 'Example ID',
    ROWBOT_OIDC_ROLES: 'admin=ops, runner=staff',
  })
  if (!http.provider) throw new Error('there is no provider in the settings')
  const admin = await anAdmin({ provider: http.provider })
  const { browse } = admin
  const begin = async (next = '') => {
    const begun = await browse(`/sign-in/provider?${new URLSearchParams({ next }).toString()}`, {
      as: 'nobody',
    })
    return {
      status: begun.status,
      to: begun.headers.get('location') ?? '',
      cookie: begun.headers.get('set-cookie')?.split(';')[0] ?? '',
      text: await begun.text(),
    }
  }
  /** Comes back with what the provider said. */
  const comeBack = async (url: string, cookie: string) => {
    const { pathname, search } = new URL(url)
    const back = await browse(pathname + search, {
      as: 'nobody',
      headers: { cookie, 'sec-fetch-site': 'cross-site' },
    })
    const session = back.headers.getSetCookie().find((one) => one.startsWith('rowbot_session='))
    return { status: back.status, to: back.headers.get('location'), session, text: await back.text() }
  }
  const enter = async (login: string, next = '') => {
    const { to, cookie } = await begin(next)
    return comeBack(await signInThere(to, login), cookie)
  }
  return { ...admin, close, begin, comeBack, enter, settings: http.provider }
}

test('people sign in with a real provider, get the role of their groups, and go where they wanted to', async () => {
  const { enter, begin, browse, bot } = await besideProvider()
  expect(await (await browse('/sign-in?next=%2Faudit', { as: 'nobody' })).text()).toContain(
    '<a href="/sign-in/provider?next=%2Faudit" role="button">Sign in with Example ID</a>',
  )
  const asked = new URL((await begin()).to).searchParams
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: `${ORIGIN}/sign-in/callback`,
    state: expect.stringMatching(/.{40,}/),
    nonce: expect.stringMatching(/.{40,}/),
  })
  const mei = await enter('mei', '/audit?face=page')
  expect([mei.status, mei.to]).toEqual([303, '/audit?face=page'])
  expect(mei.session).toEndWith('; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax')
  const audit = await browse('/audit', {
    as: 'nobody',
    headers: { cookie: mei.session?.split(';')[0] ?? '' },
  })
  expect([audit.status, await audit.text()]).toEqual([200, expect.stringContaining('mei')])

  // Names may be chosen there, so the audit says by what the provider knows her, too.
  const { entries } = await listAudit(bot.db)
  expect(entries[0]).toMatchObject({
    who: 'Mei',
    action: 'sign-in',
    details: { person: expect.stringMatching(/ mei$/) },
  })

  const ada = await enter('ada', '//evil.example')
  expect(ada.to).toBe('/batch')
  const cookie = ada.session?.split(';')[0] ?? ''
  expect((await browse('/audit', { as: 'nobody', headers: { cookie } })).status).toBe(403)
  const stored = await bot.db
    .selectFrom('sessions')
    .select(['name', 'role', 'person_id'])
    .orderBy('made_at')
    .execute()
  expect(stored.slice(-2)).toEqual([
    { name: 'Mei', role: 'admin', person_id: expect.stringMatching(/^oidc:http.* mei$/) },
    { name: 'Ada Lovelace', role: 'runner', person_id: expect.stringMatching(/^oidc:http.* ada$/) },
  ])
})

test('whoever has no role, or refuses there, is told so and is not signed in', async () => {
  const { enter, begin, comeBack } = await besideProvider()
  const eve = await enter('eve')
  expect([eve.status, eve.session]).toEqual([403, undefined])
  expect(eve.text).toContain('Example ID knows you as “Eve”, but you have no role in Rowbot.')
  const { to, cookie } = await begin()
  const refused = await comeBack(await signInThere(to, 'ada', 'refuses'), cookie)
  expect([refused.status, refused.session]).toEqual([403, undefined])
  expect(refused.text).toContain('Example ID has not signed you in: “access_denied”.')
})

test('an answer counts once, in the browser that has asked, and as it was given', async () => {
  const { begin, comeBack } = await besideProvider()
  const { to, cookie } = await begin()
  const [answer, another] = [await signInThere(to, 'mei'), await begin()]
  const wrong = new URL(answer)
  wrong.searchParams.set('state', 'x'.repeat(43))
  for (const [url, kept, said] of [
    [answer, '', 'took too long'],
    [answer, 'rowbot_provider=v1.AAAA', 'took too long'],
    [answer, another.cookie, 'is not right'],
    [wrong.href, cookie, 'is not right'],
  ] as const) {
    const back = await comeBack(url, kept)
    expect([back.status, back.session, back.text]).toEqual([403, undefined, expect.stringContaining(said)])
  }
  expect((await comeBack(answer, cookie)).session).toBeDefined()
  expect((await comeBack(answer, cookie)).session).toBeUndefined()
})

test('a provider that cannot be reached is named, and tokens work all the same', async () => {
  const { close, begin, signIn } = await besideProvider()
  close()
  const { status, text } = await begin('/usage')
  expect([status, text]).toEqual([403, expect.stringContaining('Example ID cannot be reached.')])
  expect(text).toContain('name="next" value="/usage"')
  expect(await signIn('the-admin-token-of-tests', 'Mei')).toStartWith('rowbot_session=')
})

test('with other settings, nobody is signed in any more who was by the old ones; with the same, a restart changes nothing', async () => {
  const { enter, bot, settings } = await besideProvider()
  const cookie = (await enter('mei')).session?.split(';')[0]?.replace('rowbot_session=', '') ?? ''
  const openedWith = async (provider: typeof settings | undefined) => {
    const options = adminOptionsOf(bot, {
      tokens: { admin: 'a', viewer: undefined },
      health: () => ({ ready: true, parts: {} }),
    })
    const now = () => Date.now()
    const providerNow = providerOf({ ...options, provider }, now)?.fingerprint
    return (await new Sessions({ ...options, providerNow, now }).open(cookie))?.name
  }
  expect(await openedWith(settings)).toBe('Mei')
  expect(await openedWith({ ...settings, roles: [{ role: 'viewer', value: '*' }] })).toBeUndefined()
  expect(await openedWith(undefined)).toBeUndefined()
})

test('doctor says where people sign in, and if it is not there', async () => {
  const { bot, settings, close } = await besideProvider()
  const { clock, log, config } = bot
  const about = { clock, log, config: { ...config, http: { ...config.http, provider: settings } } }
  expect(await examineProvider({ ...about, config })).toEqual([])
  expect(await examineProvider(about)).toMatchObject([
    { kind: 'fine', sentence: expect.stringContaining('/sign-in/callback') },
  ])
  close()
  expect(await examineProvider(about)).toMatchObject([
    { kind: 'bad', sentence: expect.stringContaining(settings.issuer) },
  ])
})

test.each([
  [{ groups: ['ops', 'staff'] }, 'groups', 'admin'],
  [{ groups: 'staff' }, 'groups', 'runner'],
  [{ scope: 'x staff y' }, 'scope', 'runner'],
  [{ realm_access: { roles: ['ops'] } }, 'realm_access.roles', 'admin'],
  [{ 'https://x.example/roles': ['ops'] }, 'https://x.example/roles', 'admin'],
  [{ groups: ['opss', { ops: 1 }, 7] }, 'groups', 'viewer'],
  [{}, 'constructor.name', 'viewer'],
] as const)('of %p the claim %p gives the role %p', (claims, roleClaim, role) => {
  const { http } = readConfig({
    ROWBOT_OIDC_ISSUER: 'https://id.example.com',
    ROWBOT_OIDC_CLIENT_ID: 'rowbot',
    ROWBOT_OIDC_ROLES: 'viewer=*,runner=staff,admin=ops',
  })
  expect(roleOfClaims(claims, { roles: http.provider?.roles ?? [], roleClaim })).toBe(role)
})

test('settings of a provider that would let nobody in, or in the clear, are refused', () => {
  const whole = {
    ROWBOT_OIDC_ISSUER: 'https://id.example.com',
    ROWBOT_OIDC_CLIENT_ID: 'rowbot',
    ROWBOT_OIDC_ROLES: 'viewer=*',
  }
  expect(readConfig(whole).http.provider).toMatchObject({ name: 'id.example.com', roleClaim: 'groups' })
  expect(readConfig({}).http.provider).toBeUndefined()
  for (const name of Object.keys(whole))
    expect(() => readConfig({ ...whole, [name]: '' })).toThrow('nobody could sign in')
  expect(() => readConfig({ ...whole, ROWBOT_OIDC_ISSUER: 'http://id.example.com' })).toThrow('https')
  expect(() => readConfig({ ...whole, ROWBOT_OIDC_ROLES: 'boss=ops' })).toThrow('ROWBOT_OIDC_ROLES must be')
})
