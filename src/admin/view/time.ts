import type { Texts } from '../../messages/texts/texts.ts'
import { type Html, html } from './html.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const DAYS_AGO = 7

/** `12 min ago`. The page’s script sets its title to the exact time in the viewer’s time zone; a date is that day there. */
export function time(at: number, now: number, texts: Texts): Html {
  const iso = new Date(at).toISOString()
  const isDate = daysBetween(at, now) > DAYS_AGO
  return html`<time datetime="${iso}" title="${iso}" ${isDate ? html` data-clock="date"` : ''}
    >${ago(at, now, texts)}</time
  >`
}

/** Not Intl.RelativeTimeFormat: its short English is `12 min. ago`, and we want to choose when days become a date. */
export function ago(at: number, now: number, { page, locale }: Texts): string {
  const ms = now - at
  if (ms < MINUTE_MS) return page.ago.now
  if (ms < HOUR_MS) return page.ago.minutes(Math.floor(ms / MINUTE_MS))
  if (ms < DAY_MS) return page.ago.hours(Math.floor(ms / HOUR_MS))
  const days = daysBetween(at, now)
  if (days <= DAYS_AGO) return page.ago.days(days)
  return new Date(at).toLocaleDateString(locale, { dateStyle: 'medium', timeZone: 'UTC' })
}

function daysBetween(at: number, now: number): number {
  return Math.floor((now - at) / DAY_MS)
}

/** `12 min ago`, until the page’s script makes it `14:02` in the viewer’s time zone; with the date if not today. */
export function clock(at: number, now: number, texts: Texts): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${iso}" data-clock="minutes">${ago(at, now, texts)}</time>`
}

/** The same for a moment to come: until the script has it, with the date in UTC. */
export function clockUntil(at: number): Html {
  const iso = new Date(at).toISOString()
  const utc = `${iso.slice(0, 16).replace('T', ' ')} UTC`
  return html`<time datetime="${iso}" title="${iso}" data-clock="minutes">${utc}</time>`
}

/** `14:02:07` in UTC, until the page’s script shows it in the viewer’s time zone; with the date if not today. */
export function clockTime(at: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${iso}" data-clock="seconds">${iso.slice(11, 19)}</time>`
}
