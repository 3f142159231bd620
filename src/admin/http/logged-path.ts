import { LINK_FOLDER } from '../../app/result-links.ts'

const LINK = /^\/*r(?:\/|%2f)/i
/** Whatever may be a token, wherever it is. */
const SECRET = /[\w%-]{40,}/g

/** The path of a request for a log: without its query, which may have a token or a search, and without a link’s token. */
export function loggedPath(request: Request): string {
  const { pathname } = new URL(request.url)
  return LINK.test(pathname) ? `${LINK_FOLDER}…` : pathname.replaceAll(SECRET, '…')
}
