import { ROWBOT } from '../engine/this-program.ts'
import type { AdminToken } from '../app/data-folder.ts'
import { pageAddress, signInLink } from '../serve/page-address.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './end-code.ts'
import type { Screen } from './screen.ts'

const KEEP_SECRET = 'Anyone with this link can do everything: keep it secret.'
const BY_HAND = 'Sign in with the token in ROWBOT_ADMIN_TOKEN.'

/** Prints the sign-in link; if the token comes from the settings, only says where to enter it. */
export async function printLink(bot: Rowbot, screen: Screen): Promise<number> {
  const admin = await bot.adminToken()
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

/**
 * Prints the page’s URL. Shows the sign-in link only when the token was just made, because output of services ends up
 * in logs.
 */
export function showPage(address: string, admin: AdminToken, screen: Screen): void {
  if (admin.from === 'made') return showLink(address, admin, screen)
  screen.note(`The page: ${address}`)
  screen.note(admin.from === 'settings' ? BY_HAND : `${ROWBOT} page prints the link that signs in.`)
}

/** The same, but always with the link, unless the token comes from the settings. */
export function showLink(address: string, admin: AdminToken, screen: Screen): void {
  if (admin.from === 'settings') return showPage(address, admin, screen)
  screen.note(`The page: ${signInLink(address, admin.token)}`)
  screen.note(KEEP_SECRET)
}
