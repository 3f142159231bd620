/** What the addresses of the page begin with. Below one of them, a proxy’s path could not be told from ours. */
const OWN_FOLDERS = new Set([
  'access',
  'alive',
  'api',
  'assets',
  'audit',
  'batch',
  'data',
  'docs',
  'favicon.ico',
  'healthz',
  'metrics',
  'preferences',
  'r',
  'readyz',
  'sign-in',
  'sign-out',
  'slack',
  'usage',
  'usage.csv',
  'workflows',
])

/**
 * The path under which a proxy shows the page to the world: `/rowbot` for `https://tools.example.com/rowbot`.
 * @returns without a slash at its end; empty: the page has the host for itself
 */
export function subPathOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')
}

/** @returns why the page cannot be shown at this address, as the end of a sentence; undefined: it can */
export function publicUrlFault(publicUrl: string): string | undefined {
  if (!URL.canParse(publicUrl)) return 'must be an http or https address'
  const { username, password, search, hash } = new URL(publicUrl)
  if (username !== '' || password !== '') return 'must have no user name and no password'
  if (search !== '' || hash !== '' || /[?#]/.test(publicUrl))
    return 'must end with its path, without ? and # and what follows them'
  const path = subPathOf(publicUrl)
  if (!/^(?:\/[\w.~-]+)*$/.test(path)) return 'must have a path of letters, digits and - . _ ~ alone'
  const first = path.split('/')[1]
  if (first !== undefined && OWN_FOLDERS.has(first))
    return `must not have a path that begins with /${first}, which is one of the page’s own: choose another, such as /rowbot`
  return undefined
}
