import type { AccessRole } from '../../db/schema.ts'
import type { Assets } from '../assets.ts'
import { LOCALES, type Locale, type Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { connectionBar } from './connection-bar.ts'
import { type Html, html } from './html.ts'

export type Tab = 'tasks' | 'workflows' | 'usage' | 'audit' | 'api'

export interface PageContent {
  title: string
  tab?: Tab
  main: Html
  /** a narrow main region, for text; otherwise it is wide, for tables */
  isNarrow?: boolean
}

const TABS = {
  tasks: '/batch',
  workflows: '/workflows',
  usage: '/usage',
  audit: '/audit',
  api: '/docs',
} as const satisfies Record<Tab, string>

const ALL_TABS = ['tasks', 'workflows', 'usage', 'audit', 'api'] as const satisfies Tab[]
/** A runner sees nothing of others: see http/access.ts. */
const TABS_OF: Record<AccessRole, readonly Tab[]> = {
  admin: ALL_TABS,
  viewer: ALL_TABS,
  runner: ['tasks', 'api'],
}

/** htmx: no eval, no injected styles, no swap for a 5xx, and open details and dialogs stay open. */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  noSwap: [204, 304, '5xx'],
  morphIgnore: ['data-htmx-powered', 'open'],
  history: false,
})

/** A whole page. */
export function page(
  assets: Assets,
  visitor: Visitor,
  { title, tab, main, isNarrow = false }: PageContent,
): Html {
  const { texts, theme, identity } = visitor
  const { page: said } = texts
  return html`<!doctype html>
    <html lang="${LANGUAGES[texts.locale].tag}" ${theme === 'auto' ? '' : html` data-theme="${theme}"`}>
      <head>
        <meta charset="utf-8" />
        <title>${title} · Rowbot</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content="${HTMX_CONFIG}" />
        <link rel="icon" type="image/svg+xml" href="${assets.href('icon.svg')}" />
        <link rel="stylesheet" href="${assets.href('page.css')}" />
        <script src="${assets.href('htmx.js')}" defer></script>
        <script src="${assets.href('hx-ptag.js')}" defer></script>
        <script src="${assets.href('page.js')}" type="module"></script>
      </head>
      <body>
        <a class="skip" href="#main">${said.skip}</a>
        ${identity ? header(visitor, tab) : ''}
        <div class="messages">
          ${identity ? connectionBar(visitor) : ''}
          <div id="notice" role="status" aria-live="polite"></div>
        </div>
        <main id="main" class="${isNarrow ? 'narrow' : 'wide'}" tabindex="-1">${main}</main>
        <dialog id="dialog" aria-labelledby="dialog-title"></dialog>
        ${identity ? keysDialog(visitor) : ''}
      </body>
    </html>`
}

function header(visitor: Visitor, tab: Tab | undefined): Html {
  const { texts, identity, theme, path } = visitor
  const { page: said } = texts
  const item = (name: Tab) =>
    html`<li>
      <a href="${TABS[name]}" ${name === tab ? html` aria-current="page"` : ''}>${said.tabs[name]}</a>
    </li>`
  const nextTheme = theme === 'auto' ? 'light' : theme === 'light' ? 'dark' : 'auto'
  return html`<header class="top">
    <nav aria-label="${said.menu}">
      <a class="brand" href="/batch">Rowbot</a>
      <ul>
        ${TABS_OF[identity?.role ?? 'viewer'].map(item)}
      </ul>
    </nav>
    <div class="me">
      <form class="search" action="/batch" method="get" role="search">
        <input
          type="search"
          name="q"
          aria-label="${said.search}"
          placeholder="${said.searchTasks}"
          data-search
        />
      </form>
      <form action="/preferences" method="post">
        <input type="hidden" name="back" value="${path}" />${languages(texts)}<button
          class="quiet"
          name="theme"
          value="${nextTheme}"
          aria-label="${said.theme[theme]}"
          title="${said.theme[theme]}"
          data-theme-button
        >
          ${THEME_SIGNS[theme]}
        </button>
      </form>
      <details class="menu">
        <summary>${identity?.name ?? ''}</summary>
        <div>
          <p>${identity?.name ?? ''} · ${said.roles[identity?.role ?? 'viewer']}</p>
          ${visitor.canManage ? html`<p><a href="/access">${texts.accessPage.title}</a></p>` : ''}
          <form action="/sign-out" method="post"><button class="quiet">${said.signOut}</button></form>
        </div>
      </details>
    </div>
  </header>`
}

/** Every language by its own name, so that those who read no other find it. */
function languages({ locale, page }: Texts): Html {
  return html`<span class="languages" role="group" aria-label="${page.language}"
    >${LOCALES.map((each) => {
      const { tag, sign, name } = LANGUAGES[each]
      return html`<button
        class="quiet"
        name="lang"
        value="${each}"
        lang="${tag}"
        title="${name}"
        aria-pressed="${each === locale ? 'true' : 'false'}"
      >
        ${sign}
      </button>`
    })}</span
  >`
}

const LANGUAGES = {
  en: { tag: 'en', sign: 'EN', name: 'English' },
  'zh-CN': { tag: 'zh-CN', sign: '简', name: '简体中文' },
  'zh-TW': { tag: 'zh-Hant-TW', sign: '繁', name: '繁體中文' },
} as const satisfies Record<Locale, { tag: string; sign: string; name: string }>

const THEME_SIGNS = { auto: '◐', light: '○', dark: '●' } as const

/** The keyboard shortcuts, in a dialog that `?` opens. */
function keysDialog({ texts }: Visitor): Html {
  const { keys } = texts.page
  const all: [string, string][] = [
    ['/', keys.search],
    ['j', keys.next],
    ['k', keys.previous],
    ['Enter', keys.open],
    ['n', keys.new],
    ['r', keys.live],
    ['t', keys.theme],
    ['?', keys.help],
  ]
  return html`<dialog id="keys" aria-labelledby="keys-title">
    <article>
      <h2 id="keys-title">${keys.title}</h2>
      <dl class="keys">
        ${all.map(
          ([key, does]) =>
            html`<div>
              <dt><kbd>${key}</kbd></dt>
              <dd>${does}</dd>
            </div>`,
        )}
      </dl>
      <form method="dialog"><button>${keys.close}</button></form>
    </article>
  </dialog>`
}
