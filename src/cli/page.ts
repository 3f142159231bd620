import type { AdminToken } from '../app/data-folder.ts'
import { pageAddress, signInLink } from '../serve/page-address.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './finish.ts'
import type { Screen } from './screen.ts'

const KEEP_SECRET = 'Whoever has the link may do everything: keep it to yourself.'
const BY_HAND = 'Sign in with the token in ROWBOT_ADMIN_TOKEN.'

/** Prints the link that signs in; of a token that somebody has set, only where to give it. */
export function printLink(bot: Rowbot, screen: Screen): number {
  const admin = bot.adminToken()
  const address = pageAddress(bot.config.http)
  if (admin.from === 'settings') {
    screen.print(`${address}/sign-in`)
    screen.note(BY_HAND)
  } else {
    screen.print(signInLink(address, admin.token))
    screen.note(KEEP_SECRET)
  }
  return EXIT.done
}

/** Where the page is. The link only when its token was just made: what is started again and again is logged somewhere. */
export function showPage(address: string, admin: AdminToken, screen: Screen): void {
  if (admin.from === 'made') return showLink(address, admin, screen)
  screen.note(`The page: ${address}`)
  screen.note(admin.from === 'settings' ? BY_HAND : 'bun rowbot page prints the link that signs in.')
}

/** The same with the link, unless somebody has set the token. */
export function showLink(address: string, admin: AdminToken, screen: Screen): void {
  if (admin.from === 'settings') return showPage(address, admin, screen)
  screen.note(`The page: ${signInLink(address, admin.token)}`)
  screen.note(KEEP_SECRET)
}
