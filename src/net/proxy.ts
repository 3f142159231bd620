import { UserError } from '../engine/user-error.ts'

/** A proxy between this machine and others. */
export interface Proxy {
  /** with its user name and password, if it has them */
  url: string
  /** for people: without them */
  shown: string
  host: string
  port: string
  isTls: boolean
  /** of the header `Proxy-Authorization` */
  authorization: string | undefined
  /** that names it: HTTPS_PROXY */
  setting: string
}

/**
 * Reads a setting such as HTTPS_PROXY.
 * @returns undefined if it is not set
 * @throws UserError if it names no http or https proxy; its value is not shown, since it may have a password
 */
export function readProxy(env: Record<string, string | undefined>, name: string): Proxy | undefined {
  const found = [name.toLowerCase(), name, 'all_proxy', 'ALL_PROXY'].find((one) => env[one]?.trim())
  if (found === undefined) return undefined
  const text = env[found]?.trim() ?? ''
  const whole = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const isRight = URL.canParse(whole) && /^https?:$/.test(new URL(whole).protocol)
  if (!isRight)
    throw new UserError(
      `${found} does not name an http or https proxy.`,
      'Write it as http://proxy.example.com:3128, or http://user:password@proxy.example.com:3128. Rowbot does not speak SOCKS.',
    )
  const url = new URL(whole)
  const isTls = url.protocol === 'https:'
  const { username, password } = url
  return {
    url: url.href,
    shown: `${url.protocol}//${url.host}`,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port || (isTls ? '443' : '80'),
    isTls,
    authorization:
      username === '' && password === ''
        ? undefined
        : `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`,
    setting: found,
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // a percent sign that stands for itself
  }
}
