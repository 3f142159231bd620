import type { Texts } from '../../messages/texts/texts.ts'
import { type Html, html } from './html.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const DAYS_AGO = 7

/** `12 min ago`, with the exact time as its title: the page’s script puts it into the viewer’s own time zone. */
export function time(at: number, now: number, texts: Texts): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${iso}">${ago(at, now, texts)}</time>`
}

/** Not by Intl.RelativeTimeFormat: its short English is `12 min. ago`, and where days become a date is ours to say. */
export function ago(at: number, now: number, { page, locale }: Texts): string {
  const ms = now - at
  if (ms < MINUTE_MS) return page.ago.now
  if (ms < HOUR_MS) return page.ago.minutes(Math.floor(ms / MINUTE_MS))
  if (ms < DAY_MS) return page.ago.hours(Math.floor(ms / HOUR_MS))
  const days = Math.floor(ms / DAY_MS)
  if (days <= DAYS_AGO) return page.ago.days(days)
  return new Date(at).toLocaleDateString(locale, { dateStyle: 'medium', timeZone: 'UTC' })
}

/** The same until the page’s script says `14:02`, in the viewer’s own time; with the day where it is another one. */
export function clock(at: number, now: number, texts: Texts): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${iso}" data-clock="minutes">${ago(at, now, texts)}</time>`
}

/** `14:02:07` in UTC until the page’s script says it in the viewer’s own time; with the day where it is another one. */
export function clockTime(at: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${iso}" data-clock="seconds">${iso.slice(11, 19)}</time>`
}
