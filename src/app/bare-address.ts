/** `api.dify.ai/v1`: without a user name and password that the URL may contain. */
export function bareAddress(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return ''
  const { host, pathname } = new URL(baseUrl)
  return `${host}${pathname}`
}
