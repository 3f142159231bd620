import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { later } from './bot.ts'

export const CLIENT = { id: 'rowbot', secret: 'the-secret-of-rowbot-at-the-provider' }

/** What the provider says of a person, by their login. */
export type People = Record<string, Record<string, unknown>>

/**
 * A real OpenID Connect provider on this machine, with its own forms for signing in and agreeing.
 * @param behind puts something in front of its address, and says where it is reached then
 */
export async function anOidcProvider(
  people: People,
  redirectUri: () => string,
  behind: (address: string) => Promise<string> = (address) => Promise.resolve(address),
) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // `as`: it listens on a port, not on a pipe.
  const { port } = server.address() as AddressInfo
  const issuer = await behind(`http://127.0.0.1:${port}`)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri()] }],
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    claims: { openid: ['sub'], profile: ['name', 'groups'] },
    cookies: { keys: ['signs the cookies of this test'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    pkce: { required: () => true },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => void answer(request, response))
  later(() => server.close())
  return { issuer, people, close: () => server.close() }
}

/**
 * Goes through the provider’s forms as a browser would. @param does how it ends: agreed, or refused by the person
 * @returns where the provider sends the browser in the end
 */
export async function signInThere(
  from: string,
  login: string,
  does: 'agrees' | 'refuses' = 'agrees',
): Promise<string> {
  const cookies = new Map<string, string>()
  const ask = async (url: string, body?: URLSearchParams) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(body && { method: 'POST', body }),
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    return response
  }
  const { origin } = new URL(from)
  let url = from
  while (new URL(url).origin === origin) {
    let response = await ask(url)
    if (response.status === 200) {
      const text = await response.text()
      if (does === 'refuses') response = await ask(`${url}/abort`)
      else if (text.includes('name="login"'))
        response = await ask(url, new URLSearchParams({ prompt: 'login', login, password: 'any' }))
      else response = await ask(url, new URLSearchParams({ prompt: 'consent' }))
    }
    const to = response.headers.get('location')
    if (to === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`)
    url = new URL(to, url).href
  }
  return url
}
