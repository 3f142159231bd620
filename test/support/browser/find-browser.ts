import { existsSync, readFileSync } from 'node:fs'
import { aptInstall, type Wanted } from './apt.ts'

/** What is asked of the machine, so that a test can be on another one. */
export interface Machine {
  env: Record<string, string | undefined>
  /** programs that lie outside PATH: on a Mac they do */
  places: string[]
  /** Debian, and we are root. Not Ubuntu, where the package `chromium` only points at a snap, which no container runs */
  canInstall: boolean
  lockFolder: string
  tell: (words: string) => void
}

export const NO_BROWSER =
  'There is no browser for the tests of the page. Install Chromium or Google Chrome ' +
  '(Debian: apt-get install chromium; macOS: brew install --cask chromium), ' +
  'or set ROWBOT_TEST_BROWSER to the path of one.'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const MAC_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

const CHROMIUM: Wanted = { name: 'chromium', isThere: 'command -v chromium' }
/** The path of a browser; undefined if there is none. Nothing is installed. */
export function findBrowser(machine = thisMachine()): string | undefined {
  const told = machine.env['ROWBOT_TEST_BROWSER']
  if (told) {
    if (existsSync(told)) return told
    throw new Error(`ROWBOT_TEST_BROWSER is ${told}, and there is no such file.`)
  }
  return installed(machine)
}

/** Installs Chromium, for whoever has asked for it. @returns its path; undefined if that went wrong */
export async function installBrowser(machine: Machine): Promise<string | undefined> {
  const { env, lockFolder, tell } = machine
  return (await aptInstall(CHROMIUM, { env, folder: lockFolder, tell })) ? installed(machine) : undefined
}

/** Without one, a picture of a page in Chinese is a picture of boxes. No test reads one. */
export function hasCjkFont(): boolean {
  return Bun.spawnSync(['sh', '-c', 'fc-list :lang=zh-cn family | grep -q .']).exitCode === 0
}

export function thisMachine(): Machine {
  return {
    env: process.env,
    places: process.platform === 'darwin' ? MAC_PLACES : [],
    canInstall: process.getuid?.() === 0 && isDebian() && Bun.which('apt-get') !== null,
    lockFolder: '/run',
    tell: (words) => void process.stderr.write(`${words}\n`),
  }
}

function installed({ env, places }: Machine): string | undefined {
  const PATH = env['PATH'] ?? ''
  for (const name of NAMES) {
    const path = Bun.which(name, { PATH })
    if (path) return path
  }
  return places.find((place) => existsSync(place))
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
}
