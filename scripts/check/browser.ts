import {
  findBrowser,
  installBrowser,
  type Machine,
  NO_BROWSER,
} from '../../test/support/browser/find-browser.ts'

/**
 * Says what the tests of the page will find, and installs a browser only if somebody has asked for it: a check that
 * changes the machine in silence would be no check.
 */
export async function browserFor(machine: Machine, mayInstall: boolean): Promise<void> {
  if (findBrowser(machine)) return
  const without = machine.env['CI']
    ? 'In CI the tests of the page fail without one.'
    : 'Without one, the tests of the page are skipped.'
  if (!mayInstall) {
    const how = machine.canInstall ? ' “bun run check --install” installs Chromium with apt-get.' : ''
    return machine.tell(`${NO_BROWSER}${how} ${without}`)
  }
  if (!machine.canInstall)
    return machine.tell(`${NO_BROWSER} --install can do it for root on Debian only. ${without}`)
  machine.tell('There is no browser for the tests of the page, and --install gets one.')
  const path = await installBrowser(machine)
  machine.tell(path ? `The tests of the page use ${path}.` : `It could not be installed. ${without}`)
}
