import { type Browser, chromium } from 'playwright-core'

/**
 * A browser that reaches this machine and nothing else: every other name and address fails at once, as it would on a
 * machine without a network. (Blocking by route() would slow down each request and switch the cache off.)
 *
 * Playwright adds what keeps the browser from calling home, and starts it without its sandbox, which root and most
 * containers do not have: so open no page but ours in it.
 */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--disable-quic',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
      `--disable-features=${[...OF_PLAYWRIGHT, ...COSTLY].join(',')}`,
    ],
  })
}

/**
 * Pages that no test looks at, each in a process of its own: of a visit in a new window they take a third of the CPU time.
 * These are two that the address bar opens below itself, and an empty one for the next page.
 */
const COSTLY = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
]

/** What Playwright 1.65 switches off in Chromium, which heeds only the last such list. */
const OF_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
]
