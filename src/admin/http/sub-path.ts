/*
 * Routes and views know nothing of the path under which a proxy shows the page (ROWBOT_PUBLIC_URL=https://host/rowbot):
 * it is taken from requests as they come in, and put before every address of ours in answers as they leave. So no link
 * can forget it. A proxy may pass the path on or strip it; both are understood.
 */

/** Attributes in which our pages name addresses. */
const ADDRESS = /(\s(?:href|src|action|formaction|poster|hx-(?:get|post|put|patch|delete))=")\/(?!\/)/g
/** Headers whose whole value is an address. */
const ADDRESS_HEADERS = [
  'location',
  'content-location',
  'hx-redirect',
  'hx-location',
  'hx-push-url',
  'hx-replace-url',
]
/** In `Link`, addresses are between angle brackets. */
const LINK = /<\/(?!\/)/g
const EVERY_PATH = /(;\s*path=)\/(?=\s*(?:;|$))/i

/** The request’s address without the sub-path, whether the proxy has stripped it or not. */
export function withoutSubPath(url: string, subPath: string): string {
  if (subPath === '') return url
  const { origin, pathname, search } = new URL(url)
  if (pathname !== subPath && !pathname.startsWith(`${subPath}/`)) return url
  return `${origin}${pathname.slice(subPath.length) || '/'}${search}`
}

/** An answer whose addresses begin with the sub-path, in its headers, its cookies and, if it is a page, in that. */
export async function underSubPath(response: Response, subPath: string): Promise<Response> {
  if (subPath === '') return response
  const { headers } = response
  for (const name of ADDRESS_HEADERS) {
    const address = headers.get(name)
    if (address !== null) headers.set(name, addressUnder(address, subPath))
  }
  const link = headers.get('link')
  if (link !== null) headers.set('link', link.replaceAll(LINK, `<${subPath}/`))
  const cookies = headers.getSetCookie()
  headers.delete('set-cookie')
  // Another program on the same host gets none of our cookies.
  for (const cookie of cookies) headers.append('set-cookie', cookie.replace(EVERY_PATH, `$1${subPath}`))
  if (!headers.get('content-type')?.startsWith('text/html') || response.body === null) return response
  // Every value in a page is escaped, so quotes stand only around attributes that we have written.
  const page = (await response.text()).replaceAll(ADDRESS, `$1${subPath}/`)
  return new Response(page, response)
}

/** Where somebody comes from may have been noted with the sub-path; it is not put before it twice. */
function addressUnder(address: string, subPath: string): string {
  if (!address.startsWith('/') || address.startsWith('//')) return address
  const isUnder = address === subPath || /^[/?#]/.test(address.slice(subPath.length))
  return address.startsWith(subPath) && isUnder ? address : subPath + address
}
